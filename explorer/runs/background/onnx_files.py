"""The ONNX files that one server prepares: a process for each, one at a time, since each takes much memory.

A file stays until it is pushed out by newer ones, and is gone with the server.
"""

import subprocess
import tempfile
import threading
from collections import OrderedDict
from pathlib import Path

from explorer.architecture.spec import Architecture, to_json
from explorer.runs.child_process import module_command, module_environment

KEPT = 8  # files


class OnnxFiles:
    """Prepares files, tells how far each is, and gives them; may be used from several threads."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="onnx-", ignore_cleanup_errors=True)
        self._lock = threading.Lock()
        self._turn = threading.Lock()  # held by the file that is being made
        self._files: OrderedDict[str, OnnxFile] = OrderedDict()
        self._number = 0

    def prepare(self, architecture: Architecture) -> None:
        """Start to make a design's file, unless it is made already."""
        design = to_json(architecture)
        with self._lock:
            if (known := self._files.get(design)) and not known.cause:
                return
            self._number += 1
            path = Path(self._folder.name) / f"{self._number}.onnx"
            self._files[design] = OnnxFile(design, path, self._turn)
            self._drop_old()

    def find(self, architecture: Architecture) -> "OnnxFile | None":
        """Give a design's file, ready or not; None if nobody asked for it."""
        return self._files.get(to_json(architecture))

    def _drop_old(self) -> None:
        finished = [design for design, file in self._files.items() if file.ended]
        for design in finished[: max(0, len(self._files) - KEPT)]:
            self._files.pop(design).remove()

    def close(self) -> None:
        """End what is being made, and remove every file."""
        with self._lock:
            for file in self._files.values():
                file.stop()
            for file in self._files.values():
                file.remove()
        self._folder.cleanup()


class OnnxFile:
    """One file, made by a process that a thread waits for; `cause` says why there is none once that has ended."""

    def __init__(self, design: str, path: Path, turn: threading.Lock) -> None:
        self.cause = ""
        self.ended = False
        self._design, self._path, self._turn = design, path, turn
        self._process: subprocess.Popen[str] | None = None
        self._stopped = False
        self._maker = threading.Thread(target=self._make, name=f"making {path.name}", daemon=True)
        self._maker.start()

    def read(self) -> bytes:
        """Give the file's bytes, once it has ended without a cause."""
        return self._path.read_bytes()

    def wait(self, seconds: float) -> bool:
        """Wait for the end; says whether it has come."""
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
        self._maker.join()
        self._path.unlink(missing_ok=True)

    def _make(self) -> None:
        with self._turn:
            if not self._stopped:
                self._run()
        self.ended = True

    def _run(self) -> None:
        try:
            with _start(self._path) as self._process:
                if self._stopped:  # while it was being started
                    self._process.kill()
                _, errors = self._process.communicate(self._design)
                self.cause = _describe(self._process.returncode, errors)
        except OSError as error:
            self.cause = f"The process that makes it did not start ({error.strerror}). Try again later."


def _start(path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        module_command("explorer", "onnx", "-", "--output", str(path)),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=module_environment({"PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"}),
        start_new_session=True,  # Ctrl-C is the server's to decide
    )


def _describe(status: int, errors: str) -> str:
    if not status:
        return ""
    if status < 0:
        return f"The process that makes it was ended by signal {-status}, most often since memory ran out."
    *_, words = ["", *errors.splitlines()]
    return words.removeprefix("Error: ") or f"The process that makes it ended with exit status {status}."
