"""The Train page in Chromium: a run grows, stops, is shared, survives its worker's end, and waits its turn."""

import os
import re
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from explorer.architecture.presets import PRESETS
from explorer.runs.scheduler.allocations import fitting, local_allocations
from explorer.runs.store.store import Store
from explorer.training.recipe.recipe import Job, Recipe
from tests.browser.conftest import ROOT, OpenPage, Serve
from tests.browser.steps import (
    LONG,
    curve,
    epochs_shown,
    field,
    launch,
    lines,
    open_train,
    points,
    set_field,
    step_button,
    stop,
    stop_button,
    train_button,
    train_long,
    wait_for_more_points,
    workers,
    zoom,
)

NEWEST_OVER = """(step) => {
    const bars = [...document.querySelectorAll('*')]
        .flatMap(({ shadowRoot }) => [...shadowRoot?.querySelectorAll('input[type=range]') ?? []]);
    const words = bars[0]?.getAttribute('aria-valuetext') ?? '';
    return words.endsWith('newest') && Number(words.match(/Step ([\\d,]+)/)?.[1].replace(',', '')) >= step;
}"""
SLOW = 4  # times slower than this computer
COUNT_PURGES = """
    window.purged = 0;
    let library;
    Object.defineProperty(window, "Plotly", {
        get: () => library,
        set: (loaded) => {
            library = loaded;
            const { purge } = library;
            library.purge = (frame) => { window.purged += 1; purge(frame); };
        },
    });
"""


@pytest.fixture
def train_page(app: str, open_page: OpenPage) -> Iterator[Page]:
    """Open the Train page with a recipe that goes on; what it trains is stopped in the end."""
    page = open_page(app)
    open_train(page)
    yield page
    if stop_button(page).is_visible():
        stop(page)


def test_a_run_grows_on_the_page_and_stop_keeps_what_it_measured(train_page: Page) -> None:
    launch(train_page)
    first = wait_for_more_points(train_page, 0)
    train_page.get_by_text(
        re.compile(rf"^Epoch [\d.]+ of {LONG} · [\d,]+ pictures a second · about .+ left$")
    ).wait_for()
    many = wait_for_more_points(train_page, first)
    stop(train_page)

    assert points(train_page) >= many
    expect(
        train_page.get_by_text(re.compile(r"^Stopped: [\d,]+ steps in .+ What was measured is kept\.$"))
    ).to_be_visible()
    expect(stop_button(train_page)).to_have_count(0)
    newest = train_page.get_by_role("grid", name="Last runs").get_by_role("row").nth(1)
    expect(newest).to_contain_text("stopped")
    expect(newest).to_have_attribute("aria-selected", "true")


def test_a_refresh_and_a_classmate_see_the_same_run(train_page: Page, open_page: OpenPage) -> None:
    launch(train_page)
    many = wait_for_more_points(train_page, 5)
    train_page.reload()
    wait_for_more_points(train_page, many)
    classmate = open_page(train_page.url)
    wait_for_more_points(classmate, many)
    stop(classmate)
    train_page.get_by_text(re.compile("^Stopped: ")).wait_for()

    assert len(lines(train_page)) == 4
    assert lines(train_page) == lines(classmate)


def _press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_a_rate_that_is_wrong_trains_nothing_and_stands_beside_its_reason(train_page: Page) -> None:
    """The field is left by the click on Train, and its text comes with that."""
    rate = field(train_page, "learning_rate")
    rate.fill("-1")
    train_button(train_page).click()
    expect(train_page.get_by_text("“-1” is not a number above 0, at most 100.").last).to_be_visible()
    expect(rate).to_have_value("-1")
    expect(train_button(train_page)).to_be_disabled()
    assert "run=" not in train_page.url
    step_button(train_page, "learning_rate").click()
    expect(rate).to_have_value("1")
    expect(train_button(train_page)).to_be_enabled()
    train_page.get_by_text("More settings").click()
    set_field(train_page, "seed", 2147483647)
    seed = field(train_page, "seed")
    assert seed.evaluate("(input) => input.scrollWidth <= input.clientWidth"), "its digits are cut off"


def test_a_run_is_held_stepped_changed_stopped_and_continued(train_page: Page) -> None:
    launch(train_page)
    wait_for_more_points(train_page, 2)
    press = partial(_press, train_page)
    press("Pause")
    paused = train_page.get_by_text(re.compile(r"^Paused after step [\d,]+, epoch"))
    step = int(re.sub(r"\D", "", paused.inner_text().partition(", epoch")[0]))
    stands = points(train_page)
    press("Step")
    expect(paused).to_contain_text(f"Paused after step {step + 1:,}, epoch")
    wait_for_more_points(train_page, stands)
    time = train_page.get_by_role("slider", name="Time")
    expect(time).to_have_attribute("aria-valuetext", re.compile(rf"^Step {step + 1:,} .*newest$"))

    rate = train_page.locator(".st-key-run_controls").get_by_role("textbox")
    rate.fill("0.25")
    press("Change learning rate")
    train_page.wait_for_function("() => document.querySelector('.js-plotly-plot').layout.shapes.length === 1")
    expect(curve(train_page).get_by_text("lr 0.25")).to_be_visible()
    assert points(train_page) == stands + 1
    press("Resume")
    many = wait_for_more_points(train_page, stands + 1)
    stop(train_page)
    press("Continue")
    expect(train_page.get_by_text(re.compile(", continued ·")).first).to_be_visible()
    wait_for_more_points(train_page, many)
    expect(curve(train_page).get_by_text("lr 0.25")).to_be_visible()
    expect(rate).to_have_value("0.25")


def test_a_zoom_is_kept_while_the_curve_grows_and_after_the_run(train_page: Page) -> None:
    launch(train_page)
    many = wait_for_more_points(train_page, 5)
    curve(train_page).evaluate("(frame) => { frame.mark = 'the first' }")
    limits = zoom(train_page)
    wait_for_more_points(train_page, many + 3)
    assert epochs_shown(train_page) == limits

    stop(train_page)
    expect(train_page.get_by_role("grid", name="Last runs").get_by_role("row").nth(1)).to_contain_text("stopped")
    assert epochs_shown(train_page) == limits
    assert curve(train_page).evaluate("(frame) => frame.mark") == "the first"


def test_the_inside_of_a_run_can_be_seen_at_any_step_while_it_goes_on(train_page: Page) -> None:
    launch(train_page)
    curve(train_page).evaluate("(frame) => { frame.mark = 'the first' }")
    time = train_page.get_by_role("slider", name="Time")
    train_page.wait_for_function(NEWEST_OVER, arg=2)
    gradients = train_page.get_by_role("figure", name=re.compile("^conv1.s gradient is 1.[0-9,.]+ of fc5"))
    expect(gradients).to_be_visible()
    expect(train_page.get_by_text(re.compile("A sigmoid's slope is at most ¼; here it is 0"))).to_be_visible()

    time.focus()
    time.press("Home")
    expect(train_page.get_by_text("No step was taken yet.")).to_be_visible()
    time.press("ArrowRight")
    expect(train_page.get_by_text(re.compile("^Step 1 moved conv1's weights by"))).to_be_visible()
    wait_for_more_points(train_page, points(train_page) + 5)
    expect(time).to_have_attribute("aria-valuetext", "Step 1 · epoch 0.0")

    train_page.get_by_role("radio", name="Saturated").click()
    expect(train_page.get_by_role("figure", name=re.compile("within 0.05 of an end of"))).to_be_visible()
    stop(train_page)
    expect(time).to_have_attribute("aria-valuetext", "Step 1 · epoch 0.0")
    assert curve(train_page).evaluate("(frame) => frame.mark") == "the first"


def test_the_curve_stays_in_its_place_on_a_slow_computer(train_page: Page, app: str, open_page: OpenPage) -> None:
    """Messages overtake each other there, and Streamlit cleans up after each that was overtaken."""
    launch(train_page)
    wait_for_more_points(train_page, 5)
    page = open_page(app)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOW})
    page.add_init_script(COUNT_PURGES)
    page.goto(train_page.url)
    wait_for_more_points(page, 5)
    stop(page)
    page.wait_for_function("() => document.querySelector('.st-key-curve .js-plotly-plot').data?.length === 4")
    assert page.evaluate("window.purged") == 0


def test_a_killed_worker_fails_its_run_in_words_and_the_next_run_works(train_page: Page, app_home: Path) -> None:
    page = train_page
    launch(page)
    many = wait_for_more_points(page, 0)
    for worker in workers(app_home):  # which of them trains is nobody's business
        os.kill(worker, signal.SIGKILL)
    failure = page.get_by_role("alert").filter(has_text="The run failed")
    expect(failure).to_contain_text(re.compile(r"was killed \(signal 9\).* [1-9]\d* steps were kept"))
    assert points(page) >= many

    train_button(page).click()
    expect(failure).to_have_count(0)
    page.get_by_text(re.compile("^Epoch ")).wait_for()
    wait_for_more_points(page, 0)


def test_a_run_within_a_long_step_says_that_it_stops_and_keeps_how_it_stands(train_page: Page, app_home: Path) -> None:
    """Its worker stands still, as one within a step of seconds looks from outside."""
    page = train_page
    launch(page)
    wait_for_more_points(page, 0)
    standing = workers(app_home)  # which of them trains is nobody's business
    for worker in standing:
        os.kill(worker, signal.SIGSTOP)
    try:
        stop_button(page).click()
        page.get_by_text(re.compile(r"^Stopping after this step")).wait_for()
        expect(page.get_by_role("button", name="Stop now", exact=True)).to_be_enabled()
        expect(page.get_by_role("button", name="Pause", exact=True)).to_be_disabled()
    finally:
        for worker in standing:
            os.kill(worker, signal.SIGCONT)
    page.get_by_text(re.compile(r"^Stopped: [\d,]+ steps in .+ What was measured is kept\.$")).wait_for()
    expect(page.get_by_role("button", name="Continue", exact=True)).to_be_enabled()
    assert workers(app_home) == standing


def test_a_run_that_waits_says_its_place(train_page: Page, open_page: OpenPage, app: str) -> None:
    others = []
    for _ in fitting(local_allocations(), "auto"):
        others.append(open_page(app + "/train"))
        train_long(others[-1])
        launch(others[-1])
        wait_for_more_points(others[-1], 0)
    launch(train_page)
    train_page.get_by_text(re.compile("^Waiting for a free place: next in the queue")).wait_for()
    later = open_page(app + "/train")
    launch(later)
    later.get_by_text(re.compile("^Waiting for a free place: 2nd in the queue")).wait_for()

    stop(train_page)
    expect(train_page.get_by_text("Stopped before it began.")).to_be_visible()
    later.get_by_text(re.compile("^Waiting for a free place: next in the queue")).wait_for()
    stop(others[0])
    wait_for_more_points(later, 0)
    for page in (*others[1:], later):
        stop(page)


def test_a_servers_first_visitor_by_a_link_sees_the_menu_and_the_run(
    serve: Serve, open_page: OpenPage, tmp_path: Path
) -> None:
    (tmp_path / "home").mkdir()
    store = Store(tmp_path / "home" / "runs.sqlite")
    run = store.create(Job(PRESETS["lenet-d2l"].architecture, Recipe(epochs=LONG)), "somebody")
    store.close()

    page = open_page(f"{serve(ROOT / 'app.py')}/train?run={run}")
    wait_for_more_points(page, 0)
    expect(page.get_by_role("navigation").get_by_role("link")).to_have_text(
        ["Explore", "Predict", "Train", "Race", "Sweep", "Lessons", "Look inside", "Claims", "Mistakes", "Runs"]
    )
    expect(page).to_have_title("Train · CNN explorer")
    assert f"run={run}" in page.url
