"""A class in Chromium: the door, two persons who cannot touch each other's runs, and the teacher who can."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import PATIENCE, ROOT, Serve
from tests.browser.steps import LONG, launch, stop, stop_button, train_button, train_long, wait_for_more_points

CODE, TEACHER_CODE = "KXT 7PQ", "for-my-eyes-9"
Join = Callable[..., Page]


@pytest.fixture
def address(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> str:
    """A server that other computers reach."""
    monkeypatch.setenv("EXPLORER_CLASS_CODE", CODE)
    monkeypatch.setenv("EXPLORER_TEACHER_CODE", TEACHER_CODE)
    return serve(ROOT / "app.py", "--server.address=0.0.0.0")


@pytest.fixture
def join(chromium: BrowserContext, address: str) -> Iterator[Join]:
    """Open a browser of one's own on a page, and go through the door that it leads to."""
    contexts: list[BrowserContext] = []

    def joined(nickname: str, code: str, path: str = "/train") -> Page:
        assert chromium.browser is not None
        contexts.append(chromium.browser.new_context(reduced_motion="reduce"))
        page = contexts[-1].new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(address + path)
        fill(page, nickname, code)
        return page

    yield joined
    for context in contexts:
        context.close()


def fill(page: Page, nickname: str, code: str) -> None:
    page.get_by_label("Code").fill(code)
    page.get_by_label("What the class may call you").fill(nickname)
    page.get_by_role("button", name="Join").click()


def test_two_persons_and_a_teacher(join: Join, address: str, tmp_path: Path) -> None:
    ann = join("Ann", "kxt-7pq")
    train_long(ann)
    train_button(ann).click()
    expect(ann.get_by_role("alert")).to_contain_text(f"epochs: found {LONG}; in this class at most 200")
    (tmp_path / "home" / "limits.toml").write_text("epochs = 1_000")
    launch(ann)
    wait_for_more_points(ann, 0)
    here = ann.url.removeprefix(address)

    bob = join("Bob", CODE, here)
    expect(stop_button(bob)).to_be_disabled()
    expect(bob.get_by_role("button", name="Pause")).to_be_disabled()
    wait_for_more_points(bob, 0)

    teacher = join("Ms T", TEACHER_CODE, here)
    expect(stop_button(teacher)).to_be_enabled()
    stop(teacher)
    ann.locator(".st-key-status").get_by_text(re.compile("^Stopped")).wait_for()

    teacher.goto(f"{address}/runs")
    teacher.get_by_text("Hold new launches").click()
    ann.goto(f"{address}/train")
    train_button(ann).click()
    expect(ann.get_by_role("alert").filter(has_text="The teacher holds new launches")).to_be_visible()
    log = (tmp_path / "home" / "audit.jsonl").read_text()
    assert [re.findall(f'"{word}":"([^"]*)"', log) for word in ("nickname", "action")] == [
        ["Ann", "Ms T", "Ms T"],
        ["launch", "stop", "hold launches"],
    ]


def test_the_door_opens_to_the_code_alone_and_nothing_is_seen_before(join: Join, address: str) -> None:
    page = join("Eve", "wrong")
    expect(page.get_by_role("alert")).to_contain_text("That is not the class's code")
    expect(page.get_by_label("What the class may call you")).to_have_value("Eve")
    page.goto(f"{address}/runs")
    expect(page).to_have_url(re.compile(r"/join\?next=/runs$"))
    fill(page, "Eve", CODE)
    page.wait_for_url(f"{address}/runs")
    page.get_by_text("Nothing was tried yet").wait_for()
    expect(page.get_by_text("Hold new launches")).to_have_count(0)
    cookie = next(each for each in page.context.cookies() if each["name"] == "person")
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
