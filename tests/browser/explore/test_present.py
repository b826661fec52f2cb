"""Presenting: one key makes the type larger and leaves the forms out, on every page, until it is pressed again."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.steps import expect_no_sideways_scroll, layer

TYPE = "() => parseFloat(getComputedStyle(document.documentElement).fontSize)"


def test_one_key_presents_the_picture_then_the_curve_without_forms_and_brings_them_back(
    app: str, open_page: OpenPage
) -> None:
    page = open_page(app, width=1280, height=720)
    expect(page.get_by_role("textbox", name="channels", exact=True)).to_be_visible()
    usual = page.evaluate(TYPE)
    page.keyboard.press("Alt+p")
    expect(page.get_by_role("heading", name="LeNet (the book)")).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_count(0)
    expect(page.get_by_role("combobox")).to_have_count(0)
    assert page.evaluate(TYPE) >= 1.2 * usual
    page.locator("svg [data-index='3']").click()
    expect(layer(page, "conv2")).to_have_attribute("aria-selected", "true")
    expect_no_sideways_scroll(page)

    go_to(page, "Train")
    expect(page.locator(".st-key-curve")).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_count(0)
    page.get_by_role("button", name="Forms").click()
    expect(page.get_by_role("textbox", name="epochs", exact=True)).to_be_visible()


def go_to(page: Page, title: str) -> None:
    page.get_by_role("navigation").get_by_role("link", name=title).click()


def test_light_and_dark_are_chosen_in_the_menu_beside_it(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    page.get_by_role("button", name="Main menu").click()
    page.get_by_role("menuitemradio", name="Dark").click()
    expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", "dark")
    page.get_by_role("menuitemradio", name="Light").click()
    expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", "light")
