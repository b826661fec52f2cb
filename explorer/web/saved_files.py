"""Large files go from the disk to the browser as they are read, a piece at a time.

Streamlit's own download button takes a file into the server's memory, whole, packs it there and holds it until the page
is drawn again; each piece here is 64 kB. The served app's routes are to have `SavedFiles.route`.
"""

import secrets
from collections import OrderedDict
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

FOLDER = "saved"
MOST_OFFERED = 1_000  # files; the one that was offered longest ago makes room
GONE = "This file is not there any more. Go back to the page, and make it again."
# A browser would have it packed: seconds of computing that make weights hardly smaller.
AS_IT_IS = {"Content-Encoding": "identity"}


class Offer(NamedTuple):
    """A file, and its name for whoever saves it."""

    path: Path
    file_name: str


class SavedFiles:
    """The files that pages offer, each at an address that nobody can guess; may be used from several threads."""

    def __init__(self) -> None:
        self._offers: OrderedDict[str, Offer] = OrderedDict()
        self.route = Route(f"/{FOLDER}/{{name}}", self._answer, methods=["GET"])

    def offer(self, path: Path, file_name: str) -> str:
        """Give the address of a file, relative to the app's pages; a file that is offered again keeps its own."""
        offer = Offer(path, file_name)
        name = next((name for name, known in tuple(self._offers.items()) if known == offer), secrets.token_urlsafe(16))
        self._offers[name] = offer
        self._offers.move_to_end(name)
        while len(self._offers) > MOST_OFFERED:
            self._offers.popitem(last=False)
        return f"{FOLDER}/{name}"

    async def _answer(self, request: Request) -> Response:
        offer = self._offers.get(request.path_params["name"])
        if offer is None or not offer.path.is_file():
            return PlainTextResponse(GONE, 404)
        return FileResponse(offer.path, filename=offer.file_name, headers=AS_IT_IS)
