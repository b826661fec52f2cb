"""A picture of one's own in a run's network: it comes with the request, and is neither kept nor noted anywhere."""

import asyncio
from base64 import b64decode

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from explorer.data.datasets import find_info
from explorer.looking.maps import maps
from explorer.looking.own_picture import MOST_BYTES, Switches, own_input, own_pictures, small_picture, steps_of_own
from explorer.web.looking.look_route import CONTENT, answer
from explorer.web.looking.looked import network_of
from explorer.web.looking.subject import Asked, Subject, Tensors

PATIENCE = 20.0  # seconds in which a picture comes
LARGE = f"The picture is too large: at most {MOST_BYTES:,} bytes are taken. Make it smaller first."
SLOW = f"The picture did not come within {PATIENCE:.0f} seconds. Try again."
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
CLOSED = {"Connection": "close"}  # the rest of a body is not read, and would be taken for another request


async def look_at_own(request: Request) -> Response:
    """Send what a network makes of the picture in the request's body, and the steps in which it came to its input."""
    try:
        async with asyncio.timeout(PATIENCE):
            content = await _body(request)
    except TimeoutError:
        return PlainTextResponse(f"{SLOW}\n", 408, CLOSED)
    if content is None:
        return PlainTextResponse(f"{LARGE}\n", 413, CLOSED)
    return await answer(request, find_own_maps, content=content, headers=HEADERS)


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
    content, design = b64decode(asked[CONTENT]), run.job.architecture
    stored_shape = find_info(run.dataset).image_shape
    network = network_of(run.id, design, asked["step"])
    steps = steps_of_own(content, _switches(asked, own_pictures(run.dataset, stored_shape[0]).switches), stored_shape)
    shown = {f"step:{step.name}": small_picture(step) for step in steps}
    return maps(network, own_input(steps[-1], design.input_shape)) | shown


def _switches(query: Asked, usual: Switches) -> Switches:
    """Read which steps are wanted; what the query leaves out is as it usually is."""
    wanted = {name: query[name] == "1" for name in Switches._fields if query.get(name) in ("0", "1")}
    return usual._replace(**wanted)
