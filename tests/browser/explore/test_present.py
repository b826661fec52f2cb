"""Presenting: one key makes the type larger and leaves the forms out, on every page, until it is pressed again."""

import re

from playwright.sync_api import Page, ViewportSize, expect

from explorer.architecture.presets import PRESETS
from tests.browser.conftest import OpenPage
from tests.browser.steps import (
    choose_network,
    expect_no_sideways_scroll,
    expect_whole,
    field,
    launch,
    layer,
    stop,
    stop_button,
    train_long,
    wait_for_more_points,
)

TYPE = "() => parseFloat(getComputedStyle(document.documentElement).fontSize)"
SPACES = """() => {
  const ends = (element) => [...element.querySelectorAll("p")].map((p) => p.getBoundingClientRect().bottom);
  const said = [...document.querySelectorAll(".st-key-decision .stMarkdown")];
  const below = [...said.slice(1), null].map((next) => next?.querySelector("p").getBoundingClientRect().top);
  const end = document.querySelector(".st-key-decision").getBoundingClientRect().bottom;
  return said.map((element, i) => (below[i] ?? end) - Math.max(...ends(element)));
}"""
HIGH = "(element) => element.getBoundingClientRect().height"
SCREENS = (ViewportSize(width=1920, height=1080), ViewportSize(width=1280, height=720))  # the last is left as it is


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


def test_what_is_presented_fits_one_screen(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    choose_network(page, PRESETS["alexnet-2012"].title)
    present(page)
    page.locator("svg [data-index='4']").first.click()
    expect(layer(page, "conv2")).to_be_visible()
    expect(page.locator(".st-key-worked_out .katex").last).to_be_visible()
    expect_fits(page, "svg", ".st-key-stack .frame", ".st-key-worked_out")

    go_to(page, "Claims")
    page.get_by_role("button", name="True").click()
    expect(page.get_by_text("You said “True”")).to_be_visible()
    expect_fits(page, "h2", ".st-key-presented")
    assert min(page.evaluate(SPACES)) >= 6
    go_to(page, "Predict")
    expect(page.get_by_role("button", name="Check")).to_be_visible()
    expect_fits(page, ".st-key-prediction .frame")

    go_to(page, "Race")
    expect(page.get_by_text("Press Race")).to_be_visible()
    expect_fits(page, ".st-key-curve")
    page.get_by_role("button", name="Forms").click()
    choose_network(page, PRESETS["lenet-d2l"].title)
    page.get_by_text("61,706 parameters").wait_for()
    page.get_by_role("button", name=re.compile("^Race ")).click()
    wait_for_more_points(page, 0)
    present(page)
    expect_fits(page, ".st-key-status", ".st-key-verdict", ".st-key-curve .main-svg >> nth=0")
    stop_button(page).click()
    expect(page.get_by_text("Stopped. What was measured is kept.")).to_be_visible()


def test_while_no_layer_is_chosen_it_says_whole_how_to_choose_one(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    present(page)
    expect(page.get_by_text("A click on a layer in the picture shows here")).to_be_visible()
    expect_fits(page, ".st-key-presented", ".st-key-worked_out")


def test_two_networks_fill_the_width_with_letters_that_can_be_read(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    page.get_by_role("button", name="Beside another").click()
    page.get_by_role("combobox", name="A network of the course").click()
    page.get_by_role("option", name=PRESETS["alexnet-d2l"].title, exact=True).click()
    layer(page, "↳ total").wait_for()
    page.keyboard.press("Alt+p")
    expect(page.get_by_role("heading", name="LeNet (the book)")).to_be_visible()
    expect_fits(page, ".st-key-presented", ".st-key-page_picture svg", ".st-key-stack .frame")
    names = page.locator(".st-key-page_picture svg text.name")
    expect(names).to_have_count(2)
    for screen in SCREENS:
        page.set_viewport_size(screen)
        assert min(name.evaluate(HIGH) for name in names.all()) >= 16  # px, of letters of 14


def test_a_presented_run_fits_one_screen_beside_what_goes_on_inside(app: str, open_page: OpenPage) -> None:
    page = open_page(f"{app}/train")
    expect(field(page, "epochs")).to_be_visible()
    train_long(page)
    launch(page)
    wait_for_more_points(page, 1)
    present(page)
    expect(page.locator(".st-key-inside_figure .main-svg").first).to_be_visible()
    drawn = [f"{key} .main-svg >> nth=0" for key in (".st-key-curve", ".st-key-inside_figure")]
    expect_fits(page, ".st-key-status", ".st-key-run_controls", *drawn)
    expect(page.get_by_role("textbox")).to_have_count(0)
    expect(page.get_by_role("button", name="Change learning rate")).to_have_count(0)
    stop(page)


def present(page: Page) -> None:
    page.get_by_role("button", name="Present").click()
    expect(page.get_by_role("button", name="Forms")).to_be_visible()


def expect_fits(page: Page, *parts: str) -> None:
    """Expect that the page needs no scrolling on any screen, and that each part is seen whole."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    for screen in SCREENS:
        page.set_viewport_size(screen)
        for part in ("[data-testid=stMain]", *parts):
            expect_whole(page.locator(part).first)


def go_to(page: Page, title: str) -> None:
    page.get_by_role("navigation").get_by_role("link", name=title).click()


def test_light_and_dark_are_chosen_in_the_menu_beside_it(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    page.get_by_role("button", name="Main menu").click()
    page.get_by_role("menuitemradio", name="Dark").click()
    expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", "dark")
    page.get_by_role("menuitemradio", name="Light").click()
    expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", "light")
