"""Look inside in Chromium: each value that is shown is torch's, and so is the sum that it comes from."""

import re

import pytest
import torch
from playwright.sync_api import expect

from explorer.data.datasets import load
from explorer.looking.maps import network_with
from explorer.training.loop.batches import to_input
from explorer.training.weights.weight_files import kept_steps, read_weights
from tests.browser.runs.inside.scene import LENET, PICTURE, Inside, digits

# Left, top, right and bottom of what is framed in a map of 14 pixels that begins so many pixels down.
FRAMED = """(canvas, top) => {
    const wide = canvas.width, sharper = wide / 14;
    const { data } = canvas.getContext("2d").getImageData(0, sharper * top, wide, wide);
    const drawn = [...data.keys()].filter((at) => at % 4 === 3 && data[at]).map((at) => (at - 3) / 4);
    const across = drawn.map((at) => at % wide), down = drawn.map((at) => Math.floor(at / wide));
    const edges = [Math.min(...across), Math.min(...down), Math.max(...across), Math.max(...down)];
    return edges.map((edge) => Math.round(edge / sharper));
}"""


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
        page.get_by_role("button", name="Pullover", exact=True).press("Enter")
        inside.shows("The answer Pullover", torchs["probabilities"][2].item())
        expect(page.get_by_role("button", name="Pullover", exact=True)).to_be_focused()
        page.get_by_role("slider", name="Time").press("Home")
        expect(page.get_by_text("Before the first step", exact=True)).to_be_visible()


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
    for number in range(6):  # each of the maps below each other has its window framed
        assert inside.column("pool1").locator("canvas").last.evaluate(FRAMED, 15 * number) == [5, 6, 10, 11]


def test_a_link_shows_the_same_picture_step_and_layer(inside: Inside) -> None:
    page = inside.page
    inside.column("pool2").click()
    expect(page).to_have_url(re.compile(rf"show={PICTURE}~\d+~pool2"))
    page.reload()
    expect(inside.column("pool2")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("spinbutton", name="Picture")).to_have_value(str(PICTURE))


def test_the_window_plays_over_the_map_until_it_is_stopped(inside: Inside) -> None:
    page, maps = inside.page, inside.maps(kept_steps(inside.folder)[-1])["conv1"][0]
    inside.column("conv1").click()
    inside.shows("conv1", maps[14, 14].item())
    page.get_by_role("button", name="Play", exact=True).click()
    expect(inside.sum.locator(".where")).to_have_text("conv1, map 1, row 15, column 17")
    page.get_by_role("button", name="Stop", exact=True).press("Enter")
    where = inside.sum.locator(".where").inner_text()
    column = int(where.rpartition(" ")[2])
    inside.shows("conv1", maps[14, column - 1].item())
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_focused()


def test_a_value_is_predicted_before_it_is_shown(inside: Inside) -> None:
    page, value = inside.page, inside.maps(kept_steps(inside.folder)[-1])["conv1"][0, 14, 14].item()
    inside.column("conv1").click()
    inside.shows("conv1", value)
    page.get_by_role("button", name="Predict first").click()
    expect(inside.sum.locator(".value")).not_to_be_visible()
    expect(inside.sum.locator(".each-value td").first).to_be_visible()
    expect(inside.sum.locator(".each-product td").first).not_to_be_visible()
    said = inside.sum.get_by_role("spinbutton", name="Your value")
    said.fill(f"{-value:.4f}")
    said.press("Enter")
    expect(inside.sum.get_by_text("the sign is turned round")).to_be_visible()
    inside.shows("conv1", value)
    page.get_by_role("img", name=re.compile("^conv1 large")).press("ArrowRight")
    right = inside.maps(kept_steps(inside.folder)[-1])["conv1"][0, 14, 15].item()
    said.fill(f"{right:.3f}")
    page.get_by_role("button", name="Compare").click()
    expect(inside.sum.get_by_text(re.compile("^Right: "))).to_be_visible()


def test_a_scale_is_the_layers_unless_another_is_chosen_and_says_which(inside: Inside) -> None:
    page, found = inside.page, inside.maps(kept_steps(inside.folder)[-1])
    inside.column("conv1").click()
    largest = {name: values.abs().max().item() for name, values in found.items() if name != "probabilities"}
    scale = page.locator(".near .scale")
    expect(scale).to_contain_text(f"One scale for the layer: −{digits(largest['conv1'])}")
    drawn = "(canvas) => canvas.toDataURL()"
    large = page.get_by_role("img", name=re.compile("^conv1 large"))
    one = large.evaluate(drawn)
    page.get_by_role("combobox", name="Scale").select_option("one for all layers")
    expect(scale).to_contain_text(f"−{digits(max(largest.values()))}")
    page.get_by_role("combobox", name="Scale").select_option("one a map")
    expect(scale).to_contain_text("looks as strong as one that does")
    assert large.evaluate(drawn) != one


def test_a_wrong_one_is_the_next_that_is_wrong_at_this_step(inside: Inside) -> None:
    page, step = inside.page, kept_steps(inside.folder)[-1]
    test, network = load("fashion-mnist-subset").test, network_with(LENET, read_weights(inside.folder, step))
    with torch.inference_mode():
        shares = network(to_input(test.images, (1, 28, 28))).softmax(dim=1)
    wrong = (shares.argmax(dim=1) != test.labels).nonzero()[:, 0]
    surer = int((shares.max(dim=1).values >= shares[PICTURE].max()).sum())
    right = 100 - len(wrong) / 10
    expect(page.get_by_text(f"{surer:,} of 1,000 test pictures make it as sure; {right:.1f} %")).to_be_visible()
    page.get_by_role("button", name="A wrong one").click()
    expect(page.get_by_role("spinbutton", name="Picture")).to_have_value(str(int(wrong[wrong > PICTURE][0])))


def test_the_network_before_its_first_step_stands_beside_it_and_sees_the_same_picture(inside: Inside) -> None:
    page = inside.page
    page.get_by_role("combobox", name="Beside it").select_option("before the first step")
    beside = page.get_by_role("group", name="Layers of the network beside")
    values = inside.maps(0)["conv1"]
    said = f"conv1: 6 maps of 28×28, from {digits(values.min().item())} to {digits(values.max().item())}"
    expect(beside.get_by_role("button", name=re.compile(f"^{re.escape(said)}"))).to_be_visible()
    expect(page).to_have_url(re.compile(r"show=7~\d+~\w+~sum~untrained"))
    page.reload()
    expect(beside.get_by_role("button", name=re.compile(f"^{re.escape(said)}"))).to_be_visible()
    inside.column("conv1").first.click()
    page.get_by_role("button", name="Filters").click()
    kernels = read_weights(inside.folder, 0)["conv1.weight"]
    low, high = (digits(value.item()) for value in (kernels.min(), kernels.max()))
    expect(page.get_by_text(f"From {low} to {high}.")).to_be_visible()
    page.get_by_role("combobox", name="Beside it").select_option("nothing")
    expect(beside).to_have_count(0)
    expect(page.get_by_text(f"From {low} to {high}.")).not_to_be_visible()
