"""A module of this program in a process of its own: found wherever the server was started, and gone with the server.

Its lifeline is the pipe to its standard input, which closes with this process, however that ends.
"""

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import IO, cast

import msgspec

ROOT = Path(__file__).parents[2]
REAP_LIMIT = 1.0  # seconds that a process may live on after it has closed its output
GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)  # Windows: Ctrl-C is for the server alone
SHOWN = 300  # characters of the last words


class End(msgspec.Struct, frozen=True):
    """How a process ended: `status` is its exit status, or less than 0 the signal that ended it."""

    status: int
    last_words: str = ""  # the last line of its standard error, where that was captured

    def describe(self) -> str:
        """Say in words how it ended, as in "The process …"."""
        if self.status in (-9, -15):
            return f"was killed (signal {-self.status}): most often the system ran out of memory, or somebody ended it"
        if self.status < 0:
            return f"crashed (signal {-self.status}, {_signal_name(-self.status)})"
        words = f": {self.last_words[:SHOWN]}" if self.last_words else ""
        return f"ended with exit code {self.status}{words}"


class ChildProcess:
    """A process that is written to, heard, ended and reaped, so that no zombie stays; no method but `wait` waits.

    `hear` is given each line of its standard output, `hear_error` each of its standard error, which else goes where
    this process's own goes, and `ended` how it ended, once and last. They are called from threads of its own, possibly
    before the constructor returns. Raises `OSError` where the system can't start it.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        hear: Callable[[bytes], None] = lambda line: None,
        hear_error: Callable[[str], None] | None = None,
        ended: Callable[[End], None] = lambda end: None,
        umask: int = -1,
    ) -> None:
        """Start it, with changes to this process's environment; `umask` says who may not do what with its files."""
        self.end: End | None = None  # how it ended; None while it lives
        self._hear, self._hear_error, self._ended = hear, hear_error, ended
        self._input: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._last_words = ""
        started: Future[subprocess.Popen[bytes]] = Future()
        how = (command, environment or {}, umask, started)
        self._reader = threading.Thread(target=self._live, args=how, daemon=True)
        self._reader.start()
        self._process = started.result()
        self.pid = self._process.pid

    def send(self, data: bytes) -> None:
        """Write to its standard input; a process that does not read holds up nobody."""
        self._input.put(data)

    def close_input(self) -> None:
        """Close its standard input after what was sent, which asks it to end."""
        self._input.put(None)

    def kill(self) -> None:
        """End it at once, whatever it does."""
        self._process.kill()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it is gone and `ended` was called; says whether that has come."""
        self._reader.join(seconds)
        return not self._reader.is_alive()

    def _live(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        umask: int,
        started: "Future[subprocess.Popen[bytes]]",
    ) -> None:
        """Start the process and hear it to its end, in one thread: to Linux, the thread that starts it is its parent.

        A process may ask to be killed once its parent is gone, and a page's thread ends long before the server.
        """
        try:
            process = self._start(command, environment, umask)
        except BaseException as error:  # noqa: BLE001 - whoever wants the process raises it
            started.set_exception(error)
            return
        threading.current_thread().name = f"child {process.pid} output"
        writer = threading.Thread(target=self._write, args=(process,), name=f"child {process.pid} input", daemon=True)
        errors = threading.Thread(
            target=self._read_errors, args=(process,), name=f"child {process.pid} errors", daemon=True
        )
        writer.start()
        errors.start()
        started.set_result(process)
        self._read(process)
        self._reap(process)
        errors.join(REAP_LIMIT)
        self.end = End(process.returncode, self._last_words)
        self._ended(self.end)

    def _start(self, command: Sequence[str], environment: Mapping[str, str], umask: int) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if self._hear_error else None,
            env=module_environment(environment),
            start_new_session=True,  # Ctrl-C is the server's to decide
            creationflags=GROUP,
            umask=umask if os.name == "posix" else -1,
        )

    def _read(self, process: "subprocess.Popen[bytes]") -> None:
        with cast(IO[bytes], process.stdout) as lines:
            for line in lines:
                self._hear(line)

    def _reap(self, process: "subprocess.Popen[bytes]") -> None:
        self.close_input()
        try:
            process.wait(REAP_LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _read_errors(self, process: "subprocess.Popen[bytes]") -> None:
        if process.stderr is None or self._hear_error is None:
            return
        with process.stderr as lines:
            for line in lines:
                words = line.decode(errors="replace").rstrip()
                if words:
                    self._last_words = words
                    self._hear_error(words)

    def _write(self, process: "subprocess.Popen[bytes]") -> None:
        stdin = cast(IO[bytes], process.stdin)
        try:
            with stdin:
                while (data := self._input.get()) is not None:
                    stdin.write(data)
                    stdin.flush()
        except OSError:
            pass  # it is gone; the reading thread says so


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"


def module_command(name: str, *arguments: str) -> tuple[str, ...]:
    """Give the command line of a module; `-P` lets no folder `explorer` of the current directory take its place."""
    return (sys.executable, "-P", "-m", name, *arguments)


def module_environment(changes: Mapping[str, str]) -> dict[str, str]:
    """Give this process's environment with changes, in which a module of this program is found."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return {**os.environ, **changes, "PYTHONPATH": path}
