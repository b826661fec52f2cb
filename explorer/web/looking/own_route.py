"""A picture of one's own in a run's network: it comes with the request, and is neither kept nor noted anywhere."""

import asyncio
from base64 import b64decode
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from explorer.data.datasets import find_info
from explorer.looking.maps import maps
from explorer.looking.own_picture import (
    MOST_BYTES,
    Step,
    Switches,
    own_input,
    own_pictures,
    small_picture,
    steps_of_own,
)
from explorer.web.looking.hangs_route import hangs_of
from explorer.web.looking.look_route import CONTENT, answer
from explorer.web.looking.looked import network_of
from explorer.web.looking.subject import Asked, Find, Subject, Tensors

PATIENCE = 20.0  # seconds in which a picture comes
LARGE = f"The picture is too large: at most {MOST_BYTES:,} bytes are taken. Make it smaller first."
SLOW = f"The picture did not come within {PATIENCE:.0f} seconds. Try again."
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
CLOSED = {"Connection": "close"}  # the rest of a body is not read, and would be taken for another request


async def look_at_own(request: Request) -> Response:
    """Send what a network makes of the picture in the request's body, and the steps in which it came to its input."""
    return await _answered(request, find_own_maps)


async def look_why_at_own(request: Request) -> Response:
    """Send what the answer to that picture hangs on, chosen as for a test picture."""
    return await _answered(request, find_own_hangs)


async def _answered(request: Request, find: Find) -> Response:
    try:
        async with asyncio.timeout(PATIENCE):
            content = await _body(request)
    except TimeoutError:
        return PlainTextResponse(f"{SLOW}\n", 408, CLOSED)
    if content is None:
        return PlainTextResponse(f"{LARGE}\n", 413, CLOSED)
    return await answer(request, find, content=content, headers=HEADERS)


async def _body(request: Request) -> bytes | None:
    """Read it piece by piece, and stop where it is too large."""
    found = bytearray()
    async for piece in request.stream():
        found += piece
        if len(found) > MOST_BYTES:
            return None
    return bytes(found)


def find_own_maps(run: Subject, asked: Asked) -> Tensors:
    """Give the maps, and the steps of the picture as `step:cropped` and so on."""
    design, steps = run.job.architecture, _steps(run, asked)
    network = network_of(run.id, design, asked["step"])
    shown = {f"step:{step.name}": small_picture(step) for step in steps}
    return maps(network, own_input(steps[-1], design.input_shape)) | shown


def find_own_hangs(run: Subject, asked: Asked) -> Tensors:
    """Give the maps of each method, as `find_hangs` does."""
    return hangs_of(run, asked, own_input(_steps(run, asked)[-1], run.job.architecture.input_shape))


def _steps(run: Subject, asked: Asked) -> Sequence[Step]:
    stored_shape = find_info(run.dataset).image_shape
    switches = _switches(asked, own_pictures(run.dataset, stored_shape[0]).switches)
    return steps_of_own(b64decode(asked[CONTENT]), switches, stored_shape)


def _switches(query: Asked, usual: Switches) -> Switches:
    """Read which steps are wanted; what the query leaves out is as it usually is."""
    wanted = {name: query[name] == "1" for name in Switches._fields if query.get(name) in ("0", "1")}
    return usual._replace(**wanted)
