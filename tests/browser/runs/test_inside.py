"""Look inside in Chromium: each value that is shown is torch's, and so is the sum that it comes from."""

import base64
import re
from pathlib import Path

import pytest
import torch
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from torch import Tensor

from explorer.architecture.presets import PRESETS
from explorer.data.datasets import find_info, load
from explorer.looking.maps import maps, network_with
from explorer.looking.moving import Move, accuracies, moved
from explorer.looking.own_picture import own_input, own_pictures, steps_of_own
from explorer.looking.plane import plane
from explorer.looking.saliency import Square, occlusion, saliency
from explorer.runs.store.run_files import kept_files
from explorer.training.loop.batches import to_input
from explorer.training.weights.weight_files import kept_steps, read_weights
from tests.browser.conftest import OpenPage
from tests.browser.steps import launch, set_field

LENET = PRESETS["lenet-d2l"].architecture
PICTURE = 7
TITLES = {
    "occlusion": "Occlusion",
    "gradient": "Gradient",
    "product": "Gradient × input",
    "smoothgrad": "SmoothGrad",
    "gradcam": "Grad-CAM",
}


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


@pytest.fixture(scope="module")
def trained() -> list[str]:
    """The one run that all tests here look into, once the first of them has trained it."""
    return []


@pytest.fixture
def inside(app: str, app_home: Path, open_page: OpenPage, trained: list[str]) -> Inside:
    page = open_page(f"{app}/inside?run={trained[0]}" if trained else f"{app}/train")
    if not trained:
        trained.append(train(page))
    page.get_by_role("spinbutton", name="Picture").fill(str(PICTURE))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"show={PICTURE}~"))
    return Inside(page, app_home, trained[0])


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


def answers(page: Page) -> list[str]:
    lines: list[str] = page.locator(".answers li").evaluate_all("(lines) => lines.map((line) => line.dataset.share)")
    return lines


def test_a_picture_of_ones_own_goes_in_as_a_test_picture_does(inside: Inside, tmp_path: Path) -> None:
    page, picture = inside.page, tmp_path / "sneaker.png"
    Image.fromarray(load("fashion-mnist-subset").test.images[PICTURE, 0].numpy()).save(picture)
    shares, others = answers(page), page.get_by_role("spinbutton", name="Picture")
    others.fill("8")
    others.press("Enter")
    expect(page).to_have_url(re.compile(r"show=8~"))
    page.get_by_role("button", name="Your own").click()
    expect(page.get_by_text("Until then test picture 8 is shown below")).to_be_visible()
    page.get_by_label("Upload a picture").set_input_files(picture)
    expect(page.get_by_role("img", name="Scaled: the picture then")).to_be_visible()
    page.get_by_role("checkbox", name="Cropped").uncheck()
    expect(page.locator(".answers li").first).to_have_attribute("data-share", shares[0])
    assert answers(page) == shares
    expect(page.locator(".answers .true")).to_have_count(0)
    inside.column("fc3").click()
    inside.shows("fc3", inside.maps(kept_steps(inside.folder)[-1])["fc3"][0].item())
    page.get_by_role("button", name="Back to the test pictures").click()
    expect(page.locator(".answers .true")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"show=8~"))


def test_what_is_drawn_answers_while_it_is_drawn_and_can_be_taken_back(inside: Inside) -> None:
    page = inside.page
    page.get_by_role("button", name="Your own").click()
    pad = page.get_by_role("img", name="Drawing pad")
    expect(pad).to_be_visible()
    box = pad.bounding_box()
    assert box is not None
    at = [(box["x"] + part * box["width"], box["y"] + part * box["height"]) for part in (0.3, 0.7)]
    page.mouse.move(*at[0])
    page.mouse.down()
    page.mouse.move(*at[1], steps=5)
    expect(page.get_by_text("light on dark already")).to_be_visible()
    page.mouse.up()
    drawn = page.get_by_role("img", name="Drawing pad").evaluate("(pad) => pad.toDataURL()").partition(",")[2]
    steps = steps_of_own(base64.b64decode(drawn), own_pictures("fashion-mnist-subset", 1).switches, (1, 28, 28))
    network = network_with(LENET, read_weights(inside.folder, kept_steps(inside.folder)[-1]))
    found = maps(network, own_input(steps[-1], (1, 28, 28)))
    inside.column("conv2").click()
    inside.shows("conv2", found["conv2"][0, 5, 5].item())
    assert answers(page) == [f"{100 * share:.1f} %" for share in found["probabilities"].tolist()]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text(f"Until then test picture {PICTURE} is shown below")).to_be_visible()
    expect(page.locator(".answers .true")).to_have_count(1)


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


def test_a_picture_is_moved_by_mouse_and_keys_and_the_accuracy_against_the_shift_is_measured(inside: Inside) -> None:
    page, step = inside.page, kept_steps(inside.folder)[-1]
    network, inputs = network_with(LENET, read_weights(inside.folder, step)), inside.maps(step)["input"]
    page.get_by_role("button", name="Moved pictures").click()
    picture = page.get_by_role("img", name=f"Picture {PICTURE}, not moved")
    box = picture.bounding_box()
    assert box is not None
    picture.hover()
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * (0.5 + 3 / 28), box["y"] + box["height"] * (0.5 - 2 / 28), steps=4)
    page.mouse.up()
    page.keyboard.press("ArrowRight")
    page.get_by_role("slider", name="Turn").fill("10")
    expect(page.get_by_role("img", name=f"Picture {PICTURE}, 4 right, 2 up, turned by 10°: drag it")).to_be_visible()
    move = Move(across=4, down=-2, turn=10.0)
    shares = maps(network, moved(inputs, move, torch.zeros(1, 28, 28)))["probabilities"].tolist()
    assert answers(page) == [f"{100 * share:.1f} %" for share in shares]

    page.get_by_role("button", name="Shift all test pictures").click()
    expect(page.get_by_text("Right answers to 500 test pictures")).to_be_visible()
    test = load("fashion-mnist-subset").test
    pictures, labels = to_input(test.images[:500], (1, 28, 28)), test.labels[:500]
    right = accuracies(network, pictures, labels, torch.zeros(1, 28, 28), down=-8)[16].item()
    corner = page.get_by_role("img", name=re.compile("^Share of right answers"))
    far = corner.bounding_box()
    assert far is not None
    corner.hover(position={"x": far["width"] - 3, "y": 3})
    expect(page.get_by_text(f"8 right, 8 up: {100 * right:.1f} % right")).to_be_visible()
    page.get_by_role("button", name="Put it back").first.click()
    expect(page.get_by_role("img", name=f"Picture {PICTURE}, not moved")).to_be_visible()
