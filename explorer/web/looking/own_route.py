"""A picture of one's own in a run's network: it comes with the request, and is neither kept nor noted anywhere."""

import asyncio
from collections.abc import Mapping
from functools import partial

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from torch import Tensor

from explorer.data.datasets import find_info
from explorer.looking.maps import maps
from explorer.looking.own_picture import MOST_BYTES, Switches, own_input, own_pictures, small_picture, steps_of_own
from explorer.runs.store.rows import Run
from explorer.web.looking.look_route import answer
from explorer.web.looking.looked import network_of

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
    return await answer(request, partial(_maps, content, request.query_params), headers=HEADERS)


async def _body(request: Request) -> bytes | None:
    """Read it piece by piece, and stop where it is too large."""
    found = bytearray()
    async for piece in request.stream():
        found += piece
        if len(found) > MOST_BYTES:
            return None
    return bytes(found)


def _maps(content: bytes, query: Mapping[str, str], run: Run, asked: Mapping[str, int]) -> dict[str, Tensor]:
    stored_shape, design = find_info(run.dataset).image_shape, run.job.architecture
    network = network_of(run.id, design, asked["step"])
    steps = steps_of_own(content, _switches(query, own_pictures(run.dataset, stored_shape[0]).switches), stored_shape)
    shown = {f"step:{step.name}": small_picture(step) for step in steps}
    return maps(network, own_input(steps[-1], design.input_shape)) | shown


def _switches(query: Mapping[str, str], usual: Switches) -> Switches:
    """Read which steps are wanted; what the query leaves out is as it usually is."""
    wanted = {name: query[name] == "1" for name in Switches._fields if query.get(name) in ("0", "1")}
    return usual._replace(**wanted)
