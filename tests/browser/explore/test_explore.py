"""The Explore page in Chromium: edit, undo, share, repair, keyboard, mouse, files, and windows of all sizes."""

from typing import Literal

from playwright.sync_api import Locator, Page, expect

from explorer.architecture.presets import PRESETS
from explorer.exchange.link import to_link
from tests.browser.conftest import ROOT, OpenPage, Serve
from tests.browser.steps import (
    cells,
    choose_layer,
    choose_network,
    expect_chosen,
    expect_no_sideways_scroll,
    layer,
    set_field,
    step_button,
)

LENET_CONV2 = ["conv2", "Conv2d 16 @ 5×5", "16 × 10 × 10", "2,416", "240,000", "14"]
WIDER_CONV2 = ["conv2", "Conv2d 16 @ 6×6", "16 × 9 × 9", "3,472", "279,936", "16"]
FOCUSED = "(element) => element.getRootNode().activeElement === element"
CUT_OFF = """(elements) => elements.filter((element) => {
    const box = element.getBoundingClientRect();
    const shown = element.clientWidth > 0;
    return shown && (box.left < 0 || box.right > innerWidth || element.scrollWidth > element.clientWidth + 1);
}).map((element) => element.textContent || element.value)"""
# The ratio of two luminances as WCAG has it: a cell's text over all that is painted below it, its bar too.
CONTRAST = """(cell) => {
    const pixel = document.createElement("canvas").getContext("2d");
    const paint = (color) => { pixel.fillStyle = color; pixel.fillRect(0, 0, 1, 1); };
    const linear = (value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    const luminance = () => [...pixel.getImageData(0, 0, 1, 1).data].slice(0, 3)
        .reduce((sum, value, i) => sum + linear(value / 255) * [0.2126, 0.7152, 0.0722][i], 0.05);
    const grounds = [];
    for (let element = cell; element; element = element.parentElement ?? element.getRootNode().host) {
        const { backgroundColor, backgroundImage } = getComputedStyle(element);
        grounds.unshift(backgroundColor, ...backgroundImage.match(/(color|rgba?)\\([^)]*\\)/g)?.slice(0, 1) ?? []);
    }
    grounds.forEach(paint);
    const ground = luminance();
    paint(getComputedStyle(cell).color);
    return Math.max(luminance() / ground, ground / luminance());
}"""


def total(page: Page, name: str) -> Locator:
    return page.get_by_test_id("stHtml").locator("dl > div").filter(has_text=name)


def press_until_focused(page: Page, key: str, place: Locator, *, most: int = 60) -> None:
    """Press a key until it has brought the focus to a place."""
    for _ in range(most):
        if place.evaluate(FOCUSED):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{most} times {key} never came to {place}")


def top_of_stack(page: Page) -> float:
    box = page.get_by_role("grid", name="Layers").bounding_box()
    assert box is not None
    return box["y"]


def test_an_edit_shows_what_it_changed_and_can_be_undone_redone_and_shared(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    expect(total(page, "Parameters").first).to_have_text("Parameters61,706")
    choose_layer(page, "conv2")
    step_button(page, "kernel_size").click()
    expect(cells(page, "conv2")).to_have_text(WIDER_CONV2)
    expect(total(page, "Parameters").first).to_have_text("Parameters45,482was 61,706")
    expect(cells(page, "total").nth(3)).to_have_text("45,482")

    page.go_back()
    expect(cells(page, "conv2")).to_have_text(LENET_CONV2)
    page.go_forward()
    expect(cells(page, "conv2")).to_have_text(WIDER_CONV2)

    other = open_page(page.url)
    expect(cells(other, "conv2")).to_have_text(WIDER_CONV2)


def test_a_layers_numbers_are_worked_out_beside_its_row_and_follow_its_fields(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    choose_layer(page, "conv2")
    page.get_by_role("radio", name="How it is worked out").click()
    sums = page.get_by_test_id("stMain")
    expect(sums.locator("annotation").get_by_text(r"(5 \cdot 5 \cdot 6 + 1) \cdot 16 = 2{,}416")).to_be_attached()
    step_button(page, "kernel_size").click()
    expect(sums.locator("annotation").get_by_text(r"(6 \cdot 6 \cdot 6 + 1) \cdot 16 = 3{,}472")).to_be_attached()
    sums.get_by_text("Jump", exact=True).scroll_into_view_if_needed()
    expect(layer(page, "conv2")).to_be_in_viewport()
    layer(page, "fc3").click()
    expect(sums.locator("annotation").get_by_text(r"(256 + 1) \cdot 120 = 30{,}840").first).to_be_attached()


def test_a_click_while_a_fresh_server_still_draws_changes_nothing_else(serve: Serve, open_page: OpenPage) -> None:
    page = open_page(serve(ROOT / "app.py"))
    choose_network(page, "AlexNet (the book)")
    page.get_by_role("radio", name="What it sees").click()
    expect(page.get_by_role("img", name="2,652 of 50,176 pixels (5.29%) reach no output")).to_be_visible()
    expect(page.get_by_role("radio", name="What it sees")).to_be_checked()
    expect(page.get_by_role("combobox", name="Network").first).to_have_value("AlexNet (the book)")


def test_the_border_that_a_network_never_sees_is_shown_and_cured_by_one_click(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    choose_network(page, "AlexNet (the book)")
    page.get_by_role("radio", name="What it sees").click()
    expect(page.get_by_role("img", name="2,652 of 50,176 pixels (5.29%) reach no output")).to_be_visible()
    page.get_by_role("button", name="Set conv1's padding to 2").click()
    expect(page.get_by_role("img", name="Every pixel reaches an output.")).to_be_visible()
    expect(cells(page, "conv1").nth(1)).to_have_text("Conv2d 96 @ 11×11, stride 4, pad 2")


def test_a_kernel_that_does_not_fit_is_explained_in_its_row_and_mended_by_a_click(
    app: str, open_page: OpenPage
) -> None:
    page = open_page(app)
    choose_layer(page, "conv2")
    set_field(page, "kernel_size", 15)
    expect(cells(page, "conv2").nth(2)).to_contain_text("The 15×15 kernel is larger than its 14×14 input.")
    expect(layer(page, "pool1")).to_have_css("opacity", "1")
    for beyond in ("sigmoid2", "pool2", "fc5"):
        expect(layer(page, beyond)).not_to_have_css("opacity", "1")

    expect(layer(page, "conv2")).to_contain_text("34,826 parameters (−44 %), 216,840 multiply-adds (−48 %)")
    page.get_by_role("button", name="Set padding to 1").click()
    expect(cells(page, "conv2").nth(2)).to_have_text("16 × 2 × 2")
    expect(layer(page, "fc5")).to_have_css("opacity", "1")


def test_dense_layers_in_a_row_are_doubted_and_bent_by_a_click(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    choose_network(page, PRESETS["lenet-pytorch"].title)
    expect(layer(page, "fc5")).to_contain_text("their 59,134 parameters do the work of 4,010")
    page.get_by_role("button", name="Insert ReLU between them").click()
    expect(layer(page, "relu4")).to_be_visible()
    expect(layer(page, "fc5")).not_to_contain_text("do the work")


def test_the_keyboard_alone_is_enough(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    press_until_focused(page, "Tab", layer(page, "input"))
    for name in ("conv1", "sigmoid1", "pool1", "conv2"):
        page.keyboard.press("ArrowDown")
        expect_chosen(page, name)
    page.keyboard.press("End")
    expect_chosen(page, "fc5")
    for name in ("sigmoid4", "fc4"):
        page.keyboard.press("ArrowUp")
        expect_chosen(page, name)

    press_until_focused(page, "Tab", step_button(page, "out_features"))
    page.keyboard.press("Enter")
    expect(cells(page, "fc4").nth(1)).to_have_text("Linear 85")
    page.keyboard.press("Control+z")
    expect(cells(page, "fc4").nth(1)).to_have_text("Linear 84")


def test_arrow_keys_held_down_choose_the_layer_where_they_stop(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    layer(page, "input").press("Home")
    for key in ["ArrowDown"] * 12 + ["ArrowUp"] * 5:
        page.keyboard.press(key)
    expect_chosen(page, "flatten2")
    expect(layer(page, "flatten2")).to_be_focused()
    expect(cells(page, "total")).to_have_text(["total", "", "", "61,706", "416,520", ""])
    lenet = to_link(PRESETS["lenet-d2l"].architecture)
    assert page.url.endswith(f"?m={lenet}"), "keys that only choose have changed the design"


def test_a_click_on_a_bar_chooses_its_layer(app: str, open_page: OpenPage) -> None:
    page = open_page(app, width=1920, height=1080)
    page.get_by_role("radio", name="Cost").click()
    for place, name in ((2, "fc3"), (6, "conv2")):  # five bars of parameters, then five of multiply-adds
        bar = page.locator(".js-plotly-plot").first.locator(".bars .point path").nth(place).bounding_box()
        assert bar is not None
        page.mouse.click(bar["x"] + bar["width"] / 2, bar["y"] + bar["height"] / 2)
        expect_chosen(page, name)


def test_a_small_projector_shows_everything_and_nothing_moves(app: str, open_page: OpenPage) -> None:
    page = open_page(app, width=1280, height=720)
    choose_network(page, "LeNet-5 with ReLU and max pooling")
    choose_layer(page, "conv1")
    top = top_of_stack(page)
    step_button(page, "kernel_size").click()
    expect(total(page, "was 416,520")).to_be_visible()

    assert page.get_by_test_id("stMain").locator("button, label, input, p").evaluate_all(CUT_OFF) == []
    expect_no_sideways_scroll(page)
    assert top_of_stack(page) == top
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", scheme)
        assert min(cell.evaluate(CONTRAST) for cell in cells(page, "conv1").all()) >= 4.5


def test_a_phone_shows_the_whole_width(app: str, open_page: OpenPage) -> None:
    page = open_page(app, width=390, height=844)
    expect(page.locator("svg [data-index]").first).to_be_attached()
    expect_no_sideways_scroll(page)
    page.get_by_role("navigation").get_by_role("link", name="Train").click()
    expect(page.locator(".js-plotly-plot .plot-container").first).to_be_attached()
    expect_no_sideways_scroll(page)


def test_a_click_on_a_box_connects_an_input_map_and_undo_disconnects_it(app: str, open_page: OpenPage) -> None:
    page = open_page(f"{app}/?m={to_link(PRESETS['lenet5-1998'].architecture)}")
    choose_layer(page, "conv2")
    page.get_by_role("button", name="Connections").click()
    grid = page.get_by_test_id("stDataFrame")
    expect(grid.locator("canvas").first).to_be_visible()
    box = grid.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] - 2.5 * 44, box["y"] + 1.5 * 35)  # input map 3 of output map 0
    expect(cells(page, "conv2").nth(3)).to_contain_text("1,541")
    page.go_back()
    expect(cells(page, "conv2").nth(3)).to_contain_text("1,516")
