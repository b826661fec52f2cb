"""What a network sees of its picture, against torch: a pixel that is no number spoils the outputs that it reaches."""

import math
from typing import cast

import pytest
import torch
from hypothesis import assume, example, given
from msgspec.structs import replace
from torch import Tensor, nn

from explorer.architecture.analysis.reach import Blind, blind, cures, sight
from explorer.architecture.build import build
from explorer.architecture.errors import StackError
from explorer.architecture.kinds.activation import ReLU
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.output import Softmax
from explorer.architecture.kinds.pooling import MaxPool2d
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import trace
from tests.architecture.stacks import architectures


def network(architecture: Architecture) -> nn.Module:
    """Build it with weights that no sum cancels; dropout lets everything through."""
    built = build(architecture).eval()
    for parameter in built.parameters():
        nn.init.constant_(parameter, 0.5)
    return built


def passed(built: nn.Module, pictures: Tensor) -> Tensor:
    with torch.no_grad():
        return cast(Tensor, built(pictures))


@given(architectures())
@example(Architecture("no row is seen", (1, 1, 1), (Conv2d(out_channels=1, kernel_size=1, stride=(2, 1), padding=1),)))
@example(Architecture("mixed rows", (1, 4, 4), (Softmax(dim=2), MaxPool2d(kernel_size=1, stride=4))))
def test_a_row_or_column_is_blind_if_spoiling_it_spoils_nothing(architecture: Architecture) -> None:
    _, height, width = architecture.input_shape
    try:
        built = network(architecture)
    except StackError:
        assume(False)
    pictures = torch.ones(height + width, *architecture.input_shape)
    for row in range(height):
        pictures[row, :, row] = math.nan
    for column in range(width):
        pictures[height + column, :, :, column] = math.nan
    reaches = passed(built, pictures).isnan().flatten(1).any(1).tolist()
    found = blind(architecture)
    assert found.rows == tuple(row for row in range(height) if not reaches[row])
    assert found.columns == tuple(column for column in range(width) if not reaches[height + column])
    assert found.pixels == height * width - (height - len(found.rows)) * (width - len(found.columns))


@given(architectures())
def test_the_middle_value_sees_the_first_pixel_of_its_field_and_nothing_around_it(architecture: Architecture) -> None:
    maps = [row.index for row in trace(architecture).rows if len(row.output_shape) == 3]
    assume(maps)
    part = replace(architecture, layers=architecture.layers[: maps[-1] + 1])
    assume(not any(isinstance(getattr(layer, "padding", 0), tuple) for layer in part.layers))  # it may be a zero
    seen = sight(part, maps[-1])
    assume(seen is not None)
    rows, columns = seen or (range(0), range(0))
    around = torch.full((1, *part.input_shape), math.nan)
    around[:, :, max(0, rows.start) : rows.stop, max(0, columns.start) : columns.stop] = 1.0
    assert not middle(passed(network(part), around)).isnan().any()
    if min(rows.start, columns.start) >= 0:
        corner = torch.ones(1, *part.input_shape)
        corner[:, :, rows.start, columns.start] = math.nan
        assert middle(passed(network(part), corner)).isnan().any()


def middle(maps: Tensor) -> Tensor:
    return maps[0, :, maps.shape[2] // 2, maps.shape[3] // 2]


@pytest.mark.parametrize(
    ("padding", "size", "border"), [(1, 224, range(218, 224)), (0, 224, range(219, 224)), (2, 224, ()), (0, 227, ())]
)
def test_the_border_that_alexnet_never_sees(padding: int, size: int, border: range) -> None:
    book = PRESETS["alexnet-d2l"].architecture
    first = replace(book.layers[0], padding=padding)
    found = blind(replace(book, input_shape=(1, size, size), layers=(first, *book.layers[1:])))
    assert (found.rows, found.columns) == (tuple(border), tuple(border))
    assert f"{found.share:.2%}" == {6: "5.29%", 5: "4.41%", 0: "0.00%"}[len(border)]


def test_the_cures_of_the_books_alexnet_let_every_pixel_be_seen() -> None:
    book = PRESETS["alexnet-d2l"].architecture
    assert [cure.label for cure in cures(book)][:1] == ["Set conv1's padding to 2"]
    assert any(cure.label.startswith("Set the input to") for cure in cures(book))
    for cure in cures(book):
        assert blind(cure.architecture).pixels == 0
        assert trace(cure.architecture).error is None


def test_where_nothing_is_lost_nothing_is_cured() -> None:
    assert blind(PRESETS["lenet-d2l"].architecture) == Blind((), (), 0, 0.0)
    assert cures(PRESETS["lenet-d2l"].architecture) == ()


def test_gaps_between_windows_are_blind_too() -> None:
    gaps = Architecture(name="x", input_shape=(1, 6, 6), layers=(MaxPool2d(kernel_size=1, stride=2),))
    assert blind(gaps).rows == (1, 3, 5)


def test_a_stack_that_does_not_fit_is_followed_as_far_as_it_goes() -> None:
    layers = (Conv2d(out_channels=1, kernel_size=3, stride=2), Conv2d(out_channels=1, kernel_size=99))
    assert blind(Architecture(name="x", input_shape=(1, 8, 8), layers=layers)).rows == (7,)


def test_there_is_no_sight_of_what_is_no_map() -> None:
    design = Architecture(name="x", input_shape=(1, 8, 8), layers=(ReLU(), Linear(out_features=3)))
    assert sight(design, -1) is None
    assert sight(design, 0) == (range(4, 5), range(4, 5))
    assert sight(design, 1) is None
    assert sight(design, 7) is None
