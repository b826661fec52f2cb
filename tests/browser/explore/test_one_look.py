"""Explore in one look, at 1280 × 720: a change and its effect are seen together, and nothing jumps."""

import re
from functools import partial

from playwright.sync_api import Locator, Page, expect

from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import to_json
from explorer.exchange.link import to_link
from tests.browser.conftest import OpenPage
from tests.browser.steps import (
    cells,
    choose_layer,
    choose_network,
    expect_whole,
    file,
    launch,
    layer,
    moves,
    set_field,
    step_button,
    train_long,
    watch_shifts,
)

ALEXNET = PRESETS["alexnet-d2l"]
ALEXNET_JSON = to_json(ALEXNET.architecture).encode()
HALF_HIDDEN = """async (offers) => {
  const halfHidden = () => {
    const over = offers.getBoundingClientRect();
    const below = [...offers.closest("tbody").querySelectorAll(".refused ~ tr td")];
    return below.map((cell) => [cell.textContent, cell.getBoundingClientRect()])
      .filter(([, cell]) => cell.bottom > over.top + 1 && cell.top < over.bottom - 1)
      .filter(([, cell]) => cell.left < over.left - 1 || cell.right > over.right + 1 || cell.bottom > over.bottom + 1)
      .map(([text]) => text);
  };
  const end = Date.now() + 10_000; // until a resized page is laid out
  while (halfHidden().length && Date.now() < end) await new Promise(requestAnimationFrame);
  return halfHidden();
}"""
LONGEST_SUMS = "conv1"
WIDTH = """async (element, least) => { // which it has soon after the window has grown
  const width = () => element.getBoundingClientRect().width;
  const end = Date.now() + 10_000;
  while (width() <= least && element.isConnected && Date.now() < end) await new Promise(requestAnimationFrame);
  return width();
}"""
VIEWS = ("Picture", "Cost", "How it is worked out", "What it sees")


def alexnet(open_page: OpenPage, app: str) -> Page:
    page = open_page(app, width=1280, height=720)
    choose_network(page, ALEXNET.title)
    choose_layer(page, LONGEST_SUMS)
    return page


SHOWN = {
    "Picture": "svg [data-index]",
    "Cost": ".plot-container",
    "How it is worked out": ".katex",
    "What it sees": "img",
}
DRAWN = SHOWN | {"Picture": "svg", "How it is worked out": "table"}


def opened(page: Page, view: str) -> Locator:
    """Open a view of what a change does, and find what is drawn in it."""
    page.get_by_role("radio", name=view).click()
    place = page.locator(".st-key-view")
    expect(place.locator(SHOWN[view]).last).to_be_visible()
    return place


def test_all_of_alexnet_the_fields_and_their_effect_are_seen_at_once_and_grow_with_the_screen(
    app: str, open_page: OpenPage
) -> None:
    page = alexnet(open_page, app)
    small = {view: drawn_in(page, view).evaluate(WIDTH) for view in VIEWS}
    page.set_viewport_size({"width": 1920, "height": 1080})
    for view in VIEWS:
        assert drawn_in(page, view).evaluate(WIDTH, 1.4 * small[view]) > 1.4 * small[view], view


def drawn_in(page: Page, view: str) -> Locator:
    """Expect all to be seen with a view, and find its drawing."""
    expect_one_look(page, view)
    return page.locator(".st-key-view").locator(DRAWN[view]).last


def expect_one_look(page: Page, view: str) -> None:
    """Expect every row of AlexNet, its fields and a view to be seen whole."""
    place = opened(page, view)
    # The view before is gone.
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    frame = page.locator(".st-key-stack .frame")
    expect(frame.get_by_role("row")).to_have_count(2 + 1 + len(ALEXNET.architecture.layers))  # title, total, input
    for part in (frame, page.locator(".st-key-layer_card"), place, page.get_by_test_id("stMain")):
        expect_whole(part)


def test_all_of_it_is_seen_at_once_too_while_something_trains_and_after_it_has_ended(
    app: str, open_page: OpenPage
) -> None:
    page = open_page(f"{app}/train", width=1280, height=720)
    train_long(page)
    launch(page)
    page.get_by_role("navigation").get_by_role("link", name="Explore").click()
    expect_whole(opened(page, "Picture").locator(".frame"))  # LeNet's is the highest
    choose_network(page, ALEXNET.title)
    choose_layer(page, LONGEST_SUMS)
    strip = page.get_by_role("group", name="What goes on")
    for view in VIEWS:
        expect_whole(strip)
        expect_one_look(page, view)
    strip.get_by_role("button", name="Stop").click()
    expect(strip).to_contain_text("Stopped")
    expect_one_look(page, "Picture")


def watch(page: Page) -> None:
    """Count from now on what jumps, once all of the page stands."""
    expect(page.locator("svg [data-index]").last).to_be_visible()
    watch_shifts(page)


def test_nothing_jumps_whatever_is_chosen_changed_broken_or_undone(app: str, open_page: OpenPage) -> None:
    page = alexnet(open_page, app)
    tabs = page.get_by_role("radio", name="Picture").bounding_box()
    watch(page)
    for name in ("conv1", "relu1", "pool1", "fc8", "dropout6", "input", "conv2"):
        moves(page, partial(choose_layer, page, name))
        assert page.get_by_role("radio", name="Picture").bounding_box() == tabs
    widths = [column.bounding_box() for column in page.get_by_role("columnheader").all()]
    moves(page, lambda: step(page, "kernel_size", "Conv2d 256 @ 6×6, pad 2"))
    moves(page, lambda: step(page, "out_channels", "Conv2d 257 @ 6×6, pad 2"))
    assert [column.bounding_box() for column in page.get_by_role("columnheader").all()] == widths
    for view in VIEWS[1:]:
        moves(page, partial(opened, page, view))
    moves(page, lambda: broken(page))
    moves(page, lambda: page.get_by_role("button", name="Undo").click())
    assert page.get_by_role("radio", name="Picture").bounding_box() == tabs


def step(page: Page, field: str, words: str) -> None:
    step_button(page, field).click()
    expect(cells(page, "conv2").nth(1)).to_have_text(words)


def broken(page: Page) -> None:
    set_field(page, "kernel_size", 40)
    expect(layer(page, "conv2")).to_contain_text("The 40×40 kernel is larger")


def test_what_mends_a_layer_hides_the_rows_below_it_whole_or_not_at_all(app: str, open_page: OpenPage) -> None:
    page = alexnet(open_page, app)
    choose_layer(page, "conv2")
    broken(page)
    offers = page.locator(".st-key-stack .mends")
    expect(offers.get_by_role("button").first).to_be_visible()
    assert offers.evaluate(HALF_HIDDEN) == []
    page.set_viewport_size({"width": 1920, "height": 1080})
    assert offers.evaluate(HALF_HIDDEN) == []


def test_the_first_things_to_try_do_what_they_say_and_say_what_to_look_at(app: str, open_page: OpenPage) -> None:
    page = open_page(app, width=1280, height=720)
    watch(page)
    moves(page, lambda: page.get_by_role("button", name="Make conv2's kernel 3×3").click())
    expect(cells(page, "conv2").nth(1)).to_have_text("Conv2d 16 @ 3×3")
    expect(page.get_by_role("status").filter(has_text="Look at the marks: conv2 has fewer")).to_be_visible()
    expect_whole(page.get_by_test_id("stMain"))
    expect(page.get_by_role("button", name="Break it")).to_have_count(0)

    page.get_by_role("button", name="View").click()
    page.get_by_role("button", name="First things to try").click()
    expect(layer(page, "conv2")).to_contain_text("5×5")
    watch(page)
    moves(page, lambda: page.get_by_role("button", name="Break it").click())
    expect(page.get_by_role("status").filter(has_text="Look at the red row")).to_be_visible()
    page.get_by_role("button", name="Set padding to 1").click()
    expect(page.get_by_role("status").filter(has_text="Look at")).to_have_count(0)


def test_any_network_stands_beside_the_design_at_one_scale(app: str, open_page: OpenPage) -> None:
    page = open_page(app, width=1280, height=720)
    beside(page, ALEXNET.title)
    expect(cells(page, "↳ total").nth(3)).to_have_text("46,764,746")
    theirs = ["↳ conv2", "Conv2d 256 @ 5×5, pad 2", "256 × 26 × 26", "614,656", "415,334,400", "51"]
    expect(cells(page, "↳ conv2")).to_have_text(theirs)
    expect(page.locator("svg text.name")).to_have_text(["LeNet (the book)", ALEXNET.title])
    choose_layer(page, "conv2")
    expect(cells(page, "conv2").nth(3)).to_have_class(re.compile("changed"))
    expect(cells(page, "↳ conv2").nth(3)).not_to_have_class(re.compile("changed"))
    expect_whole(page.get_by_test_id("stMain"))

    page.get_by_role("button", name="Alone").click()
    expect(layer(page, "↳ conv2")).to_have_count(0)


def beside(page: Page, title: str) -> None:
    page.get_by_role("button", name="Beside another").click()
    page.get_by_role("combobox", name="A network of the course").click()
    page.get_by_role("option", name=title, exact=True).click()
    layer(page, "↳ total").wait_for()


def test_a_counterpart_a_file_and_a_link_stand_beside_the_design_or_say_why_not(app: str, open_page: OpenPage) -> None:
    page = open_page(f"{app}/?m={to_link(PRESETS['lenet5-1998'].architecture)}")
    menu = page.get_by_role("button", name="Beside")
    menu.click()
    page.get_by_role("button", name="Its modern version: LeNet (the book)").click()
    expect(cells(page, "↳ total").nth(3)).to_have_text("61,706")
    menu.click()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(files=[file("a.json", ALEXNET_JSON)])
    expect(cells(page, "↳ total").nth(3)).to_have_text("46,764,746")
    menu.click()
    paste(page, f"{app}/?m={to_link(PRESETS['lenet-keras'].architecture)}")
    expect(cells(page, "↳ total").nth(1)).to_have_text(PRESETS["lenet-keras"].title)
    menu.click()
    paste(page, "nonsense")
    expect(page.get_by_role("alert")).to_contain_text("The link holds no design that can be read")


def paste(page: Page, text: str) -> None:
    link = page.get_by_role("textbox", name="A link to a design")
    link.fill(text)
    link.press("Enter")
