"""Look inside in Chromium: each value that is shown is torch's, and so is the sum that it comes from."""

import re
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Locator, Page, expect
from torch import Tensor

from explorer.architecture.presets import PRESETS
from explorer.data.datasets import load
from explorer.looking.maps import maps, network_with
from explorer.looking.plane import plane
from explorer.runs.store.run_files import kept_files
from explorer.training.loop.batches import to_input
from explorer.training.weights.weight_files import kept_steps, read_weights
from tests.browser.conftest import OpenPage
from tests.browser.steps import launch, set_field

LENET = PRESETS["lenet-d2l"].architecture
PICTURE = 7


class Inside:
    """The page of a run, and what torch says of it."""

    def __init__(self, page: Page, home: Path, run: str) -> None:
        self.page = page
        self.folder = kept_files(home).weights.path(run)
        self.sum = page.get_by_role("region", name="How this value comes about")

    def column(self, layer: str) -> Locator:
        return self.page.get_by_role("button", name=re.compile(f"^{layer}: "))

    def maps(self, step: int) -> dict[str, Tensor]:
        network = network_with(LENET, read_weights(self.folder, step))
        return maps(network, to_input(load("fashion-mnist-subset").test.images[PICTURE : PICTURE + 1], (1, 28, 28))[0])

    def shows(self, layer: str, value: float) -> None:
        expect(self.sum.locator(".value")).to_have_text(re.compile(rf"^= {re.escape(digits(value))}$"))
        expect(self.sum.locator(".where")).to_contain_text(layer)


def digits(value: float) -> str:
    """Write a value with the four digits that the page shows."""
    text = f"{value:#.4g}" if abs(value) >= 1e-3 or value == 0 else re.sub(r"e-0?", "e-", f"{value:.2e}")
    return text.replace("-", "−")


@pytest.fixture
def inside(app: str, app_home: Path, open_page: OpenPage) -> Inside:
    page = open_page(f"{app}/train")
    set_field(page, "epochs", 2)
    expect(page.get_by_role("button", name="Back to the text's recipe")).to_be_enabled()
    launch(page)
    page.get_by_text(re.compile("^Finished")).wait_for()
    page.get_by_role("button", name="Look inside").click()
    page.wait_for_url(re.compile("/inside"))
    found = re.search(r"run=(\w+)", page.url)
    assert found is not None
    page.get_by_role("spinbutton", name="Picture").fill(str(PICTURE))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"show={PICTURE}~"))
    return Inside(page, app_home, found[1])


def test_values_and_sums_are_torchs_at_any_step(inside: Inside) -> None:
    page, steps = inside.page, kept_steps(inside.folder)
    for step in (steps[-1], steps[0]):
        torchs = inside.maps(step)
        for layer in ("conv1", "sigmoid1", "pool1", "conv2", "fc3", "fc5"):
            inside.column(layer).click()
            values = torchs[layer]
            middle = (0, values.shape[1] // 2, values.shape[2] // 2) if values.dim() == 3 else (0,)
            inside.shows(layer, values[middle].item())
        shares = [f"{share:.1%}".replace("%", " %") for share in torchs["probabilities"].tolist()]
        assert page.locator(".answers li").evaluate_all("(lines) => lines.map((line) => line.dataset.share)") == shares
        page.get_by_role("slider", name="Time").press("Home")
        expect(page.get_by_text("Before the first step")).to_be_visible()


def test_a_sum_adds_up_and_the_keyboard_walks(inside: Inside) -> None:
    page = inside.page
    inside.column("conv2").click()
    values = inside.maps(kept_steps(inside.folder)[-1])["conv2"]
    large = page.get_by_role("img", name=re.compile("^conv2 large"))
    large.focus()
    for key, place in (("ArrowRight", (0, 5, 6)), ("ArrowDown", (0, 6, 6)), ("ArrowLeft", (0, 6, 5))):
        large.press(key)
        inside.shows("conv2", values[place].item())
    parts = inside.sum.locator(".line > :is(summary, p) > b").all_text_contents()
    assert len(parts) == 7  # six input maps and the bias
    assert sum(float(part.replace("−", "-")) for part in parts) == pytest.approx(values[0, 6, 5].item(), abs=1e-3)
    assert inside.sum.get_by_role("cell").count() >= 3 * 25


def test_a_link_shows_the_same_picture_step_and_layer(inside: Inside) -> None:
    page = inside.page
    inside.column("pool2").click()
    expect(page).to_have_url(re.compile(rf"show={PICTURE}~\d+~pool2"))
    page.reload()
    expect(inside.column("pool2")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("spinbutton", name="Picture")).to_have_value(str(PICTURE))


def test_filters_and_what_excites_a_map_are_torchs(inside: Inside) -> None:
    page, step = inside.page, kept_steps(inside.folder)[-1]
    inside.column("conv2").click()
    page.get_by_role("button", name="Filters").click()
    kernels = read_weights(inside.folder, step)["conv2.weight"]
    expect(page.get_by_text("conv2 · 16 maps × 6 input maps: kernels of 5×5")).to_be_visible()
    low, high = (digits(value.item()) for value in (kernels.min(), kernels.max()))
    expect(page.get_by_text(f"From {low} to {high}.")).to_be_visible()
    sheet = page.get_by_role("img", name="conv2: all of its weights")
    sheet.hover(position={"x": 2, "y": 2})
    first = digits(kernels[0, 0, 0, 0].item())
    expect(page.get_by_text(f"map 1 for input map 1, row 1, column 1: {first}")).to_be_visible()

    page.get_by_role("button", name="What excites it").click()
    page.get_by_role("button", name="map after").click()
    images = to_input(load("fashion-mnist-subset").test.images[:1_000], (1, 28, 28))
    network = network_with(LENET, read_weights(inside.folder, step))
    with torch.no_grad():
        strongest = network[:4](images)[:, 1].flatten(start_dim=1).amax(dim=1)
    value, number = strongest.max(dim=0)
    expect(page.get_by_text("conv2, map 2 of 16")).to_be_visible()
    named = re.compile(rf"^Picture {number.item()}, .*: {re.escape(digits(value.item()))}$")
    page.get_by_role("button", name=named).click()
    expect(page.get_by_role("spinbutton", name="Picture")).to_have_value(str(number.item()))


def test_a_click_on_a_picture_in_the_plane_puts_it_into_the_network(inside: Inside) -> None:
    page = inside.page
    inside.column("fc4").click()
    page.get_by_role("button", name="Where classes lie").click()
    network = network_with(LENET, read_weights(inside.folder, kept_steps(inside.folder)[-1]))
    images = to_input(load("fashion-mnist-subset").test.images[:1_000], (1, 28, 28))
    with torch.no_grad():
        share = plane(network[:10](images)).share.item()
    words = f"fc4: 1,000 test pictures in the plane of their two main directions, which keeps {100 * share:.0f} %"
    expect(page.get_by_text(words)).to_be_visible()
    drawn = page.get_by_role("img", name="Where 1000 test pictures lie at fc4")
    box = drawn.bounding_box()
    assert box is not None
    near = page.get_by_text(re.compile(r"^Picture \d+: .*A click puts it into the network"))
    for share_across in range(30, 70, 2):
        drawn.hover(position={"x": box["width"] * share_across / 100, "y": box["height"] / 2})
        if near.count():
            break
    number = re.findall(r"Picture (\d+)", near.inner_text())[0]
    page.mouse.down()
    page.mouse.up()
    expect(page.get_by_role("spinbutton", name="Picture")).to_have_value(number)
