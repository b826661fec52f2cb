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

from explorer.architecture.analysis.reach import sight_at
from explorer.architecture.build import layer_names
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import trace
from explorer.data.files import DataError
from explorer.looking.choices import ChoiceError
from explorer.looking.exciting import NoSuchLayerError, alike_maps, nine_strongest
from explorer.looking.maps import maps, weights
from explorer.looking.own_picture import OwnPictureError
from explorer.runs.access.person import Person
from explorer.runs.access.seeing import SeenRuns
from explorer.runs.store.database import StoreError
from explorer.runs.store.rows import Run
from explorer.training.errors import TrainingError
from explorer.web.base.shared import runs
from explorer.web.door.persons import who_asks
from explorer.web.looking.looked import (
    NoSuchPictureError,
    TooLargeError,
    answers_of,
    first_inputs,
    inputs_of,
    network_of,
    plane_of,
    responses_of,
)

GONE = "There is no such run here, or not any more. Load the page again to see what can be looked into."
HEADERS = {"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"}  # a step does not change


Tensors = dict[str, Tensor]
Find = Callable[[Run, Mapping[str, Any]], Tensors]


async def look_at(request: Request) -> Response:
    """Send what a network makes of a test picture."""
    return await answer(request, _maps)


async def look_with(request: Request) -> Response:
    """Send what the network's layers weigh with."""
    return await answer(request, _weights)


async def look_for(request: Request) -> Response:
    """Send which test pictures excite a map most."""
    return await answer(request, _exciting)


async def look_over(request: Request) -> Response:
    """Send where the test pictures lie at a layer."""
    return await answer(request, _lying)


async def look_through(request: Request) -> Response:
    """Send what the network answers to the test pictures."""
    return await answer(request, _answers)


async def answer(
    request: Request,
    find: Find,
    *,
    write: Callable[[Tensors], bytes] = save,
    headers: Mapping[str, str] = HEADERS,
) -> Response:
    """Send what `find` gives for a run to who may see that run; what stands in the way is said with the status."""
    person, asked = who_asks(request.cookies, request.headers), {**request.query_params, **request.path_params}
    try:
        found = await asyncio.to_thread(_find, asked, person, find)
    except OwnPictureError as error:
        return PlainTextResponse(f"{error}\n", 422)
    except (TrainingError, DataError, NoSuchPictureError, NoSuchLayerError, TooLargeError, ChoiceError) as error:
        return PlainTextResponse(f"{error}\n", 404)
    except StoreError as error:
        return PlainTextResponse(f"{error}\n", 503)
    if found is None:
        return PlainTextResponse(f"{GONE}\n", 404)
    return Response(await asyncio.to_thread(write, found), media_type="application/octet-stream", headers=headers)


def _find(asked: Mapping[str, Any], person: Person, find: Find) -> Tensors | None:
    run = SeenRuns(runs().store, person).run(asked["id"])
    if run is None or not run.is_readable:
        return None
    # A file of safetensors takes no two tensors that share their numbers, as a flattened one does.
    return {name: value.clone(memory_format=torch.contiguous_format) for name, value in find(run, asked).items()}


def _maps(run: Run, asked: Mapping[str, Any]) -> Tensors:
    return maps(network_of(run.id, run.job.architecture, asked["step"]), inputs_of(run, asked["picture"]))


def _weights(run: Run, asked: Mapping[str, Any]) -> Tensors:
    return weights(network_of(run.id, run.job.architecture, asked["step"]))


def _answers(run: Run, asked: Mapping[str, Any]) -> Tensors:
    """Give the likeliest class of each picture as `answers`, and its probability as `shares`."""
    shares, answers = answers_of(run.id, run.job.architecture, run.dataset, asked["step"]).max(dim=1)
    return {"answers": answers.float(), "shares": shares}


def _lying(run: Run, asked: Mapping[str, Any]) -> Tensors:
    found = plane_of(run.id, run.job.architecture, run.dataset, asked["step"], asked["layer"])
    return found._asdict()


def _exciting(run: Run, asked: Mapping[str, Any]) -> Tensors:
    """Give the pictures as `inputs`, their `numbers` and `values`, and the `frames` that the responses see.

    `all` has the map's response to each picture, `alike` the maps of the layer that respond alike to all of them.
    """
    design, layer, channel = run.job.architecture, asked["layer"], asked["map"]
    found = responses_of(run.id, design, run.dataset, asked["step"], layer)
    numbers = nine_strongest(found, channel=channel)
    return {
        "inputs": first_inputs(run.dataset, design)[numbers],
        "numbers": numbers.float(),
        "values": found.values[numbers, channel],
        "frames": _frames(design, layer, found.places[numbers, channel].tolist()),
        "all": found.values[:, channel],
        "alike": alike_maps(found).float(),
    }


def _frames(design: Architecture, layer: str, places: list[int]) -> Tensor:
    """Frame what a value at each place sees: top, left, bottom and right in pixels of the input, padding included.

    Without rows for values that see all of it.
    """
    index = layer_names(design.layers).index(layer)
    width = trace(design).rows[index].output_shape[-1]
    seen = [sight_at(design, index, divmod(place, width)) for place in places]
    edges = [(each[0].start, each[1].start, each[0].stop, each[1].stop) for each in seen if each]
    return torch.tensor(edges, dtype=torch.float32).reshape(-1, 4)
