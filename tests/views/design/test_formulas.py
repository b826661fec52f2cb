"""The formulas that explain a row: evaluated as written, their left sides give the numbers that torch gave."""

import re

import pytest
from hypothesis import given

from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.pooling import AdaptiveAvgPool2d, AvgPool2d, MaxPool2d
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.kinds.sizes import pair
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import Trace, trace
from explorer.views.common.formula import Formula
from explorer.views.design.formulas import formulas
from tests.architecture.stacks import architectures

PYTHON = {
    r"\\left\\lfloor \\dfrac\{(.+?)\}\{(.+?)\} \\right\\rfloor": r"((\1) // (\2))",
    r"\\left\\lceil \\dfrac\{(.+?)\}\{(.+?)\} \\right\\rceil": r"(-(-(\1) // (\2)))",
    r"\\frac\{(.+?)\}\{(.+?)\}": r"((\1) // (\2))",
    r"\\cdot": "*",
}


def evaluated(formula: Formula) -> tuple[int, int]:
    """Compute a formula's left side as a student would, and read its right side."""
    left, right = formula.numbers.replace("{,}", "").split(" = ")
    for latex, python in PYTHON.items():
        left = re.sub(latex, python, left)
    assert re.fullmatch(r"[\d+*/() -]+", left), f"{formula.quantity}: no sum can be read from {left}"
    return int(eval(left)), int(right)  # digits and signs only, as the line above made sure


def said(traced: Trace, name: str) -> dict[str, str]:
    index = next(row.index for row in traced.rows if row.name == name)
    return {formula.quantity: formula.numbers for formula in formulas(traced, index)}


@given(architectures())
def test_every_left_side_gives_what_torch_gave(architecture: Architecture) -> None:
    traced = trace(architecture)
    for row in traced.rows:
        for formula in formulas(traced, row.index):
            left, right = evaluated(formula)
            assert left == right, f"{formula.quantity}: {formula.numbers}"


@given(architectures())
def test_what_a_row_says_is_explained(architecture: Architecture) -> None:
    traced = trace(architecture)
    for row in traced.rows:
        found = {formula.quantity: evaluated(formula)[1] for formula in formulas(traced, row.index)}
        assert found["Output, bytes"] == row.output_bytes
        expected = {"Parameters": row.num_params, "Multiply-adds": row.mult_adds, "Connections": row.connections}
        assert {name: found.get(name, 0) for name in expected} == expected
        if isinstance(architecture.layers[row.index], Conv2d | MaxPool2d | AvgPool2d):
            for name, value in {"Receptive field": row.receptive_field, "Jump": row.jump}.items():
                sides = tuple(found.get(f"{name}{side}", found.get(name)) for side in (", height", ", width"))
                assert value is None or sides == pair(value)


def test_the_sums_of_the_texts() -> None:
    lenet, alexnet = trace(PRESETS["lenet-d2l"].architecture), trace(PRESETS["alexnet-227"].architecture)
    assert said(lenet, "conv2")["Parameters"] == r"(5 \cdot 5 \cdot 6 + 1) \cdot 16 = 2{,}416"
    assert said(lenet, "fc3")["Parameters"] == r"(400 + 1) \cdot 120 = 48{,}120"
    assert said(lenet, "conv1")["Connections"] == r"(5 \cdot 5 \cdot 1 + 1) \cdot (6 \cdot 28 \cdot 28) = 122{,}304"
    floor = r"\left\lfloor \dfrac{227 - 11 + 2 \cdot 0}{4} \right\rfloor + 1 = 55"
    assert said(alexnet, "conv1")["Height and width"] == floor


def test_rows_that_no_window_reaches_are_told_and_others_are_not() -> None:
    book = trace(PRESETS["alexnet-d2l"].architecture)
    assert said(book, "conv1")["Left over"] == r"224 + 2 \cdot 1 - ((54 - 1) \cdot 4 + 11) = 3"
    assert not [name for name in said(book, "conv2") if name.startswith("Left over")]


def test_a_window_that_would_begin_in_the_padding_is_taken_off() -> None:
    pool = MaxPool2d(kernel_size=2, stride=3, padding=1, ceil_mode=True)
    traced = trace(Architecture(name="x", input_shape=(1, 4, 4), layers=(pool,)))
    (size, *_) = formulas(traced, 0)
    assert size.numbers == r"\left\lceil \dfrac{4 - 2 + 2 \cdot 1}{3} \right\rceil + 1 - 1 = 2"
    assert size.remark


@pytest.mark.parametrize("index", [-1, 1, 2, 7])
def test_nothing_is_said_of_the_input_or_of_layers_that_were_not_reached(index: int) -> None:
    layers = (Conv2d(out_channels=2, kernel_size=3), Conv2d(out_channels=2, kernel_size=9), Flatten())
    assert formulas(trace(Architecture(name="x", input_shape=(1, 8, 8), layers=layers)), index) == []


def test_layers_without_sums_of_their_own_say_their_memory() -> None:
    layers = (AdaptiveAvgPool2d(output_size=1), Flatten(), Linear(out_features=3, bias=False))
    traced = trace(Architecture(name="x", input_shape=(4, 8, 8), layers=layers))
    assert [formula.quantity for formula in formulas(traced, 0)] == ["Output, bytes"]
    assert said(traced, "fc1")["Parameters"] == r"4 \cdot 3 = 12"
