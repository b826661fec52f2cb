"""The network's picture in Chromium: chosen from by click and key, shown larger, saved as SVG and PNG."""

from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.steps import choose_layer, choose_network, expect_chosen, set_field

# A quick hand: the browser tells the server both at once.
CLICK_AND_CLOSE = """(volume) => {
    volume.dispatchEvent(new MouseEvent("click", { bubbles: true, composed: true }));
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
}"""


def volume(place: Page | Locator, name: str) -> Locator:
    """Find a volume, or the name of a layer that has none, in the picture."""
    return place.locator(f"svg [role=button][aria-label='{name}'], svg [role=button][aria-label^='{name}:']")


def saved(place: Page | Locator, page: Page, kind: str) -> tuple[str, bytes]:
    with page.expect_download() as saving:
        place.get_by_role("button", name=f"Save as {kind}").click()
    return saving.value.suggested_filename, Path(saving.value.path()).read_bytes()


def test_a_click_on_a_volume_or_a_name_chooses_its_layer_and_the_table_marks_the_volume(
    app: str, open_page: OpenPage
) -> None:
    page = open_page(app)
    for name in ("conv2", "sigmoid1", "fc3"):
        volume(page, name).click()
        expect_chosen(page, name)
        expect(volume(page, name)).to_have_attribute("aria-pressed", "true")
    choose_layer(page, "pool1")
    expect(volume(page, "pool1")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("svg [aria-pressed=true]")).to_have_count(1)


def test_the_keyboard_chooses_too(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    volume(page, "input").focus()
    page.keyboard.press("Tab")
    expect(volume(page, "conv1")).to_be_focused()
    page.keyboard.press("Enter")
    expect_chosen(page, "conv1")
    expect(volume(page, "conv1")).to_be_focused()


def test_an_edit_changes_the_picture_and_a_layer_that_does_not_fit_is_its_last(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    choose_layer(page, "conv2")
    set_field(page, "out_channels", 24)
    expect(volume(page, "conv2")).to_have_accessible_name("conv2: 5×5, 24 × 10 × 10")
    set_field(page, "kernel_size", 15)
    expect(volume(page, "conv2")).to_have_accessible_name("conv2: 15×15, does not fit")
    expect(volume(page, "fc3")).to_have_count(0)


def test_it_is_saved_as_svg_and_as_png_twice_as_large(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    expect(volume(page, "conv1")).to_be_visible()
    name, text = saved(page, page, "SVG")
    svg = ET.fromstring(text)
    assert name == "lenet-the-book.svg"
    name, picture = saved(page, page, "PNG")
    assert name == "lenet-the-book.png"
    pixels = np.asarray(Image.open(BytesIO(picture)).convert("RGB"))
    assert pixels.shape[1::-1] == tuple(round(2 * float(svg.attrib[side])) for side in ("width", "height"))
    assert (pixels[0, 0] == 255).all(), "its ground is white"
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 50, "it is not blank"


def test_the_larger_picture_shows_the_network_on_one_line_and_chooses_too(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    choose_network(page, "AlexNet (2012)")
    page.get_by_role("button", name="Larger picture").click()
    dialog = page.get_by_role("dialog")
    first, last = volume(dialog, "input").bounding_box(), volume(dialog, "fc8").bounding_box()
    assert first is not None
    assert last is not None
    assert abs(first["y"] - last["y"]) < first["height"]
    volume(dialog, "conv4").evaluate(CLICK_AND_CLOSE)
    expect(dialog).to_have_count(0)
    expect_chosen(page, "conv4")


def test_its_text_is_large_enough_on_a_small_projector(app: str, open_page: OpenPage) -> None:
    page = open_page(app, width=1280, height=720)
    expect(volume(page, "conv1")).to_be_visible()
    size = page.locator("svg[role=group]").evaluate(
        "(svg) => parseFloat(getComputedStyle(svg.querySelector('text')).fontSize) * svg.getScreenCTM().a"
    )
    assert size >= 14
