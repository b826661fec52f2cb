"""Stop and the end of what trains move nothing: the charts keep their place, and so does all that can be pressed."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import ROOT, OpenPage, Serve
from tests.browser.steps import (
    LONG,
    curve,
    launch,
    moves,
    set_field,
    stop,
    stop_button,
    wait_for_more_points,
    watch_shifts,
)

ENDED = re.compile("^(Finished|Stopped|All )")


@pytest.fixture(scope="module")
def own(serve_file: Serve) -> str:
    """A server on which nothing else goes on."""
    return serve_file(ROOT / "app.py")


def train(page: Page, epochs: int) -> None:
    """Launch a run, and wait until all that a run shows is there."""
    set_field(page, "epochs", epochs)
    expect(page.get_by_role("button", name="Back to the text's recipe")).to_be_enabled()
    launch(page)
    wait_for_more_points(page, 1)
    expect(page.get_by_role("slider", name="Time")).to_be_visible()
    watch_shifts(page)


def seen_at_its_place(page: Page, change: Callable[[], object]) -> None:
    """Make a change, and expect that nothing jumped and that the curve is where it was."""
    before = curve(page).bounding_box()
    moves(page, change)
    assert curve(page).bounding_box() == before


def ends(page: Page) -> None:
    expect(page.locator(".st-key-status").get_by_text(ENDED)).to_be_visible()
    expect(stop_button(page)).to_have_count(0)


def stops(page: Page) -> None:
    stop_button(page).click()
    ends(page)


def stops_in_the_strip(line: Locator) -> None:
    line.get_by_role("button", name="Stop").click()
    expect(line).to_contain_text("Stopped")


def test_a_run_that_ends_by_itself_moves_nothing(own: str, open_page: OpenPage) -> None:
    page = open_page(f"{own}/train")
    train(page, 5)
    seen_at_its_place(page, lambda: ends(page))


def test_stop_and_what_is_said_of_an_edited_form_move_nothing(own: str, open_page: OpenPage) -> None:
    page = open_page(f"{own}/train")
    train(page, LONG)
    seen_at_its_place(page, lambda: stop(page))

    def edits() -> None:
        set_field(page, "epochs", 7)
        expect(page.get_by_text("Its settings are not the form's: epochs 1,000.")).to_be_visible()

    seen_at_its_place(page, edits)


def test_the_verdict_and_the_end_of_a_race_move_nothing(own: str, open_page: OpenPage) -> None:
    page = open_page(f"{own}/race")
    page.get_by_role("radiogroup", name="Seeds").get_by_role("radio", name="1", exact=True).click()
    set_field(page, "epochs", 6)
    page.get_by_text(re.compile(r"\b6 epochs")).first.wait_for()
    page.get_by_role("button", name=re.compile("^Race ")).click()
    page.wait_for_url(re.compile(r"[?&]race=\w+"))
    wait_for_more_points(page, 1)
    watch_shifts(page)
    seen_at_its_place(page, lambda: ends(page))
    expect(page.locator(".st-key-verdict")).to_contain_text("%")


def test_the_end_of_a_sweep_moves_nothing_that_is_seen(own: str, open_page: OpenPage) -> None:
    page = open_page(f"{own}/sweep")
    page.get_by_role("button", name=re.compile("^Start sweep")).click()
    page.wait_for_url(re.compile(r"[?&]sweep=\w+"))
    cells = page.get_by_role("grid", name="Cells")
    expect(cells.get_by_role("row").nth(1)).to_contain_text("%")
    watch_shifts(page)
    before = cells.bounding_box()
    moves(page, lambda: stops(page))
    assert cells.bounding_box() == before


def test_what_ends_elsewhere_moves_nothing_on_the_page_that_is_open(own: str, open_page: OpenPage) -> None:
    page = open_page(f"{own}/train")
    train(page, LONG)
    page.get_by_role("navigation").get_by_role("link", name="Explore").click()
    line = page.get_by_role("group", name="What goes on")
    expect(line).to_contain_text("Run: LeNet")
    expect(page.locator("svg [data-index]").last).to_be_visible()
    watch_shifts(page)
    moves(page, lambda: stops_in_the_strip(line))
    page.get_by_role("navigation").get_by_role("link", name="Claims").click()
    expect(line).to_have_count(0)
