"""What is seen inside a network as files: the values are torch's, and the pictures say of what they are."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from playwright.sync_api import Page

from explorer.looking.maps import maps, network_with
from explorer.looking.moving import Move, moved
from explorer.training.weights.weight_files import kept_steps, read_weights
from tests.browser.runs.inside.scene import LENET, PICTURE, Inside


def saved(page: Page, what: str, folder: Path) -> Path:
    page.locator(".saves summary").click()
    with page.expect_download() as download:
        page.get_by_role("button", name=what).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_the_values_are_torchs_also_of_a_moved_picture(inside: Inside, tmp_path: Path) -> None:
    page, step = inside.page, kept_steps(inside.folder)[-1]
    found = inside.maps(step)
    for name, values in np.load(saved(page, "Values (NumPy)", tmp_path)).items():
        np.testing.assert_array_equal(values, found[name].numpy())
    page.get_by_role("button", name="Moved pictures").click()
    page.get_by_role("slider", name="Turn").fill("20")
    page.get_by_text("Turned by 20°").wait_for()
    network = network_with(LENET, read_weights(inside.folder, step))
    turned = maps(network, moved(found["input"], Move(turn=20.0), torch.zeros(1, 28, 28)))
    path = saved(page, "Values (NumPy)", tmp_path)
    assert path.name == f"LeNet-the-book-step-{step}-picture-{PICTURE}.npz"
    np.testing.assert_allclose(np.load(path)["conv1"], turned["conv1"].numpy(), atol=1e-6)


def test_the_pictures_carry_their_caption(inside: Inside, tmp_path: Path) -> None:
    inside.column("conv1").click()
    text = saved(inside.page, "Picture (SVG)", tmp_path).read_text("utf-8")
    for said in (
        "LeNet (the book)",
        "epoch 2.0",
        f"test picture {PICTURE} (",
        "One scale for the layer",
        f"run {inside.folder.name}",
        "conv1 · Conv2d 6",
        "conv1, map 1, row 15, column 15",
    ):
        assert said in text
    inside.page.get_by_role("button", name="Filters").click()
    filters = saved(inside.page, "Picture (SVG)", tmp_path).read_text("utf-8")
    assert "conv1 · 6 maps × 1 input map" in filters
    assert filters.count("<image") == text.count("<image")
    with Image.open(saved(inside.page, "Picture (PNG)", tmp_path)) as picture:
        colours = picture.convert("RGB").getcolors(maxcolors=2**24)
        assert picture.width == 3_200
        assert colours is not None
        assert len(colours) > 100
