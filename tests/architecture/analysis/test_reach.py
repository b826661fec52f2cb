"""What a network sees of its picture, against torch: a pixel that is no number spoils the outputs that it reaches."""

import math
from typing import cast

import pytest
import torch
from hypothesis import assume, example, given
from msgspec.structs import replace
from torch import Tensor, nn

from explorer.architecture.analysis.reach import Blind, Sight, blind, cures, sight
from explorer.architecture.build import build
from explorer.architecture.errors import StackError
from explorer.architecture.kinds.activation import ReLU
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.output import Softmax
from explorer.architecture.kinds.pooling import MaxPool2d
from explorer.architecture.kinds.shape import ZeroPad2d
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


LOST = Architecture(
    name="the pooling leaves the last row over",
    input_shape=(1, 7, 7),
    layers=(MaxPool2d(kernel_size=2), *(Conv2d(out_channels=1, kernel_size=3, padding=1),) * 2),
)
GAPS = Architecture("gaps", (1, 9, 9), (Conv2d(out_channels=1, kernel_size=3, dilation=2),))
ZERO = Architecture("padding alone", (1, 2, 2), (ZeroPad2d(padding=(0, 3, 0, 0)),))


@given(architectures())
@example(LOST)
@example(GAPS)
@example(ZERO)
def test_the_middle_value_hangs_on_the_rows_and_columns_of_its_sight_and_on_no_others(
    architecture: Architecture,
) -> None:
    maps = [row.index for row in trace(architecture).rows if len(row.output_shape) == 3]
    assume(maps)
    part = replace(architecture, layers=architecture.layers[: maps[-1] + 1])
    seen = sight(part, maps[-1])
    assume(seen is not None)
    assert seen is not None
    hangs = hanging(part)
    assert set(seen.rows) == set(hangs.any(1).nonzero()[:, 0].tolist())
    assert set(seen.columns) == set(hangs.any(0).nonzero()[:, 0].tolist())
    lost = blind(part)
    assert not set(seen.rows) & set(lost.rows)
    assert not set(seen.columns) & set(lost.columns)


def hanging(architecture: Architecture) -> Tensor:
    """Tell of each pixel whether spoiling it spoils the middle value: height × width."""
    _, height, width = architecture.input_shape
    pictures = torch.ones(height * width, *architecture.input_shape)
    for pixel in range(height * width):
        pictures[pixel, :, pixel // width, pixel % width] = math.nan
    outputs = passed(network(architecture), pictures)
    return outputs[:, :, outputs.shape[2] // 2, outputs.shape[3] // 2].isnan().any(1).view(height, width)


def test_a_gradient_says_the_same_of_a_frame_beside_a_blind_border() -> None:
    built, picture = network(LOST), torch.rand(1, 1, 7, 7, requires_grad=True)
    built(picture)[0, 0, 1, 1].backward()
    assert picture.grad is not None
    assert picture.grad[0, 0, 6].abs().sum() == 0
    assert sight(LOST, 2) == Sight(rows=tuple(range(6)), columns=tuple(range(6)), padded=True)
    assert blind(LOST).rows == (6,)


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
    assert sight(design, 0) == Sight((4,), (4,), padded=False)
    assert sight(design, 1) is None
    assert sight(design, 7) is None
