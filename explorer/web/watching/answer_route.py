"""A typed answer in a room comes by a request of its own: it is kept without its page being drawn anew, which takes as
long as hundreds of answers do.
"""

import asyncio
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from explorer.lessons.course.answer import MAX_ANSWER
from explorer.lessons.rooms.room import RoomError
from explorer.runs.store.database import StoreError
from explorer.web.base.shared import rooms
from explorer.web.door.persons import who_asks

MOST_BYTES = 4 * MAX_ANSWER + 1_000
UNREADABLE = "This is no answer that can be read. Load the page again."


class Sent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a page sends."""

    step: Annotated[str, Meta(max_length=40)]
    text: Annotated[str, Meta(max_length=MAX_ANSWER)]


_SENT = msgspec.json.Decoder(Sent)


async def answer(request: Request) -> Response:
    """Keep an answer to a step; what stands in the way is said with the status."""
    try:
        sent = _SENT.decode(await _body(request))
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return PlainTextResponse(f"{UNREADABLE}\n", 422)
    person, code = who_asks(request.cookies, request.headers), request.path_params["code"]
    try:
        await asyncio.to_thread(rooms().answer, code, person, sent.step, sent.text)
    except RoomError as error:
        return PlainTextResponse(f"{error}\n", 409)
    except StoreError as error:
        return PlainTextResponse(f"{error}\n", 503)
    return Response(status_code=204)


async def _body(request: Request) -> bytes:
    """Read what came, and of more than an answer can have nothing."""
    found = bytearray()
    async for piece in request.stream():
        found += piece
        if len(found) > MOST_BYTES:
            return b""
    return bytes(found)
