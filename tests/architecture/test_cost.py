"""Costs and views against independent witnesses: torch's flop counter, autograd, and counting by hand."""

import math
from typing import cast

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import asdict
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from explorer.architecture.kinds.activation import ReLU
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.historic import GaussianRBF, PartialConv2d, Subsample2d
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.pooling import AdaptiveAvgPool2d, AvgPool2d
from explorer.architecture.kinds.sizes import pair
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import LayerRow, trace
from tests.architecture.stacks import architectures, input_shapes, pass_through, sliding_layer, torch_module

SLIDING = ("kernel_size", "stride", "padding", "dilation")


@pytest.mark.slow
@given(architectures())
def test_mult_adds_are_half_of_torchs_flops(architecture: Architecture) -> None:
    """For two pictures, so a quarter of what it counts."""
    traced = trace(architecture)
    assume(traced.error is None)
    counter = FlopCounterMode(display=False)
    with torch.device("meta"), counter:
        list(pass_through(architecture))
    assert 2 * 2 * traced.totals.mult_adds == counter.get_total_flops()


_spatial = st.one_of(
    st.builds(
        Conv2d,
        out_channels=st.just(1),
        kernel_size=st.integers(1, 5),
        stride=st.integers(1, 3),
        padding=st.integers(0, 2),
        dilation=st.integers(1, 2),
    ),
    st.builds(AvgPool2d, kernel_size=st.integers(1, 4), stride=st.none() | st.integers(1, 3)),
    st.builds(Subsample2d, kernel_size=st.integers(1, 3)),
    st.builds(PartialConv2d, out_channels=st.just(1), kernel_size=st.integers(1, 5), connections=st.just(((0,),))),
    st.just(ReLU()),
)
SIDE = 72


@given(st.lists(_spatial, min_size=1, max_size=3))
def test_receptive_field_and_jump_are_what_the_gradient_reaches(layers: list[Layer]) -> None:
    """The input columns with a gradient from one output are those that it sees; its neighbour's lie a jump further."""
    row = trace(Architecture(name="x", input_shape=(1, SIDE, SIDE), layers=tuple(layers))).rows[-1]
    middle = row.output_shape[-1] // 2
    assume(row.output_shape[-1] >= middle + 2)
    x = torch.ones(1, 1, SIDE, SIDE, requires_grad=True)
    first, end = _columns_seen(x, layers, middle)
    next_first, next_end = _columns_seen(x, layers, middle + 1)
    assume(first > 0 and next_end < SIDE)  # where the border cuts nothing off
    assert (row.receptive_field, row.jump) == (end - first, next_first - first)


def _columns_seen(x: Tensor, layers: list[Layer], position: int) -> tuple[int, int]:
    """Give the first input column, and the one after the last, that the output at `position` in the middle row sees."""
    y = x
    for layer in layers:
        y = _with_positive_weights(torch_module(layer, y))(y)
    (gradient,) = torch.autograd.grad(y[0, 0, y.shape[2] // 2, position], x)
    columns = gradient[0, 0].sum(dim=0).nonzero().flatten()
    return int(columns.min()), int(columns.max()) + 1


def _with_positive_weights(module: nn.Module) -> nn.Module:
    for parameter in module.parameters():
        nn.init.constant_(parameter, 0.1)
    return module


@given(sliding_layer, input_shapes)
def test_remainder_is_what_no_window_touches_at_the_end(layer: Layer, input_shape: tuple[int, int, int]) -> None:
    traced = trace(Architecture(name="x", input_shape=input_shape, layers=(layer,)))
    assume(traced.error is None)
    row = traced.rows[0]
    sizes = enumerate(zip(row.input_shape[1:], row.output_shape[1:], strict=True))
    assert row.remainder == tuple(_untouched(layer, axis, *each) for axis, each in sizes)


def _untouched(layer: Layer, axis: int, size_in: int, size_out: int) -> int:
    """Mark every pixel of the padded line that a window touches, and count the unmarked ones at its end."""
    settings = {name: pair(value)[axis] for name, value in asdict(layer).items() if name in SLIDING}
    kernel, dilation = settings["kernel_size"], settings.get("dilation", 1)
    stride = settings.get("stride", 1 if isinstance(layer, PartialConv2d) else kernel)
    touched = {window * stride + tap * dilation for window in range(size_out) for tap in range(kernel)}
    return sum(1 for pixel in range(size_in + 2 * settings.get("padding", 0)) if pixel > max(touched))


def _row(layer: Layer, input_shape: tuple[int, int, int]) -> LayerRow:
    return trace(Architecture(name="x", input_shape=input_shape, layers=(layer,))).rows[0]


def test_connections_are_those_published_for_lenet_5() -> None:
    """LeCun et al. 1998, section II.B; the 840 of the output are in the paper's sum of 340,908."""
    traced = trace(PRESETS["lenet5-1998"].architecture)
    published = [122_304, 5_880, 151_600, 2_000, 48_120, 10_164, 840]
    assert [row.connections for row in traced.rows if row.connections] == published
    assert traced.totals.connections == 340_908


@given(architectures())
def test_connections_are_the_pairs_of_input_and_output_that_a_gradient_joins(architecture: Architecture) -> None:
    """A window's place in the padding counts too, so only layers without one are asked; biases are added."""
    traced = trace(architecture)
    for layer, row in zip(architecture.layers, traced.rows, strict=False):
        if isinstance(layer, Subsample2d | PartialConv2d | GaussianRBF) and sum(row.input_shape) < 40:
            biases = 0 if isinstance(layer, GaussianRBF) else math.prod(row.output_shape)
            assert row.connections == _pairs(layer, row.input_shape) + biases


def _pairs(layer: Layer, input_shape: tuple[int, ...]) -> int:
    """Count the inputs that change each output, by the derivative of every output by every input."""
    x = torch.rand(1, *input_shape) + 2  # no code's value, where a distance would have no slope
    derivatives = torch.func.jacrev(_with_positive_weights(torch_module(layer, x)))(x)
    return int(cast(Tensor, derivatives).count_nonzero())


def test_connections_without_bias_and_in_groups() -> None:
    grouped = Conv2d(out_channels=4, kernel_size=3, groups=2, bias=False)
    assert _row(grouped, (6, 5, 5)).connections == (4 * 3 * 3) * (3 * 3 * 3)
    assert _row(AvgPool2d(kernel_size=2), (6, 28, 28)).connections == 1_176 * 4


@pytest.mark.parametrize(("output_size", "expected"), [(6, (2, 2)), (12, (1, 1)), (1, (12, 12)), (5, (None, None))])
def test_view_of_an_adaptive_pooling(output_size: int, expected: tuple[int | None, int | None]) -> None:
    row = _row(AdaptiveAvgPool2d(output_size=output_size), (1, 12, 12))
    assert (row.receptive_field, row.jump) == expected


def test_there_is_no_view_once_there_are_no_maps() -> None:
    traced = trace(PRESETS["lenet-d2l"].architecture)
    assert {row.receptive_field for row in traced.rows[6:]} == {None}
    assert traced.totals.receptive_field == 16


def test_bytes_are_of_float32() -> None:
    row = _row(Conv2d(out_channels=6, kernel_size=5), (1, 28, 28))
    assert (row.output_bytes, row.param_bytes) == (6 * 24 * 24 * Tensor([0]).element_size(), 156 * 4)
