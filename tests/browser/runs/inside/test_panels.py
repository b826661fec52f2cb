"""What stands below the flow, in Chromium: filters, what excites a map, where classes lie, what an answer hangs on."""

import re

import pytest
import torch
from playwright.sync_api import expect

from explorer.data.datasets import find_info, load
from explorer.looking.maps import network_with
from explorer.looking.plane import plane
from explorer.looking.saliency import Square, occlusion, saliency
from explorer.training.loop.batches import to_input
from explorer.training.weights.weight_files import kept_steps, read_weights
from tests.browser.runs.inside.scene import LENET, Inside, digits

TITLES = {
    "occlusion": "Occlusion",
    "gradient": "Gradient",
    "product": "Gradient × input",
    "smoothgrad": "SmoothGrad",
    "gradcam": "Grad-CAM",
}
COAT = 4  # of the classes of clothes


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
    test = load("fashion-mnist-subset").test
    images = to_input(test.images[:1_000], (1, 28, 28))
    network = network_with(LENET, read_weights(inside.folder, step))
    with torch.no_grad():
        strongest = network[:4](images)[:, 1].flatten(start_dim=1).amax(dim=1)
    value, number = strongest.max(dim=0)
    expect(page.get_by_text("conv2, map 2 of 16")).to_be_visible()
    named = re.compile(rf"^Picture {number.item()}, .*: {re.escape(digits(value.item()))}$")
    page.get_by_role("button", name=named).click()
    expect(page.get_by_role("spinbutton", name="Picture")).to_have_value(str(number.item()))
    page.get_by_role("combobox", name="Pictures of").select_option("Coat")
    number = strongest.where(test.labels[:1_000] == COAT, -torch.inf).argmax()
    expect(page.locator(".exciting button").first).to_have_accessible_name(re.compile(rf"^Picture {number}, Coat"))


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
    drawn = page.get_by_role("application", name="Where 1000 test pictures lie at fc4")
    box = drawn.bounding_box()
    assert box is not None
    near = page.get_by_text(re.compile(r"^Picture \d+: .*A click or Enter puts it into the network"))
    for share_across in range(30, 70, 2):
        drawn.hover(position={"x": box["width"] * share_across / 100, "y": box["height"] / 2})
        if near.count():
            break
    number = re.findall(r"Picture (\d+)", near.inner_text())[0]
    page.mouse.down()
    page.mouse.up()
    expect(page.get_by_role("spinbutton", name="Picture")).to_have_value(number)


def test_the_keys_alone_go_from_picture_to_picture_in_the_plane(inside: Inside) -> None:
    page = inside.page
    page.get_by_role("button", name="Where classes lie").click()
    plane = page.get_by_role("application", name="Where 1000 test pictures lie at")
    plane.focus()
    before = page.get_by_role("spinbutton", name="Picture").input_value()
    told = page.get_by_text(re.compile(r"^Picture \d+: .*Enter puts it into the network\.$"))
    number = before
    for key in ("ArrowRight", "ArrowLeft"):  # at an edge there is nothing further on
        page.keyboard.press(key)
        number = re.findall(r"Picture (\d+)", told.inner_text())[0]
        if number != before:
            break
    assert number != before
    page.keyboard.press("Enter")
    expect(page.get_by_role("spinbutton", name="Picture")).to_have_value(number)


def test_what_an_answer_hangs_on_is_torchs_by_five_methods(inside: Inside) -> None:
    page, step = inside.page, kept_steps(inside.folder)[-1]
    page.get_by_role("button", name="What the answer hangs on").click()
    first, trained = (network_with(LENET, read_weights(inside.folder, kept)) for kept in (0, step))
    inputs, square = inside.maps(step)["input"], Square(5, 1, torch.zeros(1, 28, 28))
    answer, other = inside.maps(step)["probabilities"].topk(2).indices.tolist()
    names = find_info("fashion-mnist-subset").classes
    rows = {f"trained, for {names[answer]}": (trained, answer), "untrained": (first, answer)}
    rows[f"for {names[other]}"] = (trained, other)
    for row, (network, target) in rows.items():
        hidden = occlusion(network, inputs, square)[target]
        found = {"occlusion": hidden, **saliency(network, inputs, target=target, layer="conv1")}
        for method, title in TITLES.items():
            drawn = page.get_by_role("img", name=f"{title}, {row}", exact=True)
            high, wide = found[method].shape
            row_at, column_at = high // 2, wide // 2
            box = drawn.bounding_box()
            assert box is not None
            drawn.hover(
                position={"x": box["width"] * (column_at + 0.5) / wide, "y": box["height"] * (row_at + 0.5) / high}
            )
            said = page.locator(".map", has=drawn).locator(".scale")
            expect(said).to_contain_text(f"Row {row_at + 1}, column {column_at + 1}: ")
            shown = float(said.inner_text().rpartition(" ")[2].replace("−", "-"))
            near = 1e-6 if method == "occlusion" else 1e-9  # the former is a small difference of two float32 scores
            assert shown == pytest.approx(found[method][row_at, column_at].item(), rel=5e-3, abs=near)
    page.get_by_role("combobox", name="What speaks for").select_option("Bag")
    expect(page.get_by_role("img", name="Grad-CAM, trained, for Bag")).to_be_visible()
