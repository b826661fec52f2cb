"""Connections stay right while the design around them is edited."""

from hypothesis import given
from msgspec.structs import replace

from explorer.architecture import edit
from explorer.architecture.edit import maps_before
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.historic import MAX_CONNECTIONS, PartialConv2d, Subsample2d
from explorer.architecture.kinds.pooling import AvgPool2d, MaxPool2d
from explorer.architecture.presets import C3, PRESETS
from explorer.architecture.spec import Architecture, check
from explorer.architecture.trace import trace
from tests.architecture.stacks import architectures

LENET = PRESETS["lenet5-1998"].architecture
PLACE = 4  # of C3


def _connections(architecture: Architecture) -> tuple[tuple[int, ...], ...]:
    layer = architecture.layers[PLACE]
    assert isinstance(layer, PartialConv2d)
    return layer.connections


def test_fewer_maps_before_cut_the_lists_and_a_map_without_inputs_sees_all() -> None:
    fewer = edit.replace_layer(LENET, 0, Conv2d(out_channels=3, kernel_size=5))
    expected = [tuple(i for i in inputs if i < 3) or (0, 1, 2) for inputs in C3]
    assert _connections(fewer) == tuple(expected)
    assert trace(fewer).error is None


def test_more_output_maps_see_all_inputs_and_fewer_are_cut() -> None:
    more = edit.replace_layer(LENET, PLACE, replace(LENET.layers[PLACE], out_channels=18))
    assert _connections(more) == (*C3, tuple(range(6)), tuple(range(6)))
    fewer = edit.replace_layer(LENET, PLACE, replace(LENET.layers[PLACE], out_channels=2))
    assert _connections(fewer) == C3[:2]


def test_a_convolution_that_becomes_partial_sees_all_and_keeps_its_sizes() -> None:
    book = PRESETS["lenet-d2l"].architecture
    changed = edit.replace_layer(book, 3, edit.change_kind(book.layers[3], "PartialConv2d"))
    full = PartialConv2d(out_channels=16, kernel_size=5, connections=(tuple(range(6)),) * 16)
    assert changed.layers[3] == full
    assert trace(changed).totals.num_params == trace(book).totals.num_params


def test_a_wide_convolution_that_becomes_partial_stays_within_the_bound() -> None:
    wide = PRESETS["alexnet-d2l"].architecture
    changed = check(edit.replace_layer(wide, 6, edit.change_kind(wide.layers[6], "PartialConv2d")))
    layer = changed.layers[6]
    assert isinstance(layer, PartialConv2d)
    assert sum(map(len, layer.connections)) <= MAX_CONNECTIONS
    assert trace(changed).rows[6].output_shape[0] == 384


def test_one_click_makes_trainable_subsampling_a_plain_pooling_of_its_size() -> None:
    changed = edit.replace_poolings(LENET, "MaxPool2d")
    assert changed.layers[2] == MaxPool2d(kernel_size=2, stride=2)
    assert edit.change_kind(Subsample2d(kernel_size=3), "AvgPool2d") == AvgPool2d(kernel_size=3, stride=3)


@given(architectures())
def test_maps_before_a_layer_are_what_the_trace_has(architecture: Architecture) -> None:
    rows = trace(architecture).rows
    for index, row in enumerate(rows):
        if len(row.input_shape) == 3:
            assert maps_before(architecture, index) == row.input_shape[0]
