"""A design in a link: there and back, and nothing else gets in."""

import base64
import random
import tracemalloc
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.architecture.errors import DesignError
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.historic import MAX_CONNECTIONS, PartialConv2d
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import MAX_LAYERS, MAX_NAME, Architecture
from explorer.exchange.link import MAX_LINK, read_link, to_link
from tests.architecture.stacks import architectures

LENET = to_link(PRESETS["lenet-d2l"].architecture)


@given(architectures())
def test_round_trip(architecture: Architecture) -> None:
    link = to_link(architecture)
    assert read_link(link) == architecture
    assert link.replace("-", "").replace("_", "").isalnum()
    assert link.isascii()


def test_the_longest_design_fits_into_a_link() -> None:
    """64 layers that differ in every field, and all the connections allowed, so that they pack as badly as can be."""
    partial = PartialConv2d(out_channels=MAX_CONNECTIONS // 2, kernel_size=97, connections=_connections())
    convolutions = [
        Conv2d(
            out_channels=8192 - 97 * i,
            kernel_size=255 - (i * 37) % 201,
            stride=255 - (i * 59) % 211,
            padding=255 - (i * 83) % 223,
            dilation=64 - (i * 7) % 61,
            groups=8192 - 89 * i,
            bias=False,
        )
        for i in range(MAX_LAYERS - 1)
    ]
    longest = Architecture(
        name="".join(chr(0x4E00 + 61 * i) for i in range(MAX_NAME)),
        input_shape=(3, 997, 983),
        layers=(partial, *convolutions),
    )
    assert read_link(to_link(longest)) == longest


def _connections() -> tuple[tuple[int, ...], ...]:
    numbers = random.Random(0)
    return tuple(tuple(numbers.sample(range(1_000, 8_192), 2)) for _ in range(MAX_CONNECTIONS // 2))


@pytest.mark.parametrize("cut", range(1, len(LENET), 7))
def test_a_link_that_was_cut_is_refused(cut: int) -> None:
    with pytest.raises(DesignError, match="whole"):
        read_link(LENET[:-cut])


@given(st.integers(0, len(LENET) - 1), st.characters(min_codepoint=33, max_codepoint=126))
def test_a_link_that_was_altered_is_refused_or_the_same(place: int, character: str) -> None:
    """zlib's checksum sees any other content; the last character may carry bits that mean nothing."""
    with suppress(DesignError):
        assert read_link(LENET[:place] + character + LENET[place + 1 :]) == PRESETS["lenet-d2l"].architecture


def _pack(data: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(data, level=9)).decode()


def test_a_bomb_is_refused_without_unpacking_it() -> None:
    too_long, fits = _pack(b" " * 50_000_000), _pack(b" " * 5_500_000)
    assert len(fits) <= MAX_LINK
    assert _peak_of_refusal(too_long, words="characters") < 100_000
    assert _peak_of_refusal(fits, words="more than 65,536 bytes") < 500_000


def _peak_of_refusal(link: str, *, words: str) -> int:
    """Measure the most memory, in bytes, that is held while a link is refused."""
    tracemalloc.start()
    try:
        with pytest.raises(DesignError, match=words):
            read_link(link)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@given(st.text(st.characters(codec=None)) | st.binary().map(_pack) | st.binary().map(lambda data: data.hex()))
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(DesignError):
        read_link(text)
