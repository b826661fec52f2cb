"""A picture moved about in its frame, and how many answers stay right when all pictures are."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F  # noqa: N812  # torch's own name for it
from torch import Tensor, nn

from explorer.looking.exciting import AT_ONCE
from explorer.looking.maps import probabilities

FARTHEST = 8  # pixels of a shift each way, for the accuracies
ALL_WAYS = range(-FARTHEST, FARTHEST + 1)
MOST_SHIFTED, FEW_SHIFTED, FEWEST_SHIFTED = 500, 50, 10  # pictures: all ways, every second way, and the least
ROW_WORK = 20_000_000_000  # multiply-adds for a row of all ways: six seconds for the 17 rows on two cores
WORK = 2_000_000_000_000  # for every second way in both directions: a minute and a half on two cores


class Move(NamedTuple):
    """What is done to a picture, in this order but for the light, which comes last."""

    turn: float = 0.0  # degrees, clockwise, about the middle
    scale: float = 1.0  # of its width and height, about the middle
    across: int = 0  # pixels to the right
    down: int = 0  # pixels
    blur: float = 0.0  # standard deviation of a Gaussian, in pixels
    cover: int = 0  # pixels of the side of a square that hides what is below it
    cover_across: int = 0  # pixels of its middle to the right of the picture's
    cover_down: int = 0  # pixels
    light: float = 0.0  # added to each pixel, from 0 to 1


def moved(inputs: Tensor, move: Move, ground: Tensor) -> Tensor:
    """Move a picture C×H×W as a network takes it; what comes into view, and the square, is as `ground`, C×H×W.

    A shift alone copies the pixels as they are; to turn, scale and blur interpolates.
    """
    values = inputs - ground
    if move.turn or move.scale != 1:
        values = _turned(values, move)
    values = shifted(values, across=move.across, down=move.down)
    if move.blur:
        values = _blurred(values, move.blur)
    if move.cover:
        values = _covered(values, move)
    return (values + ground + move.light).clamp(0, 1) if move != Move() else inputs


def shifted(pictures: Tensor, *, across: int, down: int) -> Tensor:
    """Shift pictures …×H×W by whole pixels, and fill with 0."""
    height, width = pictures.shape[-2:]
    edges = (max(across, 0), max(-across, 0), max(down, 0), max(-down, 0))
    padded = F.pad(pictures, edges)
    top, left = max(-down, 0), max(-across, 0)
    return padded[..., top : top + height, left : left + width]


class Shifts(NamedTuple):
    """How accuracies against the shift are measured: with so many pictures, every so many pixels."""

    every: int
    pictures: int


def shifts_for(*, mult_adds: int, pictures: int) -> Shifts | None:
    """Choose as many shifts and pictures as a network's cost for one picture allows; None where too few would be left.

    Of the pictures at most so many are taken.
    """
    cost = max(1, mult_adds)
    if (most := ROW_WORK // (cost * len(ALL_WAYS))) >= FEW_SHIFTED:
        return Shifts(1, min(most, pictures, MOST_SHIFTED))
    count = min(WORK // (cost * len(ALL_WAYS[::2]) ** 2), pictures, FEW_SHIFTED)
    return Shifts(2, count) if count >= FEWEST_SHIFTED else None


@torch.inference_mode()
def accuracies(
    network: nn.Sequential,
    inputs: Tensor,
    labels: Tensor,
    ground: Tensor,
    *,
    down: int,
    across: Sequence[int] = ALL_WAYS,
) -> Tensor:
    """Give the share of right answers to N pictures shifted by `down` pixels and by each of those across."""
    around = inputs - ground
    return torch.stack(
        [
            (_answers(network, shifted(around, across=each, down=down) + ground) == labels).float().mean()
            for each in across
        ]
    )


def _answers(network: nn.Sequential, inputs: Tensor) -> Tensor:
    return torch.cat([probabilities(network, some).argmax(dim=1) for some in torch.split(inputs, AT_ONCE)])


def _turned(values: Tensor, move: Move) -> Tensor:
    """Look up each pixel where it comes from: turned back, and brought back to its size."""
    _, height, width = values.shape
    angle = torch.deg2rad(torch.tensor(move.turn))
    cos, sin, ratio = angle.cos() / move.scale, angle.sin() / move.scale, height / width
    rows = [torch.stack([cos, sin * ratio, torch.zeros(())]), torch.stack([-sin / ratio, cos, torch.zeros(())])]
    grid = F.affine_grid(torch.stack(rows)[None], [1, *values.shape], align_corners=False)
    return F.grid_sample(values[None], grid, align_corners=False)[0]


def _blurred(values: Tensor, deviation: float) -> Tensor:
    reach = max(1, round(3 * deviation))
    bell = torch.exp(-0.5 * (torch.arange(-reach, reach + 1) / deviation) ** 2)
    bell /= bell.sum()
    across = F.conv2d(values[:, None], bell[None, None, None, :], padding=(0, reach))
    return F.conv2d(across, bell[None, None, :, None], padding=(reach, 0))[:, 0]


def _covered(values: Tensor, move: Move) -> Tensor:
    _, height, width = values.shape
    top, left = height // 2 + move.cover_down - move.cover // 2, width // 2 + move.cover_across - move.cover // 2
    hidden = values.clone()
    hidden[:, max(0, top) : max(0, top + move.cover), max(0, left) : max(0, left + move.cover)] = 0
    return hidden
