"""A network too large for the server that draws the pages, in Chromium: its values and sums are torch's as well."""

import re
from pathlib import Path

from msgspec.structs import replace
from playwright.sync_api import Page, expect
from torch import Tensor

from explorer.architecture import edit
from explorer.architecture.kinds.dense import Linear
from explorer.data.datasets import load
from explorer.exchange.link import to_link
from explorer.looking.maps import maps, network_with
from explorer.runs.store.run_files import kept_files
from explorer.training.loop.batches import to_input
from explorer.training.loop.checkpoint import read
from explorer.training.loop.snapshot import NETWORK
from tests.browser.conftest import OpenPage
from tests.browser.runs.inside.scene import LENET, Inside, train

WIDE = replace(edit.replace_layer(LENET, 7, Linear(out_features=6_000)), name="wide")  # 2.9 million parameters
PICTURE = 5


def torchs(home: Path, run: str) -> dict[str, Tensor]:
    kept = read(kept_files(home).checkpoints.path(run)).tensors
    weights = {name.removeprefix(NETWORK): value for name, value in kept.items() if name.startswith(NETWORK)}
    picture = load("fashion-mnist-subset").test.images[PICTURE : PICTURE + 1]
    return maps(network_with(WIDE, weights), to_input(picture, (1, 28, 28))[0])


def contributions(page: Page) -> float:
    parts = page.locator(".sum .line > :is(summary, p) > b").all_text_contents()
    return sum(float(part.replace("−", "-")) for part in parts)


def test_its_values_and_sums_are_torchs(app: str, app_home: Path, open_page: OpenPage) -> None:
    page = open_page(f"{app}/train?m={to_link(WIDE)}")
    run = train(page)
    page.get_by_role("spinbutton", name="Picture").fill(str(PICTURE))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"show={PICTURE}~"))
    inside, found = Inside(page, app_home, run), torchs(app_home, run)
    for layer, near in (("conv2", 0.02), ("fc3", 0.02), ("fc4", 0.02)):
        inside.column(layer).click()
        values = found[layer]
        value = values[0, 5, 5].item() if values.dim() == 3 else values[0].item()
        inside.shows(layer, value)
        expect(inside.sum.get_by_text("bias", exact=True)).to_be_visible()
        assert abs(contributions(page) - value) <= near * max(1.0, abs(value))
    page.get_by_role("button", name="Filters").click()
    expect(page.get_by_text("fc4 · the weights of 84 outputs")).to_be_visible()
    inside.column("fc3").click()
    expect(page.get_by_text("fc3 has 2,406,000 weights, too many to draw.")).to_be_visible()
    inside.column("conv1").click()
    page.get_by_role("slider", name="Time of the filters").press("Home")
    expect(page.get_by_text("Step 0", exact=True)).to_be_visible()
    page.get_by_role("button", name="What the answer hangs on").click()
    expect(page.get_by_role("combobox", name="Square")).to_have_value("5")
