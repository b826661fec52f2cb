"""The Runs page in Chromium: found by words, compared, shared, deleted and taken back; by keyboard; and followed."""

import os
import re
import signal
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from explorer.architecture.edit import replace_activations
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.experiments.race.race import Contender, Race
from explorer.runs.store.rows import Remarks
from explorer.runs.store.store import Store
from explorer.training.events import Epoch
from explorer.training.recipe.recipe import Job, Recipe
from tests.browser.conftest import ROOT, OpenPage, Serve
from tests.browser.steps import expect_no_sideways_scroll, launch, open_train, wait_for_more_points, workers
from tests.runs.scripted_worker import step

LENET = PRESETS["lenet-d2l"].architecture
RELU = replace_activations(LENET, "ReLU")
ADAM = Recipe(optimizer="Adam", learning_rate=0.001)
AN_EPOCH = Epoch(step=20, epoch=2.0, seconds=3.0, train_loss=0.4, train_accuracy=0.8, test_loss=0.5, test_accuracy=0.75)
HOSTILE = "<b>mine</b> **bold** $x^2$ :red[x] " + "long " * 8
DRAWN = (
    "() => document.querySelector('.st-key-overlay .js-plotly-plot')?.data?.filter(({ x }) => x.length).length === 4"
)


@pytest.fixture(scope="module")
def found(serve_file: Serve, file_home: Path) -> str:
    """A server that finds four runs and a race, which each test leaves as many."""
    file_home.mkdir()
    with closing(Store(file_home / "runs.sqlite")) as store:
        trained(store, LENET, Recipe())
        trained(store, RELU, Recipe())
        trained(store, RELU, ADAM)
        store.remark(trained(store, LENET, ADAM), Remarks(title=HOSTILE.strip(), tags="<i>tag</i>", notes="# note"))
        contenders = (Contender("Sigmoid", LENET, Recipe()), Contender("ReLU", RELU, Recipe()))
        held = store.create_race(Race(question="Sigmoid or ReLU?", contenders=contenders), "me")
        for run in store.race_runs(held):
            store.move(run.id, ["queued"], "cancelled")
    return serve_file(ROOT / "app.py")


@pytest.fixture
def page(found: str, open_page: OpenPage) -> Page:
    opened = open_page(f"{found}/runs")
    expect(rows(opened)).to_have_count(5, timeout=120_000)  # the start of a server, however busy the machine
    return opened


def trained(store: Store, design: Architecture, recipe: Recipe) -> str:
    run = store.create(Job(design, recipe), "me")
    store.move(run, ["queued"], "starting")
    store.append(run, [*map(step, range(1, 20)), AN_EPOCH])
    store.move(run, ["starting"], "cancelled")
    return run


def rows(page: Page) -> Locator:
    return page.get_by_role("treegrid", name="Runs").locator("tbody").get_by_role("row")


def search(page: Page, words: str, *, finds: int) -> None:
    field = page.get_by_role("textbox", name="Search")
    field.fill(words)
    field.press("Enter")
    expect(rows(page)).to_have_count(finds)


def test_runs_are_found_compared_shared_named_deleted_and_taken_back(page: Page, open_page: OpenPage) -> None:
    search(page, "sgd book", finds=3)  # the race, ReLU, sigmoid
    rows(page).nth(1).click()
    expect(page.get_by_role("textbox", name="Name")).to_be_visible()
    rows(page).nth(2).get_by_role("checkbox").click()
    page.wait_for_function(DRAWN)
    expect(page.get_by_text("4 things differ; all else is the same in the 2 runs.")).to_be_visible()
    expect(page.get_by_role("row", name="relu1 ReLU Sigmoid")).to_be_visible()
    expect_no_sideways_scroll(page)

    second = open_page(page.url)
    second.wait_for_function(DRAWN)
    expect(second.get_by_text("4 things differ")).to_be_visible()
    expect(rows(second).and_(second.get_by_role("row", selected=True))).to_have_count(2)

    rows(second).last.click()
    name = second.get_by_role("textbox", name="Name")
    name.fill("my first")
    hint = second.locator(".stTextInput").filter(has=name).get_by_test_id("InputInstructions")
    expect(hint).to_be_attached()
    expect(hint).to_be_hidden()  # it would stand over what is typed
    name.press("Enter")
    expect(rows(second).filter(has_text="my first")).to_have_count(1)
    second.get_by_role("button", name="Delete", exact=True).click()
    expect(rows(second)).to_have_count(4)
    second.get_by_role("button", name="Undo").click()
    expect(rows(second)).to_have_count(5)
    expect(rows(second).filter(has_text="my first")).to_have_count(1)


def test_all_goes_by_keyboard_and_is_shown_as_it_was_typed(page: Page) -> None:
    row = rows(page).filter(has_text=HOSTILE.strip())
    expect(row).to_contain_text("<i>tag</i>")
    rows(page).first.focus()
    page.keyboard.press("ArrowRight")  # the race, which is the newest
    expect(rows(page)).to_have_count(7)
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile(r"^<b>mine<.b> \*\*bold\*\* \$x\^2\$ "))).to_be_visible()
    expect_no_sideways_scroll(page)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Space")
    expect(page.get_by_role("heading", name="2 runs compared")).to_be_visible()
    sort, column = page.get_by_role("button", name="Accuracy"), page.get_by_role("columnheader", name="Accuracy")
    sort.press("Enter")
    expect(column).to_have_attribute("aria-sort", "descending")
    sort.press("Enter")
    expect(column).to_have_attribute("aria-sort", "ascending")

    rows(page).filter(has_text="Sigmoid or ReLU?").click()
    page.get_by_role("button", name="Open the race").click()
    page.wait_for_url(re.compile(r"/race\?.*race=\w+"))
    expect(page.get_by_role("grid", name="Contenders")).to_be_visible()


def test_a_run_is_followed_while_it_trains_and_to_its_failure(app: str, app_home: Path, open_page: OpenPage) -> None:
    training = open_page(app)
    open_train(training)
    launch(training)
    wait_for_more_points(training, 0)
    page = open_page(f"{app}/runs")
    row = rows(page).first  # the newest
    expect(row).to_contain_text("training")
    row.click()
    delete = page.get_by_role("button", name="Delete", exact=True)
    expect(delete).to_be_disabled()
    many = wait_for_more_points(page, 0)
    wait_for_more_points(page, many)

    for worker in workers(app_home):
        os.kill(worker, signal.SIGKILL)
    expect(row).to_contain_text("failed")
    said = re.compile(r"was killed \(signal 9\).* steps were kept")
    expect(page.get_by_role("paragraph").filter(has_text=said)).to_be_visible()
    expect(row).to_have_attribute("aria-selected", "true")
    delete.click()
    expect(page.get_by_text("1 run was deleted.")).to_be_visible()


def test_the_keyboard_stays_at_its_run_when_a_newer_one_comes(page: Page, file_home: Path) -> None:
    with closing(Store(file_home / "runs.sqlite")) as store:
        newer = [start(store)]
        page.reload()
        expect(rows(page)).to_have_count(6)
        rows(page).first.focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        expect(rows(page).nth(2)).to_be_focused()
        newer.append(start(store))
        expect(rows(page)).to_have_count(7)
        expect(rows(page).nth(3)).to_be_focused()
        expect(rows(page).nth(3)).to_contain_text(HOSTILE.strip())
        page.keyboard.press("ArrowDown")
        expect(rows(page).nth(4)).to_be_focused()
        for run in newer:
            store.move(run, ["starting"], "cancelled")
        store.delete(newer)


def start(store: Store) -> str:
    run = store.create(Job(LENET, Recipe()), "me")
    store.claim([run])
    return run
