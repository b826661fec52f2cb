"""A server of its own for a yardstick, and what it takes of the computer, by what Linux tells of its process."""

import os
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from explorer.data.home import app_folder

TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100  # a second, in which Linux counts a process's time
PAGE = 4_096  # bytes


class Served:
    """A server that runs, by its address and its process."""

    def __init__(self, port: int, process: int) -> None:
        self.host = f"127.0.0.1:{port}"
        self._folder = Path(f"/proc/{process}")

    @property
    def seconds(self) -> float:
        """The processor time that it has taken, its workers' left out."""
        fields = (self._folder / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    @property
    def memory(self) -> int:
        """The bytes of memory that it has."""
        return int((self._folder / "statm").read_text().split()[1]) * PAGE

    def descriptors(self) -> Counter[str]:
        """Count what it has open, by kind: `socket`, `eventpoll`, `file`, …"""
        return Counter(map(_kind, self._open_ones()))

    def _open_ones(self) -> Iterator[str]:
        for entry in (self._folder / "fd").iterdir():
            with suppress(OSError):  # it was closed meanwhile
                yield str(entry.readlink())


def _kind(target: str) -> str:
    if target.startswith("/"):
        return "file"
    return target.partition(":")[2].strip("[]") if target.startswith("anon_inode") else target.partition(":")[0]


@contextmanager
def serve(home: Path, *more: str) -> Iterator[Served]:
    """Serve the app on a folder of its own until the end, with more of Streamlit's options."""
    port = _free_port()
    options = ["--server.headless=true", "--server.address=127.0.0.1", f"--server.port={port}", *more]
    command = [sys.executable, "-m", "streamlit", "run", str(app_folder() / "app.py"), *options]
    environment = os.environ | {"EXPLORER_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    log = (home / "server.log").open("wb")
    with log, subprocess.Popen(command, cwd=app_folder(), env=environment, stdout=log, stderr=log) as process:
        try:
            yield Served(port, process.pid)
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
