"""A worker that is a process of this computer: its orders and messages are lines of its standard streams, in JSON."""

import logging
from collections.abc import Mapping, Sequence

import msgspec

from explorer.runs.child_process import SHOWN, ChildProcess, module_command
from explorer.runs.messages import Message, Order
from explorer.runs.scheduler.privacy import UMASK
from explorer.runs.scheduler.worker import Ended, Hear

WORKER = module_command("explorer.runs.worker.worker")
_MESSAGE: msgspec.json.Decoder[Message] = msgspec.json.Decoder(Message)

logger = logging.getLogger(__name__)


class WorkerProcess:
    """A `Worker`; what its process writes to standard error stands in the server's log."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], *, hear: Hear, ended: Ended) -> None:
        """Start it; raises `OSError` where the system can't. `hear` and `ended` are as `Allocation` says."""
        self._hear = hear
        self._process = ChildProcess(
            command,
            environment=environment,
            hear=self._read,
            hear_error=lambda words: logger.warning("worker: %s", words),
            ended=lambda end: ended(end.describe()),
            umask=UMASK,  # its checkpoints and answers are nobody else's to read
        )

    def send(self, order: Order) -> None:
        """Write an order; a process that does not read holds up nobody."""
        self._process.send(msgspec.json.encode(order) + b"\n")

    def kill(self) -> None:
        """End the process at once, whatever it does."""
        self._process.kill()

    def join(self, seconds: float) -> None:
        """Wait until the process is gone and `ended` was called."""
        self._process.wait(seconds)

    def _read(self, line: bytes) -> None:
        try:
            message = _MESSAGE.decode(line)
        except msgspec.DecodeError as error:  # a stray print must not cost an hour's training
            logger.warning("a worker wrote a line that is no message (%s): %r", error, line[:SHOWN])
        else:
            self._hear(message)
