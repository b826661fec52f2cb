"""A moved test picture in a run's network, and the accuracies with all pictures shifted."""

import math
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import numpy as np
from safetensors.numpy import load
from starlette.requests import Request
from starlette.responses import Response

from explorer.looking.choices import ChoiceError
from explorer.looking.maps import maps
from explorer.looking.moving import FARTHEST, Move, moved
from explorer.web.looking.look_route import HEADERS, answer
from explorer.web.looking.looked import ground_of, inputs_of, network_of, shift_accuracies
from explorer.web.looking.subject import Asked, Subject, Tensors

BOUNDS: dict[str, tuple[float, float]] = {
    "turn": (-180, 180),
    "scale": (0.25, 4),
    "across": (-512, 512),
    "down": (-512, 512),
    "blur": (0, 8),
    "cover": (0, 512),
    "cover_across": (-512, 512),
    "cover_down": (-512, 512),
    "light": (-1, 1),
}
WHOLE = tuple(name for name, kind in Move.__annotations__.items() if kind is int)


async def look_at_moved(request: Request) -> Response:
    """Send what a network makes of a test picture that the query's turn, scale, shift and so on have moved."""
    return await answer(request, find_maps)


async def save_values(request: Request) -> Response:
    """Send the same as a file of NumPy arrays, by the layers' names."""
    return await answer(request, find_maps, write=_npz, headers={**HEADERS, "Content-Disposition": "attachment"})


def _npz(found: bytes) -> bytes:
    written = BytesIO()
    np.savez_compressed(written, allow_pickle=False, **load(found))
    return written.getvalue()


async def look_at_shifts(request: Request) -> Response:
    """Send the share of right answers to pictures shifted by `down` of the query, and by its `across` or all."""
    return await answer(request, find_accuracies)


def find_maps(run: Subject, asked: Asked) -> Tensors:
    """Give what each layer makes of the moved picture, by the layers' names."""
    network = network_of(run.id, run.job.architecture, asked["step"])
    return maps(network, moved(inputs_of(run, asked["picture"]), read_move(asked), ground_of(run)))


def find_accuracies(run: Subject, asked: Asked) -> Tensors:
    """Give the shares of right answers as `accuracies`: one where `across` is asked for, else one a shift across."""
    ways = {
        name: int(_number(name, asked[name], (-FARTHEST, FARTHEST))) for name in ("down", "across") if name in asked
    }
    return {"accuracies": shift_accuracies(run, asked["step"], ways.get("down", 0), ways.get("across"))}


def read_move(asked: Mapping[str, Any]) -> Move:
    """Read a move from a query; raises `ChoiceError` for what is no number or out of its bounds."""
    given = {name: _number(name, asked[name], bounds) for name, bounds in BOUNDS.items() if name in asked}
    move: Mapping[str, Any] = {name: int(value) if name in WHOLE else value for name, value in given.items()}
    return Move(**move)


def _number(name: str, text: str, bounds: tuple[float, float]) -> float:
    low, high = bounds
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    is_kind = name not in WHOLE or number.is_integer()
    if not (low <= number <= high and is_kind):
        kind = "a whole number" if name in WHOLE else "a number"
        raise ChoiceError(f"{name}: found {text[:40]!r}; allowed: {kind} from {low:g} to {high:g}.")
    return number
