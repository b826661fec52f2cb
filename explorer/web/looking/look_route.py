"""One picture in a run's network, as tensors for the page that draws them; and what its layers weigh their inputs with.

They go as a file of safetensors, which a browser reads in place. Who may not see a run learns nothing of it.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import torch
from safetensors.torch import save
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from torch import Tensor

from explorer.data.files import DataError
from explorer.looking.choices import ChoiceError
from explorer.looking.maps import maps, weights
from explorer.runs.access.person import Person
from explorer.runs.access.seeing import SeenRuns
from explorer.runs.store.database import StoreError
from explorer.runs.store.rows import Run
from explorer.training.errors import TrainingError
from explorer.web.base.shared import runs
from explorer.web.door.persons import who_asks
from explorer.web.looking.looked import NoSuchPictureError, TooLargeError, inputs_of, network_of

GONE = "There is no such run here, or not any more. Load the page again to see what can be looked into."
HEADERS = {"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"}  # a step does not change


Tensors = dict[str, Tensor]


async def look_at(request: Request) -> Response:
    """Send what a network makes of a test picture."""
    return await answer(request, _maps)


async def look_with(request: Request) -> Response:
    """Send what the network's layers weigh with."""
    return await answer(request, _weights)


async def answer(request: Request, find: Callable[[Run, Mapping[str, Any]], Tensors]) -> Response:
    """Send what is found of a run, for who may see it; `find` is asked beside the event loop."""
    person, asked = who_asks(request.cookies, request.headers), {**request.query_params, **request.path_params}
    try:
        found = await asyncio.to_thread(_find, asked, person, find)
    except (TrainingError, DataError, NoSuchPictureError, TooLargeError, ChoiceError) as error:
        return PlainTextResponse(f"{error}\n", 404)
    except StoreError as error:
        return PlainTextResponse(f"{error}\n", 503)
    if found is None:
        return PlainTextResponse(f"{GONE}\n", 404)
    return Response(found, media_type="application/octet-stream", headers=HEADERS)


def _find(asked: Mapping[str, Any], person: Person, find: Callable[[Run, Mapping[str, Any]], Tensors]) -> bytes | None:
    run = SeenRuns(runs().store, person).run(asked["id"])
    if run is None or not run.is_readable:
        return None
    alone = {name: value.clone(memory_format=torch.contiguous_format) for name, value in find(run, asked).items()}
    return save(alone)  # which takes no two tensors that share their numbers, as a flattened one does


def _maps(run: Run, asked: Mapping[str, Any]) -> Tensors:
    return maps(network_of(run.id, run.job.architecture, asked["step"]), inputs_of(run, asked["picture"]))


def _weights(run: Run, asked: Mapping[str, Any]) -> Tensors:
    return weights(network_of(run.id, run.job.architecture, asked["step"]))
