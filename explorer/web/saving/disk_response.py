"""A file as an answer, sent as it is read.

Starlette's own `FileResponse` asks for a file's size and opens it later. A worker may put another checkpoint in its
place between the two, and a browser would then be sent more or less than it was told.
"""

from urllib.parse import quote

from starlette.concurrency import iterate_in_threadpool
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from explorer.data.file_part import FilePart


class DiskResponse(StreamingResponse):
    """Sends a file for a browser to save, and closes it."""

    def __init__(self, part: FilePart, file_name: str) -> None:
        headers = {
            "Content-Disposition": disposition(file_name),
            "Content-Length": str(part.size),
            "Content-Encoding": "identity",  # packing takes seconds, and makes weights hardly smaller
            "Cache-Control": "no-store",  # neither the browser keeps a second one, nor a proxy
            "X-Content-Type-Options": "nosniff",
        }
        super().__init__(part.pieces(), headers=headers, media_type="application/octet-stream")
        self._part = part

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; to who asks for the headers alone, those."""
        if scope["method"] == "HEAD":
            self.body_iterator = iterate_in_threadpool(iter(()))
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._part.close()


def disposition(file_name: str) -> str:
    """Write a header that has a browser save a file under a name; nothing in the name is taken for the header's."""
    return f"attachment; filename*=utf-8''{quote(file_name, safe='')}"
