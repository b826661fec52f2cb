"""Convolutions of few channels, computed for several columns at once.

One instruction multiplies 8 or 16 numbers, and torch gives each output channel one of them: with LeNet's six maps ten
of sixteen idle. Two columns of six maps fill twelve. In channels-last order the columns lie beside each other already,
so that they are channels by a view; the kernel grows by a column of zeros, at either end in turn.
"""

import math
from functools import cache
from typing import Protocol

import torch
import torch.nn.functional as F  # noqa: N812  # torch's own name for it
from torch import Tensor, nn
from torch.autograd import Function

from explorer.training.kernels.applies import applies

NUMBERS = {"AVX2": 8, "AVX512": 16}  # of 32 bits, that one instruction takes; other processors are left to torch
MOST_COLUMNS = 4
CLEARLY = 0.75  # of the instructions: less is not seen in the time
Pair = tuple[int, int]
Shape = tuple[int, int, int, int]


class NarrowConv2d(nn.Conv2d):
    """A convolution that torch computes as usual wherever several columns at once are not faster."""

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002  # torch's own name for it
        """Give the maps, N×C×H×W, that torch gives, up to the last digits."""
        columns = self._columns(input) if self._is_plain() and applies(input) else (1, 1)
        if max(columns) == 1:
            return super().forward(input)
        result: Tensor = _Convolution.apply(input, self.weight, self.bias, self.padding, columns)
        return result

    def _is_plain(self) -> bool:
        steps = (*self.stride, *self.dilation, self.groups)
        return isinstance(self.padding, tuple) and self.padding_mode == "zeros" and set(steps) == {1}

    def _columns(self, x: Tensor) -> Pair:
        """Choose how many columns are computed at once on the way there, and on the way back to the input."""
        kernel, padding, width = self.kernel_size[1], int(self.padding[1]), x.shape[3]
        there = columns_at_once(self.out_channels, kernel, width=width + 2 * padding - kernel + 1)
        return there, columns_at_once(self.in_channels, kernel, width=width) if x.requires_grad else 1


class _Context(Protocol):
    """What the way there leaves for the way back."""

    padding: Pair
    columns: Pair
    saved_tensors: tuple[Tensor, Tensor]
    needs_input_grad: tuple[bool, ...]

    def save_for_backward(self, *tensors: Tensor) -> None: ...


class _Convolution(Function):
    @staticmethod
    def forward(  # noqa: PLR0917  # what torch passes on has no names
        ctx: _Context, x: Tensor, weight: Tensor, bias: Tensor | None, padding: Pair, columns: Pair
    ) -> Tensor:
        ctx.padding, ctx.columns = padding, columns
        seen = _seen(x, weight, padding, columns[0])
        ctx.save_for_backward(seen, weight)
        return _convolve(seen, weight, bias, padding, columns[0])

    @staticmethod
    def backward(ctx: _Context, *grads: Tensor) -> tuple[Tensor | None, ...]:
        seen, weight = ctx.saved_tensors
        grad, (there, back) = grads[0].contiguous(memory_format=torch.channels_last), ctx.columns
        wants_input, wants_weight, wants_bias, *_ = ctx.needs_input_grad
        of_input = _input_grad(grad, weight, ctx.padding, back) if wants_input else None
        of_weight = _weight_grad(seen, weight, grad, ctx.padding, there) if wants_weight else None
        return of_input, of_weight, grad.sum((0, 2, 3)) if wants_bias else None, None, None


def columns_at_once(channels: int, kernel: int, *, width: int) -> int:
    """Choose how many columns of so many output channels are computed at once, out of a width that they divide."""
    numbers = NUMBERS.get(torch.backends.cpu.get_cpu_capability())
    return 1 if numbers is None or width < 1 else _quickest(channels, kernel, width, numbers)


@cache
def _quickest(channels: int, kernel: int, width: int, numbers: int) -> int:
    def work(count: int) -> int:
        return math.ceil(channels * count / numbers) * _taps(kernel, count)

    best = min((count for count in (1, 2, MOST_COLUMNS) if width % count == 0), key=work)
    return best if work(best) < CLEARLY * work(1) else 1


def _taps(kernel: int, count: int) -> int:
    """Count the groups of columns that a group of outputs sees."""
    return math.ceil((kernel + count - 1) / count)


def _seen(x: Tensor, weight: Tensor, padding: Pair, count: int) -> Tensor:
    """Give the maps as a convolution by so many columns takes them: their width padded, their columns together."""
    if count == 1:
        return x
    kernel, width = weight.shape[3], x.shape[3]
    needed = width + 2 * padding[1] - kernel + 1 + count * (_taps(kernel, count) - 1)
    return _together(F.pad(x, (padding[1], needed - width - padding[1])), count)


def _convolve(seen: Tensor, weight: Tensor, bias: Tensor | None, padding: Pair, count: int) -> Tensor:
    if count == 1:
        return F.conv2d(seen, weight, bias, padding=padding)
    bias = None if bias is None else bias.repeat(count)
    return _apart(F.conv2d(seen, _widened(weight, count), bias, padding=(padding[0], 0)), count)


def _input_grad(grad: Tensor, weight: Tensor, padding: Pair, count: int) -> Tensor:
    """Convolve the gradient with the flipped kernel."""
    height, width = (size - 1 - pad for size, pad in zip(weight.shape[2:], padding, strict=True))
    if min(height, width) < 0:  # the outermost outputs saw nothing but padding
        return F.conv_transpose2d(grad, weight, padding=padding)
    flipped = weight.flip(2, 3).transpose(0, 1)
    return _convolve(_seen(grad, flipped, (height, width), count), flipped, None, (height, width), count)


def _weight_grad(seen: Tensor, weight: Tensor, grad: Tensor, padding: Pair, count: int) -> Tensor:
    if count == 1:
        return _plain_weight_grad(seen, weight, grad, padding)
    like = torch.empty(_widened_shape(weight, count), memory_format=torch.channels_last)
    return _narrowed(_plain_weight_grad(seen, like, _together(grad, count), (padding[0], 0)), weight, count)


def _plain_weight_grad(x: Tensor, weight: Tensor, grad: Tensor, padding: Pair) -> Tensor:
    # Not torch.nn.grad's: that one hides the order of the weights, and a slower way is taken.
    one, none, wanted = (1, 1), (0, 0), (False, True, False)
    given: Tensor = torch.ops.aten.convolution_backward(
        grad, x, weight, None, one, padding, one, False, none, 1, wanted
    )[1]
    return given


def _together(x: Tensor, count: int) -> Tensor:
    """See each group of columns as channels of one column: N×C×H×W as N×(count·C)×H×(W/count)."""
    batch, channels, height, width = x.shape
    return x.permute(0, 2, 3, 1).reshape(batch, height, width // count, count * channels).permute(0, 3, 1, 2)


def _apart(x: Tensor, count: int) -> Tensor:
    """See each group's channels as columns again."""
    batch, channels, height, width = x.shape
    return x.permute(0, 2, 3, 1).reshape(batch, height, width * count, channels // count).permute(0, 3, 1, 2)


def _widened(weight: Tensor, count: int) -> Tensor:
    """Give each of a group's columns the kernel, shifted to where it is: O×I×h×w as (count·O)×(count·I)×h×taps."""
    out_channels, in_channels, height, kernel = weight.shape
    wide = weight.new_zeros(count, out_channels, height, _taps(kernel, count) * count, in_channels)
    in_order = weight.permute(0, 2, 3, 1)
    for shift in range(count):
        wide[shift, :, :, shift : shift + kernel] = in_order
    rows, columns, tall, taps = _widened_shape(weight, count)
    return wide.view(rows, tall, taps, columns).permute(0, 3, 1, 2)


def _narrowed(wide: Tensor, weight: Tensor, count: int) -> Tensor:
    """Add what each of a group's columns found for the kernel, which is the way back through `_widened`."""
    out_channels, in_channels, height, kernel = weight.shape
    columns = wide.permute(0, 2, 3, 1).reshape(count, out_channels, height, -1, in_channels)
    first, *others = [columns[shift, :, :, shift : shift + kernel] for shift in range(count)]
    return sum(others, start=first).permute(0, 3, 1, 2)


def _widened_shape(weight: Tensor, count: int) -> Shape:
    out_channels, in_channels, height, kernel = weight.shape
    return count * out_channels, count * in_channels, height, _taps(kernel, count)
