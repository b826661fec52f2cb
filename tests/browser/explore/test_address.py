"""The address bar in Chromium: it says on each page what is open, a reload keeps that, and Back leads where it led."""

import re

from playwright.sync_api import Page, expect

from explorer.architecture.presets import PRESETS
from explorer.exchange.link import to_link
from tests.browser.conftest import OpenPage
from tests.browser.steps import choose_network, field, set_field

LENET, ALEXNET, KERAS = (PRESETS[name] for name in ("lenet-d2l", "alexnet-28", "lenet-keras"))

# Before the page is drawn anew: the address says a step first.
RELOAD_ONCE_ANSWERED = """(button) => {
  const before = location.search;
  const look = () => (location.search === before ? setTimeout(look, 1) : location.reload());
  button.click();
  setTimeout(look, 1);
}"""


def go(page: Page, title: str) -> None:
    """Go to a page by the menu."""
    page.get_by_role("link", name=title, exact=True).click()


def network(page: Page, title: str) -> None:
    """Expect the menu's network; for a moment Streamlit keeps the menu before, hidden and behind the new one."""
    expect(page.get_by_role("combobox", name="Network").first).to_have_value(title)


def at(page: Page, path: str, design: str) -> None:
    """Expect the address of a page with a design."""
    expect(page).to_have_url(re.compile(rf"/{path}\?m={design}(&|$)"))


def test_each_pages_address_says_the_design_and_back_leads_where_it_led(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    at(page, "", to_link(LENET.architecture))
    choose_network(page, ALEXNET.title)
    at(page, "", to_link(ALEXNET.architecture))
    go(page, "Claims")
    at(page, "claims", to_link(ALEXNET.architecture))
    page.reload()
    go(page, "Predict")
    at(page, "predict", to_link(ALEXNET.architecture))
    page.go_back()
    at(page, "claims", to_link(ALEXNET.architecture))
    page.go_back()
    at(page, "", to_link(ALEXNET.architecture))
    network(page, ALEXNET.title)
    page.go_back()
    at(page, "", to_link(LENET.architecture))
    network(page, LENET.title)
    page.go_forward()
    network(page, ALEXNET.title)


def test_back_pressed_twice_at_once_leads_two_pages_back(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    go(page, "Claims")
    at(page, "claims", to_link(LENET.architecture))
    go(page, "Predict")
    at(page, "predict", to_link(LENET.architecture))
    page.evaluate("() => { history.back(); setTimeout(() => history.back(), 30); }")
    at(page, "", to_link(LENET.architecture))
    network(page, LENET.title)
    at(page, "", to_link(LENET.architecture))
    page.go_forward()
    at(page, "claims", to_link(LENET.architecture))


def test_a_page_that_was_asked_for_comes_whatever_the_one_before_still_sends(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    view = page.get_by_role("radio", name="Cost", exact=True)
    claims, explore = (page.get_by_role("link", name=name, exact=True) for name in ("Claims", "Explore"))
    for _ in range(3):
        expect(view).to_be_visible()
        page.evaluate(
            "(clicked) => clicked.forEach((each) => each.click())", [claims.element_handle(), view.element_handle()]
        )
        at(page, "claims", to_link(LENET.architecture))
        expect(page.get_by_role("row", name=re.compile("60 million parameters"))).to_be_visible()
        expect(view).to_have_count(0)
        explore.click()


def test_undo_and_redo_lead_on_after_a_reload(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    for preset in (ALEXNET, KERAS):
        choose_network(page, preset.title)
        at(page, "", to_link(preset.architecture))
    undo = page.get_by_role("button", name="Undo")
    undo.evaluate(RELOAD_ONCE_ANSWERED)
    at(page, "", to_link(ALEXNET.architecture))
    network(page, ALEXNET.title)
    expect(undo).to_be_enabled()
    undo.click()
    network(page, LENET.title)
    for title in (ALEXNET.title, KERAS.title):
        page.get_by_role("button", name="Redo").click()
        network(page, title)


def test_a_reload_and_a_classmate_have_the_recipe_and_the_races_setup(app: str, open_page: OpenPage) -> None:
    page = open_page(f"{app}/train")
    set_field(page, "epochs", 5)
    expect(page).to_have_url(re.compile(r"[?&]recipe="))
    page.reload()
    expect(field(page, "epochs")).to_have_value("5")
    go(page, "Race")
    page.get_by_role("radio", name="5", exact=True).click()
    expect(page).to_have_url(re.compile(r"&recipe=.*&setup="))
    classmate = open_page(page.url)
    expect(classmate.get_by_role("radio", name="5", exact=True)).to_be_checked()
    expect(field(classmate, "epochs")).to_have_value("5")
