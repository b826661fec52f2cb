"""One picture in a run's network, as tensors for the page that draws them; and what its layers weigh their inputs with.

They go as a file of safetensors, which a browser reads in place. Who may not see a run learns nothing of it.
"""

import asyncio
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812  # torch's own name for it
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from torch import Tensor

from explorer.architecture.analysis.reach import sight_at
from explorer.architecture.build import layer_names
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import trace
from explorer.data.datasets import find_info
from explorer.looking.choices import number_of
from explorer.looking.exciting import alike_maps, nine_strongest
from explorer.looking.maps import maps, weights
from explorer.runs.access.person import Person
from explorer.runs.access.seeing import SeenRuns
from explorer.runs.store.database import StoreError
from explorer.web.base.shared import runs
from explorer.web.door.persons import who_asks
from explorer.web.looking.looked import (
    answers_of,
    first_inputs,
    inputs_of,
    is_small,
    kept_weights_of,
    network_of,
    plane_of,
    responses_of,
    test_pictures,
)
from explorer.web.looking.looker import LookerError, looker
from explorer.web.looking.looker_answers import answer_order
from explorer.web.looking.subject import Answer, Asked, Find, Order, Subject, Tensors, name_of

GONE = "There is no such run here, or not any more. Load the page again to see what can be looked into."
HEADERS = {"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"}  # a step does not change
SMALL_SIDE = 28  # pixels
CONTENT = "content"  # of what is asked: in base64, what came with the request


async def look_at(request: Request) -> Response:
    """Send what a network makes of a test picture."""
    return await answer(request, find_maps)


async def look_with(request: Request) -> Response:
    """Send what the network's layers weigh with."""
    return await answer(request, find_weights)


async def look_for(request: Request) -> Response:
    """Send which test pictures excite a map most."""
    return await answer(request, find_exciting)


async def look_over(request: Request) -> Response:
    """Send where the test pictures lie at a layer."""
    return await answer(request, find_lying)


async def look_small(request: Request) -> Response:
    """Send the test pictures small, to be seen where the pointer is."""
    return await answer(request, find_small_pictures)


async def look_through(request: Request) -> Response:
    """Send what the network answers to the test pictures."""
    return await answer(request, find_answers)


async def answer(
    request: Request,
    find: Find,
    *,
    content: bytes = b"",
    write: Callable[[bytes], bytes] = bytes,
    headers: Mapping[str, str] = HEADERS,
) -> Response:
    """Send what `find` gives for a run to who may see that run; what stands in the way is said with the status.

    `content` is what came with the request, and `write` makes the file that is sent of one of safetensors.
    """
    person, asked = who_asks(request.cookies, request.headers), {**request.query_params, **request.path_params}
    asked[CONTENT] = b64encode(content).decode()
    try:
        found = await asyncio.to_thread(_find, asked, person, find)
    except (StoreError, LookerError) as error:
        return PlainTextResponse(f"{error}\n", 503)
    if found is None:
        return PlainTextResponse(f"{GONE}\n", 404)
    if found.refusal:
        return PlainTextResponse(f"{found.refusal}\n", found.status)
    return Response(await asyncio.to_thread(write, found.found), media_type="application/octet-stream", headers=headers)


def _find(asked: dict[str, Any], person: Person, find: Find) -> Answer | None:
    """Look in this process into what is small, and have the others looked into."""
    run = SeenRuns(runs().store, person).run(asked["id"])
    if run is None or not run.is_readable:
        return None
    subject = Subject(run.id, run.job, run.dataset)
    if is_small(run.job.architecture):
        return answer_order(Order(0, name_of(find), subject, asked))
    return looker().ask(find, subject, asked)


def find_maps(run: Subject, asked: Asked) -> Tensors:
    """Give what each layer makes of a test picture, by the layers' names."""
    return maps(network_of(run.id, run.job.architecture, asked["step"]), inputs_of(run, asked["picture"]))


def find_weights(run: Subject, asked: Asked) -> Tensors:
    """Give what the layers weigh with, by torch's names; of one layer where one is asked for, and of one row of it."""
    kept = kept_weights_of(run.id, asked["step"], asked["layer"]) if "layer" in asked else {}
    found = kept or weights(network_of(run.id, run.job.architecture, asked["step"]))
    if "layer" not in asked:
        return found
    of_layer = {name: value for name, value in found.items() if name.startswith(f"{asked['layer']}.")}
    row = asked.get("row")
    if not isinstance(row, int):  # none is asked for in the address
        return of_layer
    return {name: value[row : row + 1] for name, value in of_layer.items()}


def find_answers(run: Subject, asked: Asked) -> Tensors:
    """Give the likeliest class of each picture as `answers`, and its probability as `shares`."""
    shares, answers = answers_of(run.id, run.job.architecture, run.dataset, asked["step"]).max(dim=1)
    return {"answers": answers.float(), "shares": shares}


def find_small_pictures(run: Subject, asked: Asked) -> Tensors:  # no step changes them
    """Give the first test pictures as bytes, N×C×H×W, at most 28 pixels high and wide."""
    inputs = first_inputs(run.dataset, run.job.architecture)
    size = [min(SMALL_SIDE, side) for side in inputs.shape[2:]]
    small = F.interpolate(inputs, size=size, mode="bilinear", antialias=True) if size != [*inputs.shape[2:]] else inputs
    return {"pictures": small.mul(255).round().to(torch.uint8)}


def find_lying(run: Subject, asked: Asked) -> Tensors:
    """Give the places of the test pictures in the plane, and the share of spread that it keeps."""
    found = plane_of(run.id, run.job.architecture, run.dataset, asked["step"], asked["layer"])
    return found._asdict()


def find_exciting(run: Subject, asked: Asked) -> Tensors:
    """Give the pictures as `inputs`, their `numbers` and `values`, and the `frames` that the responses see.

    They are of one class where one is asked for. `all` has the map's response to each picture, `alike` the maps of the
    layer that respond alike to all of them.
    """
    design, layer, channel = run.job.architecture, asked["layer"], asked["map"]
    found = responses_of(run.id, design, run.dataset, asked["step"], layer)
    numbers = nine_strongest(found, channel=channel, among=_among(run, asked.get("class"), len(found.values)))
    return {
        "inputs": first_inputs(run.dataset, design)[numbers],
        "numbers": numbers.float(),
        "values": found.values[numbers, channel],
        "frames": _frames(design, layer, found.places[numbers, channel].tolist()),
        "all": found.values[:, channel],
        "alike": alike_maps(found).float(),
    }


def _among(run: Subject, named: str | None, count: int) -> Tensor | None:
    """Say of each picture whether it is of a class; None where none is asked for."""
    if named is None:
        return None
    number = number_of("class", named, range(len(find_info(run.dataset).classes)))
    return test_pictures(run.dataset).labels[:count] == number


def _frames(design: Architecture, layer: str, places: list[int]) -> Tensor:
    """Frame what a value at each place sees: top, left, bottom and right in pixels of the input.

    Without rows for values that see all of it.
    """
    index = layer_names(design.layers).index(layer)
    width = trace(design).rows[index].output_shape[-1]
    seen = [sight_at(design, index, divmod(place, width)) for place in places]
    edges = [each.box for each in seen if each]
    return torch.tensor(edges, dtype=torch.float32).reshape(-1, 4)
