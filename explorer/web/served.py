"""What `app.py` serves: the script that draws the pages, the routes beside them, and what stands before both."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path

from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route, WebSocketRoute

from explorer.runs.access.person import Person
from explorer.training.no_compiler import leave_out_the_compiler
from explorer.web.base.library import CODE_ADDRESS, PLOTLY_ADDRESS, plotly_library, published_code
from explorer.web.base.once import close_all
from explorer.web.door.admission import Admission
from explorer.web.door.announce import announce, base_path
from explorer.web.door.class_limits import class_limits
from explorer.web.door.classroom import the_classroom
from explorer.web.door.join import ADDRESS, Door, Entered
from explorer.web.door.upload_bounds import upload_bounds
from explorer.web.drawings import Drawings
from explorer.web.guard.descriptors import allow_many_files
from explorer.web.guard.guard import Guard
from explorer.web.guard.this_computer import ThisComputer
from explorer.web.later import Later
from explorer.web.left_pages import leave_pages
from explorer.web.looking.look_address import LOOK_ADDRESS
from explorer.web.page_html import page_addresses, page_html
from explorer.web.saving.import_address import IMPORT_ADDRESS
from explorer.web.saving.save_address import SAVE_ADDRESS
from explorer.web.watching.asked import WATCH_ADDRESS

PAGES = str(Path(__file__).parents[1] / "ui" / "base" / "entrance.py")
LONG_TO_LOAD = "torch"  # seconds, in which a browser gets the frame of a page
HEALTH = {f"/{name}": Later("explorer.web.health", name) for name in ("healthz", "readyz", "metrics")}
LOOKS = {
    "test/{picture:int}": Later("explorer.web.looking.look_route", "look_at"),
    "excites/{layer}/{map:int}": Later("explorer.web.looking.look_route", "look_for"),
    "ascent/{layer}/{map:int}": Later("explorer.web.looking.ascent_route", "look_uphill"),
    "plane/{layer}": Later("explorer.web.looking.look_route", "look_over"),
    "test/{picture:int}/hangs": Later("explorer.web.looking.hangs_route", "look_why"),
    "test/{picture:int}/moved": Later("explorer.web.looking.moved_route", "look_at_moved"),
    "test/{picture:int}/values.npz": Later("explorer.web.looking.moved_route", "save_values"),
    "pictures": Later("explorer.web.looking.look_route", "look_small"),
    "answers": Later("explorer.web.looking.look_route", "look_through"),
    "shifts": Later("explorer.web.looking.moved_route", "look_at_shifts"),
    "weights": Later("explorer.web.looking.look_route", "look_with"),
    "weights/{layer}": Later("explorer.web.looking.look_route", "look_with"),
    "weights/{layer}/{row:int}": Later("explorer.web.looking.look_route", "look_with"),
}
PUBLIC = frozenset(HEALTH)  # what answers who is not of the class


def routes() -> list[BaseRoute]:
    """List what is served beside the pages, below the path that the app is told to have."""
    base = base_path()
    watch = Later("explorer.web.watching.watch_route", "watch")
    save = Later("explorer.web.saving.save_route", "save")
    found: list[BaseRoute] = [WebSocketRoute(f"{base}/{WATCH_ADDRESS}/{{kind}}/{{id}}", watch)]
    found.append(Route(f"{base}/{SAVE_ADDRESS}/{{kind}}/{{id}}", save, methods=["GET"]))
    for path, method, name in ((IMPORT_ADDRESS, "POST", "ask"), (f"{IMPORT_ADDRESS}/{{id}}", "PUT", "send")):
        found.append(Route(f"{base}/{path}", Later("explorer.web.saving.import_route", name), methods=[method]))
    given = Later("explorer.web.watching.answer_route", "answer")
    found.append(Route(f"{base}/room/{{code}}/answer", given, methods=["POST"]))
    stop = Later("explorer.web.watching.stop_route", "stop")
    found.append(Route(f"{base}/stop/{{kind}}/{{id}}", stop, methods=["POST"]))
    looks = {f"{base}/{LOOK_ADDRESS}/{{id}}/{{step:int}}/{what}": answer for what, answer in LOOKS.items()}
    found += [Route(path, answer, methods=["GET"]) for path, answer in looks.items()]
    own = Later("explorer.web.looking.own_route", "look_at_own")
    why = Later("explorer.web.looking.own_route", "look_why_at_own")
    found.append(Route(f"{base}/{LOOK_ADDRESS}/{{id}}/{{step:int}}/own", own, methods=["POST"]))
    found.append(Route(f"{base}/{LOOK_ADDRESS}/{{id}}/{{step:int}}/own/hangs", why, methods=["POST"]))
    found += [Route(base + path, answer, methods=["GET"]) for path, answer in HEALTH.items()]
    found += [Route(base + PLOTLY_ADDRESS, plotly_library), Route(base + CODE_ADDRESS, published_code)]
    found += [Route(base + path, page_html) for path in page_addresses()]
    if room := the_classroom():
        door = Door(room, base=base, enter_room=_enter_room)
        found += [
            Route(base + ADDRESS, door.show, methods=["GET"]),
            Route(base + ADDRESS, door.enter, methods=["POST"]),
        ]
    return found


def _enter_room(code: str, person: Person) -> Entered | None:
    """Look for a room by a code that is not the class's, with what brings torch."""
    entered: Entered | None = import_module("explorer.web.base.room_door").enter_room(code, person)
    return entered


def middleware() -> list[Middleware]:
    """List what stands before everything, the first outermost."""
    found = [Middleware(Guard)]
    if room := the_classroom():
        found.append(Middleware(Admission, room=room, base=base_path(), public=PUBLIC, limits=class_limits))
    else:
        found.append(Middleware(ThisComputer))
    return [*found, Middleware(Drawings), upload_bounds()]


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """Do what a server does at its start, and at its end."""
    allow_many_files()
    leave_pages()
    leave_out_the_compiler()  # the first Train page would load it, for a second, only to foretell its memory
    if room := the_classroom():
        announce(room)
    threading.Thread(target=import_module, args=(LONG_TO_LOAD,), daemon=True).start()
    yield
    await asyncio.to_thread(close_all)  # not at the process's exit: the server ends by the signal that stops it
