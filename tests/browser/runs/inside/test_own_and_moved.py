"""Pictures of one's own, and moved ones, in Chromium: what goes in is what torch gets."""

import base64
import re
from pathlib import Path

import torch
from PIL import Image
from playwright.sync_api import expect

from explorer.data.datasets import load
from explorer.looking.maps import maps, network_with
from explorer.looking.moving import Move, accuracies, moved
from explorer.looking.own_picture import own_input, own_pictures, steps_of_own
from explorer.training.loop.batches import to_input
from explorer.training.weights.weight_files import kept_steps, read_weights
from explorer.views.inside.shown import PANELS
from tests.browser.runs.inside.scene import LENET, PICTURE, Inside, answers


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
    page.get_by_role("button", name=PANELS["hangs"], exact=True).click()
    expect(page.get_by_role("group", name="Maps of what the answer hangs on").locator("canvas")).to_have_count(15)
    page.get_by_role("button", name=PANELS["sum"], exact=True).click()
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
    page.set_viewport_size({"width": 1280, "height": 720})
    for part in (pad, inside.column("fc5"), page.locator(".answers li").last, inside.sum.locator(".line").last):
        expect(part).to_be_in_viewport(ratio=1)
    assert answers(page) == [f"{100 * share:.1f} %" for share in found["probabilities"].tolist()]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text(f"Until then test picture {PICTURE} is shown below")).to_be_visible()
    expect(page.locator(".answers .true")).to_have_count(1)


def test_a_picture_is_moved_by_mouse_and_keys_and_the_accuracy_against_the_shift_is_measured(inside: Inside) -> None:
    page, step = inside.page, kept_steps(inside.folder)[-1]
    network, inputs = network_with(LENET, read_weights(inside.folder, step)), inside.maps(step)["input"]
    page.get_by_role("button", name="Moved pictures").click()
    picture = page.get_by_role("img", name=f"Picture {PICTURE}, not moved")
    picture.hover()
    box = picture.bounding_box()
    assert box is not None
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * (0.5 + 3 / 28), box["y"] + box["height"] * (0.5 - 2 / 28), steps=4)
    page.mouse.up()
    page.keyboard.press("ArrowRight")
    page.get_by_role("slider", name="Turn").fill("10")
    expect(page.get_by_role("img", name=f"Picture {PICTURE}, 4 right, 2 up, turned by 10°: drag it")).to_be_visible()
    expect(page).to_have_url(re.compile(r"~moved~~~turn%3D10%26across%3D4%26down%3D-2"))
    page.reload()
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


def test_a_picture_that_is_none_goes_in_as_it_is(inside: Inside) -> None:
    page = inside.page
    page.get_by_role("button", name="Your own").click()
    page.get_by_role("button", name="Bar", exact=True).click()
    expect(page.get_by_role("img", name="Scaled: the picture then")).to_be_visible()
    bar = torch.zeros(1, 28, 28)
    bar[:, :, 12:16] = 1.0
    shares = maps(network_with(LENET, read_weights(inside.folder, kept_steps(inside.folder)[-1])), bar)["probabilities"]
    assert answers(page) == [f"{100 * share:.1f} %" for share in shares.tolist()]
    for part in ("Cropped", "Inverted", "Centred by mass"):
        expect(page.get_by_role("checkbox", name=part)).not_to_be_checked()
