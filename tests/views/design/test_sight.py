"""The picture of what a network sees: the border's colours lie where the network is blind, the frame where it looks."""

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.pooling import MaxPool2d
from explorer.architecture.kinds.shape import ZeroPad2d
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import trace
from explorer.views.design.sight import BLIND, FIELD, blind_words, picture, sight_words
from tests.architecture.stacks import architectures

GREY = np.full((28, 28), 100, dtype=np.uint8)
CONV = Conv2d(out_channels=1, kernel_size=3, padding=1)
BOOK = trace(PRESETS["alexnet-d2l"].architecture)


def coloured(drawn: np.ndarray, colour: np.ndarray) -> set[int]:
    """Give the rows in which a colour occurs."""
    return set(np.flatnonzero((drawn == colour).all(2).any(1)).tolist())


def test_the_last_rows_of_the_books_alexnet_are_hatched_in_full() -> None:
    drawn = picture(BOOK, -1, GREY)
    assert drawn.shape == (448, 448, 3)
    assert (drawn[:436, :436] == 100).all()
    assert not (drawn[436:] == 100).any()
    assert not (drawn[:, 436:] == 100).any()
    assert coloured(drawn[:, :436], BLIND) == set(range(436, 448))


def test_the_frame_lies_around_what_the_middle_value_sees() -> None:
    drawn = picture(BOOK, 0, GREY)  # row 27 of 54: from 27·4 − 1 on, 11 pixels; each is drawn twice as large
    assert coloured(drawn, FIELD) == set(range(2 * 107, 2 * 118))


@pytest.mark.parametrize("size", [(1, 1), (3, 700), (255, 1)])
def test_pictures_of_any_size_are_drawn(size: tuple[int, int]) -> None:
    design = Architecture(name="x", input_shape=(1, *size), layers=(Conv2d(out_channels=1, kernel_size=3, padding=1),))
    drawn = picture(trace(design), 0, GREY)
    assert drawn.shape[0] % size[0] == 0
    assert drawn.shape[1] % size[1] == 0
    assert coloured(drawn, FIELD)


def test_the_words_give_the_texts_numbers() -> None:
    assert blind_words(BOOK) == (
        "2,652 of 50,176 pixels (5.29%) reach no output: rows and columns 218 to 223. "
        "Rows that a stride leaves over at the end: conv1 3, pool1 1, pool2 1, pool5 1."
    )
    assert blind_words(trace(PRESETS["lenet-d2l"].architecture)) == "Every pixel reaches an output."
    assert sight_words(BOOK, 0) == "The frame: 11 × 11 pixels that the middle value of conv1 sees."
    assert sight_words(BOOK, 15).startswith("Choose a layer that gives maps")


def test_many_gaps_are_said_in_short_and_padding_in_view_is_named() -> None:
    gaps = Architecture(name="x", input_shape=(1, 12, 8), layers=(MaxPool2d(kernel_size=1, stride=2),))
    words = blind_words(trace(gaps))
    assert "rows 1, 3, 5 and 3 more, columns 1, 3, 5 and 1 more" in words
    wide = replace(gaps, layers=(Conv2d(out_channels=1, kernel_size=9, padding=4),))
    assert sight_words(trace(wide), 0).endswith(
        "9 × 8 pixels that the middle value of conv1 sees. The rest of what it sees is padding."
    )


@given(architectures(), st.integers(0, 8))
@example(Architecture("x", (1, 7, 7), (MaxPool2d(kernel_size=2), *(CONV,) * 2)), 2)
@example(Architecture("x", (1, 12, 12), (MaxPool2d(kernel_size=1, stride=2), CONV)), 1)
def test_the_frame_covers_nothing_that_the_same_picture_hatches(design: Architecture, index: int) -> None:
    layers = design.layers[: index + 1]
    traced = trace(replace(design, layers=layers))
    assume(layers)
    assume(not traced.error)
    with_frame, without = (picture(traced, which, GREY) for which in (len(layers) - 1, -1))
    hatched = (without == BLIND).all(2) | (without == 255).all(2)
    assert (with_frame[hatched] == without[hatched]).all()


def test_gaps_in_what_is_seen_are_no_part_of_the_frame() -> None:
    dilated = Architecture("x", (1, 9, 9), (replace(CONV, dilation=2),))
    drawn = picture(trace(dilated), 0, GREY)
    side = drawn.shape[0] // 9
    seen = sight_words(trace(dilated), 0)
    assert coloured(drawn, FIELD) == {row * side + dot for row in (2, 4, 6) for dot in range(side)}
    assert seen.endswith("3 × 3 pixels that the middle value of conv1 sees. The pixels between are no part of it.")


def test_a_value_of_padding_alone_has_no_frame() -> None:
    padded = trace(Architecture("x", (1, 2, 2), (ZeroPad2d(padding=(0, 3, 0, 0)),)))
    assert not coloured(picture(padded, 0, GREY), FIELD)
    assert sight_words(padded, 0) == "There is no frame: the middle value of pad0 sees nothing but padding."
