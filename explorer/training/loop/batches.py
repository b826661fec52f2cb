"""From stored pictures to what a network takes, batch by batch on the device.

Pictures stay uint8 (a quarter of float's memory) until their batch is drawn.
"""

from collections.abc import Iterator

import torch
import torch.nn.functional as F  # noqa: N812  # torch's own name for it
from torch import Tensor

from explorer.data.luminance import luminance


def draw_orders(available: int, *, train_size: int, seed: int) -> Iterator[Tensor]:
    """Draw, for each epoch, the order in which pictures are used: `train_size` indices below `available`, on the CPU.

    Every epoch uses the same pictures, the first `train_size` of one shuffle.
    """
    generator = torch.Generator().manual_seed(seed)
    used = torch.randperm(available, generator=generator)[:train_size]
    while True:
        yield used[torch.randperm(train_size, generator=generator)]


def to_input(images: Tensor, input_shape: tuple[int, int, int]) -> Tensor:
    """Turn uint8 pictures N×C×H×W into floats from 0 to 1 of the network's input shape.

    Nothing is centred or scaled further, as in the book. Colour becomes luminance where the network takes one channel;
    grey is repeated where it takes more.
    """
    channels, height, width = input_shape
    values = images.float().div_(255)
    if values.shape[1] == 3 and channels == 1:
        values = luminance(values)
    values = _resize(values, (height, width)).expand(-1, channels, -1, -1)
    return values.contiguous(memory_format=torch.channels_last)


def _resize(values: Tensor, size: tuple[int, int]) -> Tensor:
    """Resize bilinearly; smoothed only where it shrinks, or thin strokes would fall between the samples."""
    height, width = values.shape[2:]
    if (height, width) == size:
        return values
    shrinks = size[0] < height or size[1] < width
    return F.interpolate(values, size=size, mode="bilinear", align_corners=False, antialias=shrinks)
