"""What `app.py` serves: the script that draws the pages, the routes beside them, and what stands before both."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route, WebSocketRoute
from streamlit import config

from explorer.web.base.library import CODE_ADDRESS, PLOTLY_ADDRESS, plotly_library, published_code
from explorer.web.base.shared import close
from explorer.web.door.admission import Admission
from explorer.web.door.announce import announce
from explorer.web.door.class_work import class_limits
from explorer.web.door.classroom import the_classroom
from explorer.web.door.join import ADDRESS, Door
from explorer.web.door.upload_bounds import upload_bounds
from explorer.web.drawings import Drawings
from explorer.web.guard.descriptors import allow_many_files
from explorer.web.guard.guard import Guard
from explorer.web.guard.this_computer import ThisComputer
from explorer.web.health import healthz, metrics, readyz
from explorer.web.page_html import page_addresses, page_html
from explorer.web.saving.save_route import SAVE_ADDRESS, save
from explorer.web.watching.asked import WATCH_ADDRESS
from explorer.web.watching.watch_route import watch

PAGES = str(Path(__file__).parents[1] / "ui" / "base" / "entrance.py")
HEALTH = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}
PUBLIC = frozenset(HEALTH)  # what answers who is not of the class


def routes() -> list[BaseRoute]:
    """List what is served beside the pages, below the path that the app is told to have."""
    base = _base()
    watched = f"{base}/{WATCH_ADDRESS}/{{kind}}/{{id}}"
    found: list[BaseRoute] = [Route(base + PLOTLY_ADDRESS, plotly_library)]
    found += [Route(base + CODE_ADDRESS, published_code), WebSocketRoute(watched, watch)]
    found.append(Route(f"{base}/{SAVE_ADDRESS}/{{kind}}/{{id}}", save))
    found += [Route(base + path, answer) for path, answer in HEALTH.items()]
    found += [Route(base + path, page_html) for path in page_addresses()]
    if room := the_classroom():
        door = Door(room, base=base)
        found += [
            Route(base + ADDRESS, door.show, methods=["GET"]),
            Route(base + ADDRESS, door.enter, methods=["POST"]),
        ]
    return found


def middleware() -> list[Middleware]:
    """List what stands before everything, the first outermost."""
    found = [Middleware(Guard)]
    if room := the_classroom():
        found.append(Middleware(Admission, room=room, base=_base(), public=PUBLIC, limits=class_limits))
    else:
        found.append(Middleware(ThisComputer))
    return [*found, Middleware(Drawings), upload_bounds()]


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """Do what a server does at its start, and at its end."""
    allow_many_files()
    if room := the_classroom():
        announce(room, base=_base())
    yield
    await asyncio.to_thread(close)  # not at the process's exit: the server ends by the signal that stops it


def _base() -> str:
    told = (config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{told}" if told else ""
