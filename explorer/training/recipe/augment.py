"""Changed copies of the training pictures, drawn anew for each batch on the device: the dictionary that menus list.

Pictures are uint8, N×C×H×W, before and after. Each picture of a batch is changed by a draw of its own, all of them at
once. Test pictures never come here.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F  # noqa: N812  # torch's own name for it
from torch import Generator, Tensor

from explorer.data.luminance import luminance

MARGIN = 4  # pixels that a picture may shift by, each way, as is usual for pictures of 32 pixels
JITTER = 0.4  # by how much colours may change: factors from 0.6 to 1.4
OTHER_STREAM = 2**31  # above every recipe's seed, so that these draws follow no order of pictures

Change = Callable[[Tensor, Generator], Tensor]
Augment = Callable[[Tensor], Tensor]


def flip(images: Tensor, generator: Generator) -> Tensor:
    """Mirror about half of the pictures, left to right."""
    mirrored = _draw(len(images), generator) < 0.5
    return torch.where(mirrored.view(-1, 1, 1, 1), images.flip(3), images)


def crop(images: Tensor, generator: Generator) -> Tensor:
    """Pad each picture by `MARGIN` zeros and cut its size out again anywhere: it shifts by up to `MARGIN` pixels."""
    count, _, height, width = images.shape
    padded = F.pad(images, (MARGIN,) * 4)
    rows = _starts(count, generator) + torch.arange(height, device=images.device)
    columns = _starts(count, generator) + torch.arange(width, device=images.device)
    picture = torch.arange(count, device=images.device).view(-1, 1, 1)
    return padded.permute(0, 2, 3, 1)[picture, rows.unsqueeze(2), columns.unsqueeze(1)].permute(0, 3, 1, 2)


def flip_and_crop(images: Tensor, generator: Generator) -> Tensor:
    """Do both."""
    return crop(flip(images, generator), generator)


def colour(images: Tensor, generator: Generator) -> Tensor:
    """Change brightness, then contrast, then saturation of each picture, each by a factor from 0.6 to 1.4.

    As torchvision's ColorJitter(0.4, 0.4, 0.4) in that order, in floats until the end.
    """
    brightness, contrast, saturation = (jitter_factors(len(images), generator) for _ in range(3))
    values = (images.float() * brightness).clamp_(0, 255)
    values = _blend(values, luminance(values).mean(dim=(1, 2, 3), keepdim=True), contrast)
    values = _blend(values, luminance(values), saturation)
    return values.round_().to(torch.uint8)


AUGMENTATIONS: dict[str, Change | None] = {
    "none": None,
    "flip": flip,
    "crop": crop,
    "flip+crop": flip_and_crop,
    "colour": colour,
}
NEEDS_COLOUR = ("colour",)  # those that pictures of three channels alone can have


class Augmenter:
    """Changes pictures by draws of its own."""

    def __init__(self, change: Change, generator: Generator) -> None:
        self.generator = generator
        self._change = change

    def __call__(self, images: Tensor) -> Tensor:
        """Change each picture of a batch."""
        return self._change(images, self.generator)


def make_augment(name: str, *, seed: int, device: torch.device) -> Augmenter | None:
    """Make a run's augmentation with a stream of draws of its own; None where pictures stay as they are."""
    change = AUGMENTATIONS[name]
    if change is None:
        return None
    return Augmenter(change, Generator(device).manual_seed(OTHER_STREAM + seed))


def _draw(count: int, generator: Generator) -> Tensor:
    return torch.rand(count, generator=generator, device=generator.device)


def _starts(count: int, generator: Generator) -> Tensor:
    """Draw where each picture's cut begins, N×1."""
    return torch.randint(2 * MARGIN + 1, (count, 1), generator=generator, device=generator.device)


def jitter_factors(count: int, generator: Generator) -> Tensor:
    """Draw a factor for each picture, from 1 − `JITTER` to 1 + `JITTER`; count×1×1×1."""
    return (1 + JITTER * (2 * _draw(count, generator) - 1)).view(-1, 1, 1, 1)


def _blend(values: Tensor, grey: Tensor, factor: Tensor) -> Tensor:
    """Move from grey to the values and, for a factor above 1, beyond them."""
    return (grey + factor * (values - grey)).clamp_(0, 255)
