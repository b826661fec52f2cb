"""The ONNX files that one server prepares: a process for each, one at a time, since each takes much memory.

A file stays on the disk, in a folder of this server's, until newer ones push it out or nobody has saved it for long. It
is gone with the server, or, where that was killed, with the next one's start.
"""

import secrets
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from explorer.architecture.spec import Architecture, to_json
from explorer.runs.child_process import ChildProcess, End, module_command
from explorer.runs.scratch_folder import ScratchFolder

KEPT = 8  # files
MOST_BYTES = 4_000_000_000  # of all together: two of the largest that there can be
UNUSED = 3_600.0  # seconds after which a file that nobody saves makes room
NOT_READY = 2  # files of one person that are being made or wait for it
TOO_MANY = f"{NOT_READY} files that you asked for are not ready yet. Ask again when one of them is."


class OnnxFiles:
    """Prepares files, tells how far each is, and gives them; may be used from several threads."""

    def __init__(self, home: Path) -> None:
        """Take the folder for all."""
        self._home = home
        self._scratch: ScratchFolder | None = None  # made with the first file: a home that is read-only shows the menu
        self._lock = threading.Lock()
        self._turn = threading.Lock()  # held by the file that is being made
        self._files: OrderedDict[str, OnnxFile] = OrderedDict()
        self._number = 0

    def prepare(self, architecture: Architecture, person: str) -> None:
        """Start to make a design's file for who asks for it, unless it is made already."""
        design = to_json(architecture)
        with self._lock:
            if (known := self._files.get(design)) and not known.cause:
                return
            self._number += 1
            self._files[design] = file = OnnxFile(
                design, f"{self._number}.onnx", self._own_folder, self._turn, person=person
            )
            if sum(not each.ended and each.person == file.person for each in self._files.values()) > NOT_READY:
                file.refuse(TOO_MANY)
            else:
                file.begin()
            self._drop_old()

    def find(self, architecture: Architecture) -> "OnnxFile | None":
        """Give a design's file, ready or not; None if nobody asked for it, or not for long."""
        with self._lock:
            self._drop_old()
            return self._files.get(to_json(architecture))

    def open(self, file_id: str) -> BinaryIO | None:
        """Open a made file by its id; None where there is none, or no longer."""
        with self._lock:
            found = next((file for file in self._files.values() if file.id == file_id), None)
        try:
            return found.open() if found else None
        except OSError:
            return None

    def _own_folder(self) -> Path:
        """Give the folder for files, once there is one to be made; only the file whose turn it is asks."""
        if self._scratch is None:
            self._scratch = ScratchFolder(self._home)
        return self._scratch.path

    def _drop_old(self) -> None:
        """Remove, the oldest first, files that are too many or too large together, and those that nobody saves."""
        for design, file in self._ended_by_worth():
            too_many = len(self._files) > KEPT
            too_large = sum(each.size for each in self._files.values()) > MOST_BYTES
            if too_many or too_large or time.monotonic() - file.used > UNUSED:
                self._files.pop(design).remove()

    def _ended_by_worth(self) -> list[tuple[str, "OnnxFile"]]:
        """List what can go: first what has no file, then of who has most, so that nobody fills others' places."""
        ended = [(design, file) for design, file in self._files.items() if file.ended]
        counts = Counter(file.person for _, file in ended)
        return sorted(ended, key=lambda each: (not each[1].cause, -counts[each[1].person]))

    def close(self) -> None:
        """End what is being made, and remove every file."""
        with self._lock:
            for file in self._files.values():
                file.stop()
            for file in self._files.values():
                file.remove()
            if self._scratch:
                self._scratch.remove()


class OnnxFile:
    """One file, made by a process that a thread waits for; `cause` says why there is none once that has ended."""

    def __init__(
        self, design: str, name: str, folder: Callable[[], Path], turn: threading.Lock, *, person: str = ""
    ) -> None:
        """Say what is made for whom; `folder` may raise `OSError` once it is its turn."""
        self.person = person
        self.id = secrets.token_urlsafe(12)  # by which whoever has seen the page can save it
        self.cause = ""
        self.ended = False
        self.used = time.monotonic()  # when it was made or saved last
        self._design, self._name, self._folder, self._turn = design, name, folder, turn
        self._path: Path | None = None
        self._process: ChildProcess | None = None
        self._stopped = False
        self._maker: threading.Thread | None = None

    def begin(self) -> None:
        """Begin to make it, once it is its turn."""
        self._maker = threading.Thread(target=self._make, name=f"making {self._name}", daemon=True)
        self._maker.start()

    def refuse(self, cause: str) -> None:
        """Make none, for a cause."""
        self.cause, self.ended = cause, True

    def open(self) -> BinaryIO:
        """Open the file, once it has ended without a cause; raises `OSError` where newer ones have pushed it out."""
        if self._path is None or not self.ended:
            raise FileNotFoundError(self._name)
        self.used = time.monotonic()
        return self._path.open("rb")

    @property
    def size(self) -> int:
        """How many bytes it takes of the disk by now."""
        with suppress(OSError):
            return self._path.stat().st_size if self._path else 0
        return 0

    def wait(self, seconds: float) -> bool:
        """Wait for the end; says whether it has come."""
        if self._maker:
            self._maker.join(seconds)
        return self.ended

    def stop(self) -> None:
        """End the process, or let none begin, without waiting for it."""
        self._stopped = True
        if self._process:
            self._process.kill()

    def remove(self) -> None:
        """Stop, wait for the end, and remove the file."""
        self.stop()
        if self._maker:
            self._maker.join()
        self._unlink()

    def _unlink(self) -> None:
        if self._path:
            with suppress(OSError):  # Windows keeps what is read just now: it goes with the folder
                self._path.unlink(missing_ok=True)

    def _make(self) -> None:
        with self._turn:
            if not self._stopped:
                self._run()
        if self.cause:
            self._unlink()
        self.used = time.monotonic()
        self.ended = True

    def _run(self) -> None:
        try:
            self._path = self._folder() / self._name
            self._process = _start(self._path)
        except OSError as error:
            self.cause = f"The process that makes it did not start ({error.strerror}). Try again later."
            return
        if self._stopped:  # while it was being started
            self._process.kill()
        self._process.send(self._design.encode() + b"\n")
        self._process.wait()
        self.cause = _describe(self._process.end)


def _start(path: Path) -> ChildProcess:
    return ChildProcess(
        module_command("explorer.runs.background.onnx_maker", str(path)),
        # What libraries put down on the way lies in the same folder, and goes with it.
        environment={"PYTHONUTF8": "1", "OMP_NUM_THREADS": "1", "TMPDIR": str(path.parent)},
        hear_error=lambda words: None,  # its last words are the cause; what libraries warn of is not told
    )


def _describe(end: End | None) -> str:
    if end is None or not end.status:
        return ""
    if end.status < 0:
        return f"The process that makes it was ended by signal {-end.status}, most often since memory ran out."
    return end.last_words or f"The process that makes it ended with exit status {end.status}."
