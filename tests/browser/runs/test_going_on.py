"""What goes on, in Chromium: in sight on every page, followed by one socket, opened and stopped by a click."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import ROOT, OpenPage, Serve
from tests.browser.steps import LONG, launch, open_train, set_field


@pytest.fixture(scope="module")
def own(serve_file: Serve) -> str:
    """A server on which nothing else goes on."""
    return serve_file(ROOT / "app.py")


ADDRESSES = "[...explorerLine.streams.keys()].map((address) => address.split('/').pop())"


def strip(page: Page) -> Locator:
    return page.get_by_role("group", name="What goes on")


def go(page: Page, title: str) -> None:
    """Go to a page by the menu."""
    page.get_by_role("link", name=title, exact=True).click()


def test_a_race_stays_in_sight_is_opened_by_a_click_and_stopped_where_one_is(own: str, open_page: OpenPage) -> None:
    page = open_page(f"{own}/race")
    set_field(page, "epochs", LONG)
    page.get_by_text(re.compile(rf"{LONG} epochs\b")).first.wait_for()
    page.get_by_role("button", name=re.compile("^Race ")).click()
    page.wait_for_url(re.compile(r"[?&]race=\w+"))
    race = page.url
    go(page, "Claims")
    expect(strip(page).get_by_role("button", name="Race: Sigmoid or ReLU?", exact=True)).to_be_enabled()
    before = strip(page).locator(".words").inner_text()
    expect(strip(page).locator(".words")).not_to_have_text(before)

    strip(page).get_by_role("button", name="Race: Sigmoid or ReLU?", exact=True).click()
    expect(page).to_have_url(race)
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()
    go(page, "Explore")
    go(page, "Race")
    expect(page).to_have_url(race)
    page.get_by_role("button", name="New race").click()
    expect(page.get_by_text("Press Race: the contenders' curves draw here")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(race)

    # Stop as the next page is asked for: the page that is left hears no click any more, and the next one none yet.
    go(page, "Claims")
    stop, link = (
        strip(page).get_by_role("button", name=re.compile("^Stop Race")),
        page.get_by_role("link", name="Explore"),
    )
    expect(stop).to_be_enabled()
    page.evaluate(
        "(clicked) => clicked.forEach((each) => each.click())", [link.element_handle(), stop.element_handle()]
    )
    expect(page).to_have_title(re.compile("^Explore"))
    expect(strip(page)).to_contain_text("Stopped")
    go(page, "Race")
    expect(strip(page)).to_have_count(0)
    expect(page.get_by_text("Stopped. What was measured is kept.")).to_be_visible()


def test_a_page_that_watches_its_run_and_the_strip_hear_by_one_socket(own: str, open_page: OpenPage) -> None:
    page = open_page(own)
    open_train(page)
    launch(page)
    run = page.url
    page.get_by_role("button", name="New run").click()
    expect(strip(page).locator(".words")).to_contain_text("% · Epoch")
    launch(page)
    page.wait_for_function("() => window.explorerLine?.streams.size === 2")
    named = page.evaluate(f"{ADDRESSES}.map((address) => explorerLine.socket.url.includes(address))")
    assert named == [True, True], "two things are heard, by other than one socket"
    page.get_by_role("button", name="Stop", exact=True).click()
    page.locator(".st-key-status").get_by_text(re.compile("^Stopped")).wait_for()
    strip(page).get_by_role("button", name=re.compile("^Stop Run")).click()
    expect(strip(page)).to_contain_text("Stopped")
    strip(page).get_by_role("button", name="Run: LeNet (the book)", exact=True).click()
    expect(page).to_have_url(run)
