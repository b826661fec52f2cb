"""What goes on ends by a request of its own: a page that is being left, or is not there yet, hears no click."""

import asyncio

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from explorer.runs.access.acting import ActingRuns
from explorer.runs.access.person import NotAllowedError, Person
from explorer.runs.scheduler.server import ReadOnlyError
from explorer.runs.store.database import StoreError
from explorer.runs.store.rows import is_of_room
from explorer.web.base.shared import runs
from explorer.web.door.class_work import class_work
from explorer.web.door.persons import who_asks

GONE = "There is no such run, race or sweep here."
STATUSES: dict[type[Exception], int] = {NotAllowedError: 403, ReadOnlyError: 409, StoreError: 503}


async def stop(request: Request) -> Response:
    """End a run, race or sweep after its step; what stands in the way is said with the status."""
    kind, name = request.path_params["kind"], request.path_params["id"]
    person = who_asks(request.cookies, request.headers)
    try:
        found = await asyncio.to_thread(_stop, kind, name, person)
    except tuple(STATUSES) as error:
        return PlainTextResponse(f"{error}\n", STATUSES[type(error)])
    return Response(status_code=204) if found else PlainTextResponse(f"{GONE}\n", 404)


def _stop(kind: str, name: str, person: Person) -> bool:
    """End it, and say whether it is there."""
    store, acting = runs().store, ActingRuns(runs(), person, class_work())
    kinds = {
        "run": (store.run, acting.cancel),
        "race": (store.race, acting.cancel_race),
        "sweep": (store.sweep, acting.stop_sweep),
    }
    find, end = kinds.get(kind, (lambda _: None, acting.cancel))
    found = find(name)
    if found is None or (not person.is_teacher and is_of_room(found.owner)):
        return False
    end(name)
    return True
