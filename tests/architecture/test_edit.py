"""Edits of one layer, held against what torch makes of it before and after."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from explorer.architecture import edit
from explorer.architecture.build import fit
from explorer.architecture.kinds.activation import ReLU
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.historic import PartialConv2d
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.pooling import MaxPool2d

SIZES = st.integers(1, 11)  # of kernels, all smaller than the pictures here
FACTORS = st.floats(min_value=0.01, max_value=16)


@given(kernel_size=SIZES, size=SIZES, padding=st.integers(0, 6), stride=st.integers(1, 3))
def test_maps_keep_their_size_under_another_kernel(kernel_size: int, size: int, padding: int, stride: int) -> None:
    layer = Conv2d(out_channels=2, kernel_size=kernel_size, padding=padding, stride=stride)
    changed = layer.with_kernel(size)
    assert changed.kernel_size == size
    assume((size - kernel_size) % 2 == 0 and padding >= (kernel_size - size) // 2)
    assert fit(changed, (3, 24, 24)).output_shape == fit(layer, (3, 24, 24)).output_shape


def test_a_kernel_that_shrinks_below_its_padding_leaves_none() -> None:
    assert Conv2d(out_channels=2, kernel_size=5).with_kernel(3).padding == 0


@given(groups=st.integers(1, 8), each=st.integers(1, 8), factor=FACTORS)
def test_a_wider_convolution_has_whole_groups_and_nearly_so_many_channels(
    groups: int, each: int, factor: float
) -> None:
    wide = Conv2d(out_channels=groups * each, kernel_size=3, groups=groups).widened(factor)
    (channels, _, _) = fit(wide, (groups, 8, 8)).output_shape  # torch refuses groups that do not divide it
    assert channels == groups or abs(channels - factor * groups * each) <= groups / 2 + 1e-9


@given(features=st.integers(1, 1_000), factor=FACTORS)
def test_a_wider_dense_layer_has_nearly_so_many_numbers_and_one_at_least(features: int, factor: float) -> None:
    (given_out,) = fit(Linear(out_features=features).widened(factor), (4,)).output_shape
    assert given_out == 1 or abs(given_out - factor * features) <= 0.5 + 1e-9


@pytest.mark.parametrize("layer", [ReLU(), MaxPool2d(kernel_size=2)])
def test_what_has_no_width_stays(layer: Layer) -> None:
    assert layer.widened(2.0) is layer


def test_a_partial_convolution_widens_before_it_is_connected_anew() -> None:
    partial = PartialConv2d(out_channels=3, kernel_size=5, connections=((0,), (1,), (0, 1)))
    assert partial.widened(2.0) == PartialConv2d(out_channels=6, kernel_size=5, connections=partial.connections)


def test_a_layer_that_becomes_its_own_kind_stays_as_it_is() -> None:
    partial = PartialConv2d(out_channels=2, kernel_size=5, connections=((0,), (0, 1)))
    assert edit.change_kind(partial, "PartialConv2d") is partial
