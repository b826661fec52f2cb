"""The picture that excites a map most, beside the one that the same finds for untrained weights."""

import torch
from starlette.requests import Request
from starlette.responses import Response

from explorer.looking.ascent import Found
from explorer.web.looking.look_route import answer
from explorer.web.looking.looked import check_size, picture_for
from explorer.web.looking.subject import Asked, Subject, Tensors


async def look_uphill(request: Request) -> Response:
    """Send the picture that gradient ascent finds for a map, and for the same map with the first weights."""
    return await answer(request, find_pictures)


def find_pictures(run: Subject, asked: Asked) -> Tensors:
    """Give the pictures and their values as `trained/picture`, `untrained/value` and so on."""
    check_size(run.job.architecture)
    steps = {"trained": asked["step"], "untrained": None}
    found = {name: picture_for(run.job, run.id, step, asked["layer"], asked["map"]) for name, step in steps.items()}
    return {f"{name}/{what}": value for name, one in found.items() for what, value in _tensors(one).items()}


def _tensors(found: Found) -> Tensors:
    return {"picture": found.picture, "value": found.value[None], "stuck": torch.tensor([float(found.is_stuck)])}
