"""What may be looked into: nothing that would keep the others of a server waiting, whoever asks."""

import pytest

from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.web.looking.looked import MOST_PARAMS, MOST_VALUES, first_inputs, network_of, plane_of
from explorer.web.looking.subject import TooLargeError

HUGE = Architecture("huge", (1, 28, 28), (Flatten(), Linear(out_features=120_000)))


def test_a_network_that_is_too_large_is_refused_before_anything_is_read() -> None:
    with pytest.raises(TooLargeError, match=rf"94,200,000 parameters.* at most {MOST_PARAMS:,}"):
        network_of("nowhere", HUGE, 0)


def test_nobody_has_a_server_lay_out_pictures_that_fill_its_memory() -> None:
    with pytest.raises(TooLargeError):
        plane_of("nowhere", HUGE, "fashion-mnist-subset", 0, "input")
    vast = Architecture("vast", (1, 512, 512), (Conv2d(out_channels=128, kernel_size=3, padding=1),))
    with pytest.raises(TooLargeError, match="33,554,432 values for one picture"):
        network_of("nowhere", vast, 0)
    wide = Architecture("wide", (1, 224, 224), (Conv2d(out_channels=64, kernel_size=3, padding=1),))
    assert len(first_inputs("fashion-mnist-subset", wide)) * 64 * 224 * 224 <= MOST_VALUES
    assert len(first_inputs("fashion-mnist-subset", PRESETS["lenet-d2l"].architecture)) == 1_000
