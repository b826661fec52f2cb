"""One worker process as the server sees it: orders go in, messages and at last its end come out.

Its end comes with this process's end, however that happens: the pipe to its standard input closes.
"""

import logging
import queue
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import IO, cast

import msgspec

from explorer.runs.child_process import module_command, module_environment
from explorer.runs.messages import Message, Order

WORKER = module_command("explorer.runs.worker.worker")
REAP_LIMIT = 1.0  # seconds that a worker may live on after it has closed its output
GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)  # Windows: Ctrl-C is for the server alone
SHOWN = 300  # characters of a worker's last words

logger = logging.getLogger(__name__)


class WorkerProcess:
    """Starts a worker; `hear` and `ended` are called from its reading thread, `ended` once and last.

    Raises `OSError` where the system can't start the process. No method waits for the worker.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        hear: Callable[["WorkerProcess", Message], None],
        ended: Callable[["WorkerProcess"], None],
    ) -> None:
        self._hear = hear
        self._ended = ended
        self._orders: queue.SimpleQueue[Order | None] = queue.SimpleQueue()
        self._last_words: deque[str] = deque(maxlen=1)
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=module_environment(environment),
            start_new_session=True,
            creationflags=GROUP,
        )
        self.pid = self._process.pid
        self._listener = self._thread(self._listen)
        self._stderr_reader = self._thread(self._keep_last_words)
        self._thread(self._write_orders)

    def send(self, order: Order) -> None:
        """Hand the worker an order; a worker that does not read holds up nobody."""
        self._orders.put(order)

    def kill(self) -> None:
        """End the worker at once, whatever it does."""
        self._process.kill()

    def join(self, seconds: float) -> None:
        """Wait until the worker is gone and `ended` was called."""
        self._listener.join(seconds)

    def describe_end(self) -> str:
        """Say how the process ended, in words: signal or exit code, and its last words."""
        code = self._process.returncode
        if code in (-9, -15):
            return f"was killed (signal {-code}): most often the system ran out of memory, or somebody ended it"
        if code < 0:
            return f"crashed (signal {-code}, {_signal_name(-code)})"
        words = f": {self._last_words[0][:SHOWN]}" if self._last_words else ""
        return f"ended with exit code {code}{words}"

    def _thread(self, target: Callable[[], None]) -> threading.Thread:
        thread = threading.Thread(target=target, name=f"worker {self.pid} {target.__name__}", daemon=True)
        thread.start()
        return thread

    def _listen(self) -> None:
        with cast(IO[bytes], self._process.stdout) as lines:
            for line in lines:
                try:
                    self._hear(self, msgspec.json.decode(line, type=Message))
                except msgspec.DecodeError as error:  # a stray print must not cost an hour's training
                    logger.warning("worker %s wrote a line that is no message (%s): %r", self.pid, error, line[:SHOWN])
        self._reap()
        self._ended(self)

    def _reap(self) -> None:
        self._orders.put(None)
        try:
            self._process.wait(REAP_LIMIT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._stderr_reader.join(REAP_LIMIT)

    def _keep_last_words(self) -> None:
        with cast(IO[bytes], self._process.stderr) as lines:
            for line in lines:
                words = line.decode(errors="replace").rstrip()
                if words:
                    self._last_words.append(words)
                    logger.warning("worker %s: %s", self.pid, words)

    def _write_orders(self) -> None:
        stdin = cast(IO[bytes], self._process.stdin)
        try:
            with stdin:
                while order := self._orders.get():
                    stdin.write(msgspec.json.encode(order) + b"\n")
                    stdin.flush()
        except OSError:
            pass  # the worker is gone; the listening thread says so


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"
