"""A web server on this machine that has a data set's files, or fails as a mirror may."""

import contextlib
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


class Mirror:
    """Serves `files` by the last part of the address; of the one named `slow`, half, and the rest a byte at a time.

    A slow file ends with `hurry`. No client's patience ends first: each byte renews it.

    Also answers as a proxy for http addresses, so a process that knows only the real mirrors can be sent here.
    """

    def __init__(self, files: Mapping[str, bytes], slow: str = "") -> None:
        self.requests: list[str] = []
        self.half_sent = threading.Event()
        self.hurry = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler(files, slow))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.hurry.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(mirror, files: Mapping[str, bytes], slow: str) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = self.path.rpartition("/")[2]
                mirror.requests.append(name)
                if name in files:
                    with contextlib.suppress(ConnectionError):  # the client may be gone
                        self._send(files[name], slow=name == slow)
                else:
                    self.send_error(404)

            def _send(self, content: bytes, *, slow: bool) -> None:
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                sent = len(content) // 2 if slow else 0
                self.wfile.write(content[:sent])
                if slow:
                    mirror.half_sent.set()
                while slow and not mirror.hurry.wait(0.05):
                    self.wfile.write(content[sent : sent + 1])
                    sent += 1
                self.wfile.write(content[sent:])

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        return Handler
