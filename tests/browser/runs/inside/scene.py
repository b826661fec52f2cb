"""The page of a run's inside, and what torch says of it."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect
from torch import Tensor

from explorer.architecture.presets import PRESETS
from explorer.data.datasets import load
from explorer.looking.maps import maps, network_with
from explorer.runs.store.run_files import kept_files
from explorer.training.loop.batches import to_input
from explorer.training.weights.weight_files import read_weights
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


def answers(page: Page) -> list[str]:
    lines: list[str] = page.locator(".answers li").evaluate_all("(lines) => lines.map((line) => line.dataset.share)")
    return lines


def train(page: Page) -> str:
    """Train two epochs, look inside by the button, and give the run."""
    set_field(page, "epochs", 2)
    expect(page.get_by_role("button", name="Back to the text's recipe")).to_be_enabled()
    launch(page)
    page.get_by_text(re.compile("^Finished")).wait_for()
    page.locator("[data-test-script-state=notRunning]").wait_for()
    page.get_by_role("button", name="Look inside").click()
    page.wait_for_url(re.compile("/inside"))
    found = re.search(r"run=(\w+)", page.url)
    assert found is not None
    return found[1]
