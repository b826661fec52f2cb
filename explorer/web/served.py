"""What `app.py` serves: the script that draws the pages, the routes beside them, and what stands before both."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route, WebSocketRoute
from streamlit import config

from explorer.web.asked import WATCH_ADDRESS
from explorer.web.descriptors import allow_many_files
from explorer.web.guard import Guard
from explorer.web.library import PLOTLY_ADDRESS, plotly_library
from explorer.web.watch_route import watch

PAGES = str(Path(__file__).parents[1] / "ui" / "base" / "entrance.py")


def routes() -> list[BaseRoute]:
    """List what is served beside the pages, below the path that the app is told to have."""
    told = (config.get_option("server.baseUrlPath") or "").strip("/")
    base = f"/{told}" if told else ""
    watched = f"{base}/{WATCH_ADDRESS}/{{kind}}/{{id}}"
    return [Route(base + PLOTLY_ADDRESS, plotly_library), WebSocketRoute(watched, watch)]


def middleware() -> list[Middleware]:
    """List what stands before everything, the first outermost."""
    return [Middleware(Guard)]


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """Do what a server does at its start, and at its end."""
    allow_many_files()
    yield
