"""Average pooling of few channels over windows of 2×2: rows are added first, where all columns lie side by side.

torch goes window by window and gives each channel one of the 8 or 16 numbers that an instruction takes.
"""

import torch
from torch import Tensor, nn
from torch.autograd import Function

from explorer.training.kernels.applies import applies

FEW_CHANNELS = 8  # from here on torch is as fast
SIZE = 2  # of a window, and of its stride


class NarrowAvgPool2d(nn.AvgPool2d):
    """An average pooling that torch computes as usual wherever rows first are not faster."""

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002  # torch's own name for it
        """Give the maps, N×C×H/2×W/2, that torch gives, up to the last digits."""
        if not (self._is_by_two() and applies(input) and _is_narrow(input)):
            return super().forward(input)
        result: Tensor = _Average.apply(input)
        return result

    def _is_by_two(self) -> bool:
        sizes = (self.kernel_size, self.stride)
        is_whole = self.padding in (0, (0, 0)) and self.divisor_override is None
        return is_whole and all(size in (SIZE, (SIZE, SIZE)) for size in sizes)


class _Average(Function):
    @staticmethod
    def forward(_ctx: object, x: Tensor) -> Tensor:
        batch, channels, height, width = x.shape
        rows = x.permute(0, 2, 3, 1).reshape(batch, height // SIZE, SIZE, width * channels)
        added = (rows[:, :, 0] + rows[:, :, 1]).view(batch, height // SIZE, width // SIZE, SIZE, channels)
        return (added[..., 0, :] + added[..., 1, :]).mul_(1 / SIZE**2).permute(0, 3, 1, 2)

    @staticmethod
    def backward(_ctx: object, *grads: Tensor) -> Tensor:
        grad = grads[0].permute(0, 2, 3, 1)
        batch, height, width, channels = grad.shape
        # A product with ones gives each number to both columns: many times as fast as a copy of so few channels.
        both = torch.eye(channels).repeat(1, SIZE).div_(SIZE**2)
        row = (grad.reshape(-1, channels) @ both).view(batch, height, 1, -1)
        rows = row.expand(-1, -1, SIZE, -1).reshape(batch, height * SIZE, width * SIZE, channels)
        return rows.permute(0, 3, 1, 2)


def _is_narrow(x: Tensor) -> bool:
    """Say whether maps have few channels, and windows fill them."""
    return x.shape[1] < FEW_CHANNELS and x.shape[2] % SIZE == x.shape[3] % SIZE == 0
