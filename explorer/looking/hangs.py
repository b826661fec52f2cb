"""What an answer hangs on, beside what would look the same without it: untrained weights, another class."""

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor, nn

from explorer.looking.choices import ChoiceError, Classes
from explorer.looking.likeness import likeness
from explorer.looking.saliency import OCCLUSION, SAMPLES, Square, deviation, occlusion, saliency

TRAINED, UNTRAINED, OTHER = "trained", "untrained", "other"  # the rows of maps


class Question(NamedTuple):
    """What is asked of a picture: of which classes, at which layer's maps, with which square."""

    inputs: Tensor  # channels × height × width
    classes: Classes
    layer: str | None  # of Grad-CAM; None where no layer has maps
    square: Square


def hangs(trained: nn.Sequential, untrained: nn.Sequential, asked: Question) -> dict[str, Tensor]:
    """Give each method's map by names such as `trained/gradient`, with figures beside them.

    `untrained` has its rows for the same class; `like/untrained/gradient` is the likeness to the trained one's. Both
    networks end before their softmax. Raises `ChoiceError` where scores are not finite.
    """
    rows = _rows(trained, untrained, asked)
    found = {f"{row}/{name}": value for row, maps in rows.items() for name, value in maps.items()}
    if not all(value.isfinite().all() for value in found.values()):
        raise ChoiceError("At this step the network's scores are not finite: it diverged. Choose an earlier one.")
    return found | _likenesses(rows) | _figures(asked)


def _rows(trained: nn.Sequential, untrained: nn.Sequential, asked: Question) -> dict[str, dict[str, Tensor]]:
    (target, other), falls = asked.classes, occlusion(trained, asked.inputs, asked.square)
    first = occlusion(untrained, asked.inputs, asked.square)
    rows = {
        TRAINED: {OCCLUSION: falls[target]} | _steep(trained, asked, target),
        UNTRAINED: {OCCLUSION: first[target]} | _steep(untrained, asked, target),
    }
    return rows if other is None else rows | {OTHER: {OCCLUSION: falls[other]} | _steep(trained, asked, other)}


def _steep(network: nn.Sequential, asked: Question, target: int) -> dict[str, Tensor]:
    return saliency(network, asked.inputs, target=target, layer=asked.layer)


def _likenesses(rows: Mapping[str, Mapping[str, Tensor]]) -> dict[str, Tensor]:
    pairs = {
        f"like/{row}/{name}": likeness(rows[TRAINED][name], value)
        for row in rows
        if row != TRAINED
        for name, value in rows[row].items()
    }
    return {name: value[None] for name, value in pairs.items() if value is not None}


def _figures(asked: Question) -> dict[str, Tensor]:
    figures = {
        "class": asked.classes.target,
        "size": asked.square.size,
        "stride": asked.square.stride,
        "samples": SAMPLES,
        "noise": float(deviation(asked.inputs)),
    } | ({} if asked.classes.other is None else {"other": asked.classes.other})
    return {name: torch.tensor([float(value)]) for name, value in figures.items()}
