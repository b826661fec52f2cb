"""Trained weights go from the browser to the disk: first asked for, then sent, piece by piece and never held whole.

Streamlit's own uploads lie in the server's memory for as long as a tab is open, which a class would fill with a few
files. A refusal comes before a byte is sent: a browser hears no answer while it sends.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from functools import partial

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from explorer.architecture.errors import DesignError
from explorer.exchange.link import read_link
from explorer.exchange.weight_file import WeightFileError, check_size
from explorer.runs.access.acting import ActingRuns
from explorer.runs.access.allowance import LimitError
from explorer.runs.access.person import NotAllowedError, Person
from explorer.runs.background.weight_imports import ImportRefusedError, Sent, WeightImport, choose_dataset
from explorer.runs.scheduler.server import ReadOnlyError
from explorer.runs.store.database import StoreError
from explorer.runs.store.rows import ImportedWeights
from explorer.runs.store.run_files import KeptFiles
from explorer.training.errors import TrainingError
from explorer.training.recipe.recipe import Job, Recipe
from explorer.web.base.shared import runs, weight_imports
from explorer.web.door.class_work import class_work
from explorer.web.door.persons import who_asks

PATIENCE = 20.0  # seconds without a byte
LONGEST = 900.0  # seconds for all of it: 320 MB at 3 Mbit a second
PIECE = 2**20  # bytes that are written at once
MOST_LETTERS = 80  # of a file's name
GONE = "Nothing is waited for here, or not any more. Choose the file again."
SLOW = "The file did not come in time. Choose it again."
BROKEN_OFF = "The upload was broken off. Choose the file again."
LONGER = "More bytes came than the file was said to have. Choose it again."
CLOSED = {"Connection": "close"}  # the rest of a body is not read, and would be taken for another request
STATUSES: dict[type[Exception], int] = {
    DesignError: 422,
    WeightFileError: 413,
    LimitError: 429,
    NotAllowedError: 403,
    ImportRefusedError: 503,
    ReadOnlyError: 409,
    StoreError: 503,
    OSError: 507,
}


async def ask(request: Request) -> Response:
    """Answer with the id under which a file may be sent, or with why it may not."""
    person = who_asks(request.cookies, request.headers)
    try:
        found = await asyncio.to_thread(_receive, request.query_params, person)
    except tuple(STATUSES) as error:
        status = next(status for kind, status in STATUSES.items() if isinstance(error, kind))
        return PlainTextResponse(f"{error}\n", status)
    return PlainTextResponse(found.id)


def _receive(asked: Mapping[str, str], person: Person) -> WeightImport:
    """Give a place for a file, whose size, name, design and data set the query says."""
    size, design = asked.get("size", ""), read_link(asked.get("design", ""))
    count = int(size) if size.isascii() and size.isdecimal() and len(size) < 20 else 0
    check_size(count)
    acting = ActingRuns(runs(), person, class_work())
    acting.begin_import(count)
    job = Job(design, Recipe(dataset=choose_dataset(design, asked.get("dataset", ""))))
    sent = Sent(person.id, count, job, _name(asked.get("name", "")))
    return weight_imports().receive(sent, partial(_keep, acting))


def _name(told: str) -> str:
    """Take a file's name without its folders, and as long as a line has it."""
    name = "".join(letter for letter in told.replace("\\", "/").rpartition("/")[2] if letter.isprintable())
    return name.strip()[-MOST_LETTERS:] or "a file without a name"


def _keep(acting: ActingRuns, found: ImportedWeights, files: KeptFiles) -> str:
    try:
        return acting.keep_imported(found, files)
    except (StoreError, ReadOnlyError, OSError) as error:
        raise TrainingError(str(error)) from error


async def send(request: Request) -> Response:
    """Take the file that was asked for, and have it read."""
    person, found = who_asks(request.cookies, request.headers), weight_imports().find(request.path_params["id"])
    if found is None or found.sent.person != person.id or not found.begin():
        return PlainTextResponse(f"{GONE}\n", 404, CLOSED)
    try:
        async with asyncio.timeout(LONGEST):
            await _write(request, found)
    except TimeoutError:
        return _broken_off(found, SLOW, 408)
    except ClientDisconnect:
        return _broken_off(found, BROKEN_OFF, 400)
    except asyncio.CancelledError:
        found.refuse(BROKEN_OFF)
        raise
    except WeightFileError as error:
        return _broken_off(found, str(error), 413)
    except OSError as error:
        return _broken_off(found, f"The file cannot be kept here: {error.strerror}. Try again later.", 507)
    found.read()
    return Response(status_code=204)


def _broken_off(found: WeightImport, words: str, status: int) -> Response:
    found.refuse(words)
    return PlainTextResponse(f"{words}\n", status, CLOSED)


async def _write(request: Request, found: WeightImport) -> None:
    """Write what comes to the disk; raises `WeightFileError` where more comes than was said, and `OSError`."""
    pieces, waiting, left = request.stream(), bytearray(), found.sent.size
    with found.path.open("wb") as file:
        while (piece := await _next(pieces)) is not None:
            left -= len(piece)
            if left < 0:
                raise WeightFileError(LONGER)
            waiting += piece
            if len(waiting) >= PIECE:
                await asyncio.to_thread(file.write, bytes(waiting))
                waiting.clear()
        await asyncio.to_thread(file.write, bytes(waiting))


async def _next(pieces: AsyncIterator[bytes]) -> bytes | None:
    """Wait for the next piece, not for ever; None at the end."""
    async with asyncio.timeout(PATIENCE):
        return await anext(pieces, None)
