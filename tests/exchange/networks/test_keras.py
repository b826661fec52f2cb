"""Keras's Sequential as people write it, in `programs/keras.txt`: as many parameters as Keras trains, or refused."""

import re
from pathlib import Path

import pytest

from explorer.architecture.kinds.shape import ZeroPad2d
from explorer.architecture.trace import trace
from explorer.exchange.networks.reader import read_python
from tests.exchange.networks.test_pytorch_refusals import refused

TEXT = (Path(__file__).parent / "programs" / "keras.txt").read_text(encoding="utf-8")
PIECES = re.split(r"^### (.*) \| (\w+)\n", TEXT, flags=re.MULTILINE)[1:]
PROGRAMS = {name: (text, said) for name, said, text in zip(PIECES[::3], PIECES[1::3], PIECES[2::3], strict=True)}
COUNTED = {name: (text, int(said)) for name, (text, said) in PROGRAMS.items() if said != "refused"}
REFUSED = {name: text for name, (text, said) in PROGRAMS.items() if said == "refused"}


@pytest.mark.parametrize(("text", "count"), COUNTED.values(), ids=COUNTED)
def test_a_program_has_as_many_parameters_as_keras_counts(text: str, count: int) -> None:
    traced = trace(read_python(text).architecture)
    assert traced.error is None
    assert traced.totals.num_params == count


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_keras_alone_means_is_refused_by_its_line(text: str) -> None:
    assert refused(text).where.startswith("line ")


@pytest.mark.parametrize(
    ("settings", "side", "zeros"),
    [("2", 28, (0, 1, 0, 1)), ("3, strides=2", 28, (0, 1, 0, 1)), ("4", 28, (1, 2, 1, 2)), ("(2, 3)", 9, (1, 1, 0, 1))],
)
def test_zeros_that_are_odd_in_number_stand_behind(settings: str, side: int, zeros: tuple[int, ...]) -> None:
    text = f"""from keras import Sequential
from keras.layers import Conv2D, Input
net = Sequential([Input(({side}, {side}, 1)), Conv2D(4, {settings}, padding='same')])"""
    traced = trace(read_python(text).architecture)
    stride = 2 if "strides" in settings else 1
    assert traced.architecture.layers[0] == ZeroPad2d(padding=zeros)
    assert traced.rows[-1].output_shape == (4, side // stride, side // stride)
