"""A picture of one's own reaches a network as a test picture does, and whatever cannot is refused in words."""

import io

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from explorer.data.datasets import load
from explorer.looking.own_picture import (
    MOST_BYTES,
    STEPS,
    OwnPictureError,
    Step,
    Switches,
    own_input,
    own_pictures,
    small_picture,
    steps_of_own,
)
from explorer.training.loop.batches import to_input

GREY, COLOUR = (1, 28, 28), (3, 32, 32)
OFF, ON = Switches(crop=False, invert=False, centre=False), Switches(crop=True, invert=True, centre=True)
TURN = 0x0112  # the number that EXIF gives to a picture's orientation
HALF_A_PIXEL = 0.51


def saved(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def strokes(*lines: tuple[int, int, int, int], ground: str = "black", pen: str = "white") -> Image.Image:
    image = Image.new("L", (200, 200), ground)
    for line in lines:
        ImageDraw.Draw(image).line(line, fill=pen, width=16)
    return image


SEVEN = ((60, 50, 130, 50), (130, 50, 90, 150))


def after(name: str, content: bytes, switches: Switches) -> Step:
    return next(step for step in steps_of_own(content, switches, GREY) if step.name == name)


@pytest.mark.parametrize("shape", [(1, 28, 28), (1, 32, 32), (3, 64, 64)])
@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])  # as a file has it, and as a browser's canvas makes one of it
def test_a_test_picture_with_all_switches_off_is_that_test_picture(shape: tuple[int, int, int], mode: str) -> None:
    images = load("fashion-mnist-subset").test.images
    for one in (images[number : number + 1] for number in range(30)):
        content = saved(Image.fromarray(one[0, 0].numpy()).convert(mode))
        assert torch.equal(own_input(steps_of_own(content, OFF, GREY)[-1], shape), to_input(one, shape)[0])


def test_a_colour_picture_with_all_switches_off_is_that_picture() -> None:
    colours = np.random.default_rng(1).integers(0, 256, (32, 32, 3), np.uint8)
    found = own_input(steps_of_own(saved(Image.fromarray(colours)), OFF, COLOUR)[-1], COLOUR)
    assert torch.equal(found, torch.from_numpy(colours).permute(2, 0, 1) / 255)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["PNG", "JPEG", "GIF", "BMP", "WEBP"]), st.integers(0, 10_000))
@example(b"", "PNG", 0)
def test_any_bytes_give_a_picture_or_words(noise: bytes, form: str, cut: int) -> None:
    whole = saved(strokes(*SEVEN).convert("RGB"), form)
    at = cut % len(whole)
    for content in (noise, whole[:at], whole[:at] + noise + whole[at + len(noise) :]):
        try:
            found = own_input(steps_of_own(content, ON, GREY)[-1], GREY)
        except OwnPictureError as error:
            assert str(error)[0].isupper()  # noqa: PT017  # either is right
        else:
            assert found.shape == GREY
            assert 0 <= found.min() <= found.max() <= 1


@settings(max_examples=60, deadline=None)
@given(st.integers(-50, 50), st.integers(-40, 40), st.booleans())
def test_a_digit_is_light_on_dark_in_mnists_box_with_its_mass_in_the_middle(
    across: int, down: int, is_dark: bool
) -> None:
    moved = [(x + across, y + down, z + across, u + down) for x, y, z, u in SEVEN]
    image = strokes(*moved, ground="white", pen="black") if is_dark else strokes(*moved)
    pixels = after("scaled", saved(image), ON).pixels[:, :, 0].astype(float)
    rows, columns = np.nonzero(pixels > 20)
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
    assert pixels[0, 0] == 0
    for axis in (0, 1):
        along = pixels.sum(axis=1 - axis)
        assert (along @ (np.arange(28) + 0.5)) / along.sum() == pytest.approx(14, abs=HALF_A_PIXEL)


def test_a_tight_crop_keeps_the_ground_of_the_whole() -> None:
    one = strokes((100, 40, 100, 160))  # of which a crop leaves the stroke alone
    scaled = after("scaled", saved(one), Switches(crop=True, invert=True, centre=False)).pixels[:, :, 0]
    assert scaled[:, 14].min() == 255
    assert scaled[:, 0].max() == 0


def test_invert_leaves_what_is_light_on_dark_and_can_be_forced_off() -> None:
    dark = saved(strokes(*SEVEN, ground="white", pen="black"))
    assert after("inverted", dark, ON).pixels[0, 0].item() == 255 - after("channels", dark, ON).pixels[0, 0].item()
    assert after("inverted", dark, Switches(crop=True, invert=False, centre=True)).ground.item() == 255
    assert after("inverted", saved(strokes(*SEVEN)), ON).ground.item() == 0


def sixteen_bits() -> bytes:
    grey = np.asarray(strokes(*SEVEN)).astype(np.uint16)
    return saved(Image.fromarray(grey * 257 - 100 * (grey > 0).astype(np.uint16)))  # whose low byte is another one


def transparent() -> bytes:
    black = strokes(*SEVEN, ground="black", pen="black")
    return saved(Image.merge("LA", (black, strokes(*SEVEN))))


def turned() -> bytes:
    exif = Image.Exif()
    exif[TURN] = 6  # to be turned to the right by a quarter
    return saved(strokes(*SEVEN).transpose(Image.Transpose.ROTATE_90), exif=exif)


MADE = {
    "palette": saved(strokes(*SEVEN).convert("P")),
    "two levels": saved(strokes(*SEVEN).convert("1")),
    "colour": saved(strokes(*SEVEN).convert("RGB")),
    "16 bits": sixteen_bits(),
    "transparent, black": transparent(),
    "turned": turned(),
}


@pytest.mark.parametrize("made", MADE)
def test_the_same_drawing_is_the_same_however_its_file_has_it(made: str) -> None:
    found, usual = after("scaled", MADE[made], ON).pixels, after("scaled", saved(strokes(*SEVEN)), ON).pixels
    assert np.array_equal(found, usual)


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_a_cameras_picture_works(form: str) -> None:
    large = strokes(*SEVEN, ground="white", pen="black").resize((6000, 4000))
    steps = steps_of_own(saved(large, form), ON, GREY)
    assert [step.name for step in steps] == list(STEPS)
    assert all(max(small_picture(step).shape) <= 112 for step in steps)
    assert steps[-1].pixels.shape == (28, 28, 1)
    assert steps[-1].pixels.max() > 200


def test_more_pixels_are_refused_before_they_are_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    content = saved(Image.new("1", (6001, 4000)))
    monkeypatch.setattr(Image.Image, "load", lambda *_: pytest.fail("it was decoded"))
    with pytest.raises(OwnPictureError, match=r"6,001 × 4,000 pixels; at most 24,000,000"):
        steps_of_own(content, OFF, GREY)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "nothing came"),
        (b"a letter", "These 8 bytes are no picture"),
        (bytes(MOST_BYTES + 1), r"2,097,153 bytes; at most 2,097,152"),
        (saved(strokes(*SEVEN))[:200], "cut or broken"),
        (saved(Image.new("RGB", (28, 28), "red")), "one even area"),
    ],
)
def test_a_refusal_says_what_it_is(content: bytes, words: str) -> None:
    with pytest.raises(OwnPictureError, match=words):
        steps_of_own(content, ON, GREY)


def test_switches_stand_as_the_data_sets_pictures_were_made() -> None:
    assert own_pictures("fashion-mnist", 1).switches == Switches(crop=True, invert=True, centre=False)
    assert own_pictures("mnist", 1).switches == ON
    assert own_pictures("cifar10", 3).switches == OFF
