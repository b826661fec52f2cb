"""The menu and the button that shares, in Chromium: by pointer, by keyboard, on a phone, in another tab."""

import re

from playwright.sync_api import Page, expect

from explorer.architecture.presets import PRESETS
from tests.browser.conftest import OpenPage
from tests.browser.steps import choose_network, expect_no_sideways_scroll

TITLE = PRESETS["alexnet-28"].title


def test_each_page_is_one_tap_away_on_a_phone(app: str, open_page: OpenPage) -> None:
    page = open_page(app, width=390, height=844)
    for title in ("Runs", "Predict", "Explore"):
        link = page.get_by_role("navigation").get_by_role("link", name=title, exact=True)
        expect(link).to_be_in_viewport()
        link.click()
        expect(page).to_have_title(f"{title} · CNN explorer")
        expect(page.locator("a[aria-current=page]")).to_have_text(title)
        expect_no_sideways_scroll(page)


def test_the_keyboard_sees_where_it_is_and_goes_there(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    race = page.get_by_role("navigation").get_by_role("link", name="Race", exact=True)
    page.get_by_role("navigation").get_by_role("link", name="Train", exact=True).focus()
    page.keyboard.press("Tab")
    expect(race).to_be_focused()
    assert race.evaluate("(link) => getComputedStyle(link).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page).to_have_title("Race · CNN explorer")
    expect(page).to_have_url(re.compile(r"/race\?m="))


def shared(page: Page) -> str:
    """Open Share, and give its link."""
    page.get_by_role("button", name="Share").click()
    expect(page.get_by_role("img", name="QR code of the link")).to_be_visible()
    return page.get_by_role("textbox", name="Link").input_value()


def test_a_shared_link_is_copied_says_what_it_holds_and_opens_the_same(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    choose_network(page, TITLE)
    expect(page).to_have_url(re.compile(r"\?m="))
    link = shared(page)
    expect(page.get_by_text(re.compile("^This link holds the network AlexNet"))).to_be_visible()
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("The link is copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == link == page.url
    expect(open_page(link).get_by_role("combobox", name="Network")).to_have_value(TITLE)
