"""Trained weights are opened from the menu of code: LeNet's until Mistakes, AlexNet's until its first filters."""

from pathlib import Path

import pytest
import torch
from playwright.sync_api import Page, expect
from safetensors.torch import save_file
from torchvision.models import alexnet

from explorer.architecture.build import build
from explorer.architecture.presets import PRESETS
from explorer.exchange.link import to_link
from tests.browser.conftest import OpenPage

PATIENCE = 40_000  # milliseconds: a process that loads torch, and 244 MB


def open_weights(page: Page, path: Path) -> None:
    page.get_by_role("button", name="Open code").click()
    page.get_by_label("Open trained weights for this network").set_input_files(path)


def saved_lenet(folder: Path, preset: str = "lenet-d2l") -> Path:
    torch.manual_seed(0)
    path = folder / "lenet.safetensors"
    save_file(build(PRESETS[preset].architecture).state_dict(), path)
    return path


def test_weights_that_fit_lead_to_mistakes_and_stand_among_the_runs(
    app: str, open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page(app)
    open_weights(page, saved_lenet(tmp_path))
    done = page.get_by_role("status").filter(has_text="LeNet (the book) has these weights")
    expect(done).to_contain_text("Imported from lenet.safetensors: test accuracy 1", timeout=PATIENCE)
    page.get_by_role("button", name="Mistakes", exact=True).click()
    expect(page.get_by_role("heading", name="test pictures right")).to_contain_text("with imported weights")
    run = page.url.partition("run=")[2].partition("&")[0]
    page.goto(f"{app}/train?run={run}")
    expect(page.get_by_text("LeNet (the book) · imported from lenet.safetensors")).to_be_visible()
    expect(page.get_by_text("nothing is known of their gradients")).to_be_visible()
    expect(page.get_by_role("button", name="Look inside")).to_be_visible()
    expect(page.get_by_role("button", name="Run again")).to_have_count(0)
    page.goto(f"{app}/runs?runs={run}")
    expect(page.get_by_text("no step was taken here")).to_be_visible()


def test_weights_that_do_not_fit_say_why_right_there_and_others_can_be_tried(
    app: str, open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page(app)
    open_weights(page, saved_lenet(tmp_path, "alexnet-28"))
    refused = page.get_by_role("alert").filter(has_text="lenet.safetensors was not opened")
    expect(refused).to_contain_text("conv1 has weight 6 × 1 × 5 × 5 and bias 6 in the design", timeout=PATIENCE)
    (tmp_path / "empty.pth").write_bytes(b"")
    page.get_by_label("Open trained weights for this network").set_input_files(tmp_path / "empty.pth")
    expect(page.get_by_role("alert").filter(has_text="The file is empty")).to_be_visible()


@pytest.mark.slow
def test_the_first_filters_of_torchvisions_alexnet_are_seen(app: str, open_page: OpenPage, tmp_path: Path) -> None:
    torch.manual_seed(0)
    path = tmp_path / "alexnet.pth"
    torch.save(alexnet(weights=None).state_dict(), path)
    page = open_page(f"{app}/?m={to_link(PRESETS['alexnet-torchvision'].architecture)}")
    open_weights(page, path)
    expect(page.get_by_text("conv1 from features.0")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Look inside", exact=True).click()
    expect(page.get_by_text("imported from alexnet.pth · Fashion-MNIST (subset)")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="conv1").click(timeout=PATIENCE)
    page.get_by_role("group", name="What is shown").get_by_role("button", name="Filters").click()
    title = page.get_by_text("conv1 · 64 maps × 3 input maps: kernels of 11×11")
    expect(title).to_be_visible(timeout=PATIENCE)
