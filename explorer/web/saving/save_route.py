"""Large files go from the disk to the browser: weights, checkpoints and ONNX files.

An address names a kind and an id. That is looked up among the runs that its sender may see, or among the files that
were made here; no path is ever put together from it.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from explorer.data.file_part import FilePart
from explorer.runs.access.person import Person
from explorer.runs.access.seeing import SeenRuns
from explorer.runs.store.database import StoreError
from explorer.training.errors import TrainingError
from explorer.training.loop.checkpoint import open_weights
from explorer.web.base.shared import onnx_files, runs
from explorer.web.door.persons import who_asks
from explorer.web.saving.disk_response import DiskResponse

GONE = (
    "There is no such file here, or not any more: its run was deleted, or newer files took its place. "
    "Load the page again to see what can be saved."
)


class Saved(NamedTuple):
    """An open file, and its name for whoever saves it."""

    part: FilePart
    name: str


async def save(request: Request) -> Response:
    """Send a file, or say with the status 404 why there is none."""
    find = KINDS.get(request.path_params["kind"])
    person = who_asks(request.cookies, request.headers)
    try:
        found = await asyncio.to_thread(find, request.path_params["id"], person) if find else None
    except TrainingError as error:
        return PlainTextResponse(f"{error}\n", 404)
    except StoreError as error:
        return PlainTextResponse(f"{error}\n", 503)
    return DiskResponse(found.part, found.name) if found else PlainTextResponse(f"{GONE}\n", 404)


def _weights(run_id: str, person: Person) -> Saved | None:
    return _of_run("weights", run_id, person, open_weights)


def _checkpoint(run_id: str, person: Person) -> Saved | None:
    return _of_run("checkpoint", run_id, person, lambda path: FilePart(path.open("rb")))


def _of_run(what: str, run_id: str, person: Person, opened: Callable[[Path], FilePart]) -> Saved | None:
    run = SeenRuns(runs().store, person).run(run_id)
    path = runs().checkpoint(run.id) if run else None
    if run is None or path is None or not path.is_file():
        return None
    try:
        return Saved(opened(path), f"{what}-{run.id}{path.suffix}")
    except FileNotFoundError:  # since it was looked for
        return None


def _onnx(file_id: str, _person: Person) -> Saved | None:
    """Find a made file: who knows its id has seen its design, which is nobody's."""
    file = onnx_files().open(file_id)
    return Saved(FilePart(file), "design.onnx") if file else None


KINDS: dict[str, Callable[[str, Person], Saved | None]] = {
    "weights": _weights,
    "checkpoint": _checkpoint,
    "onnx": _onnx,
}
