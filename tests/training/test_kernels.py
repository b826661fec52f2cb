"""The kernels give what torch gives, there and back, whatever the processor's vectors hold."""

from collections.abc import Iterator

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from explorer.training.kernels import convolution
from explorer.training.kernels.applies import FEWEST_PICTURES
from explorer.training.kernels.convolution import NarrowConv2d, columns_at_once
from explorer.training.kernels.kernels import use_kernels
from explorer.training.kernels.pooling import NarrowAvgPool2d

Length = tuple[int, int, int]  # of a kernel, of the padding, and of the maps
CAPABILITY = torch.backends.cpu.get_cpu_capability()


@pytest.fixture(params=[8, 16], autouse=True)
def numbers(request: pytest.FixtureRequest) -> Iterator[int]:
    """Let the processor's instructions take so many numbers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(convolution.NUMBERS, CAPABILITY, request.param)
        yield request.param


def both(layer: nn.Module, x: Tensor) -> tuple[list[Tensor], list[Tensor]]:
    """Give a layer's output and all gradients, by torch and by the kernels."""
    wanted = [x, *layer.parameters()] if x.requires_grad else list(layer.parameters())
    torch.manual_seed(1)
    expected = layer(x)
    grad = torch.randn_like(expected)
    by_torch = [expected, *torch.autograd.grad(expected, wanted, grad)]
    use_kernels(layer)
    found = layer(x)
    return by_torch, [found, *torch.autograd.grad(found, wanted, grad)]


def agree(by_torch: list[Tensor], found: list[Tensor]) -> None:
    for expected, value in zip(by_torch, found, strict=True):
        assert value.shape == expected.shape
        assert torch.allclose(value, expected, rtol=1e-4, atol=1e-5 * float(expected.detach().abs().max()))


def maps(*shape: int, wants_grad: bool) -> Tensor:
    torch.manual_seed(0)
    x = torch.randn(FEWEST_PICTURES, *shape).to(memory_format=torch.channels_last)
    return x.requires_grad_(wants_grad)


LENGTHS = st.tuples(st.integers(1, 7), st.integers(0, 8), st.integers(1, 12)).filter(
    lambda it: it[0] <= it[2] + 2 * it[1]
)


@given(
    channels=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    high=LENGTHS,
    wide=LENGTHS,
    wants_grad=st.booleans(),
    bias=st.booleans(),
)
@settings(max_examples=100)
def test_a_convolution_is_torchs(
    channels: tuple[int, int], *, high: Length, wide: Length, wants_grad: bool, bias: bool
) -> None:
    kernel, padding, size = zip(high, wide, strict=True)
    layer = nn.Conv2d(*channels, kernel, padding=padding, bias=bias).to(memory_format=torch.channels_last)
    agree(*both(layer, maps(channels[0], *size, wants_grad=wants_grad)))


@pytest.mark.parametrize(
    "options", [{"stride": 2}, {"dilation": 2}, {"groups": 2}, {"padding": "same"}, {"padding_mode": "reflect"}]
)
def test_other_convolutions_are_left_to_torch(options: dict[str, int | str]) -> None:
    layer = nn.Conv2d(4, 4, 5, **({"padding": 2} | options)).to(memory_format=torch.channels_last)  # type: ignore[arg-type]
    by_torch, found = both(layer, maps(4, 12, 12, wants_grad=True))
    assert all(torch.equal(expected, value) for expected, value in zip(by_torch, found, strict=True))


@pytest.mark.parametrize("shape", [(1, 4, 4), (6, 28, 28), (6, 2, 8), (7, 5, 4), (8, 4, 4)])
def test_an_average_pooling_is_torchs(shape: tuple[int, int, int]) -> None:
    agree(*both(nn.AvgPool2d(2, 2), maps(*shape, wants_grad=True)))


@pytest.mark.parametrize(
    "layer",
    [nn.AvgPool2d(3, 2), nn.AvgPool2d(2, 1), nn.AvgPool2d(2, 2, padding=1), nn.AvgPool2d(2, divisor_override=3)],
)
def test_other_poolings_are_left_to_torch(layer: nn.AvgPool2d) -> None:
    by_torch, found = both(layer, maps(3, 8, 8, wants_grad=True))
    assert all(torch.equal(expected, value) for expected, value in zip(by_torch, found, strict=True))


def test_lenets_layers_take_the_kernels(numbers: int) -> None:
    """What the properties above compare is not torch with itself."""
    conv1, pool1 = NarrowConv2d(1, 4, 5, padding=2), NarrowAvgPool2d(2, 2)
    y = conv1.to(memory_format=torch.channels_last)(maps(1, 28, 28, wants_grad=False))
    assert type(y.grad_fn).__name__ == "_ConvolutionBackward"
    assert type(pool1(y).grad_fn).__name__ == "_AverageBackward"
    assert type(conv1(maps(1, 28, 28, wants_grad=False)[:8]).grad_fn).__name__ != "_ConvolutionBackward"
    with torch.autocast("cpu", torch.bfloat16):
        assert conv1(maps(1, 28, 28, wants_grad=False)).dtype == torch.bfloat16
    assert columns_at_once(4, 5, width=28) == {8: 2, 16: 4}[numbers]


@pytest.mark.parametrize(
    ("channels", "kernel", "width", "columns"),
    [
        (6, 5, 28, 2),
        (6, 5, 27, 1),
        (4, 5, 28, 4),
        (4, 5, 26, 2),
        (16, 5, 10, 1),
        (6, 1, 28, 1),
        (6, 3, 28, 2),
        (6, 5, 0, 1),
    ],
)
def test_as_many_columns_as_fill_an_instruction(channels: int, kernel: int, width: int, columns: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(convolution.NUMBERS, CAPABILITY, 16)
        assert columns_at_once(channels, kernel, width=width) == columns
        patch.delitem(convolution.NUMBERS, CAPABILITY)
        assert columns_at_once(channels, kernel, width=width) == 1, "a processor that nobody measured"


def test_a_flattening_gives_the_gradient_that_torch_gives_in_the_maps_order() -> None:
    layer, x = nn.Sequential(nn.Flatten()), maps(3, 4, 5, wants_grad=True)
    agree(*both(layer, x))
    grad = torch.autograd.grad(layer(x), x, torch.randn(FEWEST_PICTURES, 60))[0]
    assert grad.is_contiguous(memory_format=torch.channels_last)
