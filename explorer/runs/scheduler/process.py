"""A worker's process as the server sees it: orders go in, messages and at last its end come out, a JSON line each."""

import logging
from collections.abc import Callable, Mapping, Sequence

import msgspec

from explorer.runs.child_process import SHOWN, ChildProcess, End, module_command
from explorer.runs.messages import Message, Order

WORKER = module_command("explorer.runs.worker.worker")

logger = logging.getLogger(__name__)


class WorkerProcess:
    """Starts a worker; `hear` and `ended` are called from its reading thread, `ended` once and last.

    Raises `OSError` where the system can't start the process. No method but `join` waits for the worker.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        hear: Callable[["WorkerProcess", Message], None],
        ended: Callable[["WorkerProcess", End], None],
    ) -> None:
        self._hear = hear
        self._process = ChildProcess(
            command,
            environment=environment,
            hear=self._read,
            hear_error=lambda words: logger.warning("worker: %s", words),
            ended=lambda end: ended(self, end),
        )

    def send(self, order: Order) -> None:
        """Hand the worker an order; a worker that does not read holds up nobody."""
        self._process.send(msgspec.json.encode(order) + b"\n")

    def kill(self) -> None:
        """End the worker at once, whatever it does."""
        self._process.kill()

    def join(self, seconds: float) -> None:
        """Wait until the worker is gone and `ended` was called."""
        self._process.wait(seconds)

    def _read(self, line: bytes) -> None:
        try:
            message = msgspec.json.decode(line, type=Message)
        except msgspec.DecodeError as error:  # a stray print must not cost an hour's training
            logger.warning("a worker wrote a line that is no message (%s): %r", error, line[:SHOWN])
        else:
            self._hear(self, message)
