"""One process that looks into the networks that are too large for the one which draws the pages.

It starts at the first look and ends after ten idle minutes. A look that it does not live to answer is refused in words,
and the next one starts another.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from itertools import count
from typing import Any

import msgspec

from explorer.process.limits import VARIABLE
from explorer.runs.child_process import ChildProcess, End, module_command
from explorer.web.base.once import Once
from explorer.web.looking.subject import LOOKER, Answer, Find, Order, Subject, name_of, read_answer

COMMAND = module_command("explorer.web.looking.looker_process")
MEMORY = 4 * 2**30  # bytes beside torch's own: weights of several AlexNets, and what a look at many pictures takes
PATIENCE = 60.0  # seconds: it loads torch first
MOST_WAITING = 60  # looks: a class that all turn a page at once


class LookerError(Exception):
    """The process did not answer; says why, and what to do."""


class _Running:
    """A process with the looks that wait for it."""

    def __init__(self, command: Sequence[str], memory: int, ended: "Callable[[_Running, End], None]") -> None:
        self.waiting: dict[int, Future[Answer]] = {}
        end: Callable[[End], None] = partial(ended, self)
        environment = {LOOKER: "1", VARIABLE: str(memory)}
        self.process = ChildProcess(command, environment=environment, hear=self._hear, ended=end)

    def _hear(self, line: bytes) -> None:
        answer = read_answer(line)
        if waiting := self.waiting.get(answer.number):
            waiting.set_result(answer)


class Looker:
    """Asks the process, from any thread, and replaces one that has ended."""

    def __init__(self, command: Sequence[str] = COMMAND, *, patience: float = PATIENCE, memory: int = MEMORY) -> None:
        self._command, self._patience, self._memory = command, patience, memory
        self._lock = threading.Lock()
        self._numbers = count()
        self._running: _Running | None = None

    def ask(self, find: Find, subject: Subject, asked: dict[str, Any]) -> Answer:
        """Have a function called there, and wait for what it gives; raises `LookerError`."""
        number, answer = next(self._numbers), Future[Answer]()
        running = self._send(Order(number, name_of(find), subject, asked), answer)
        try:
            return answer.result(self._patience)
        except TimeoutError:
            raise LookerError(
                f"The network was not looked into within {self._patience:.0f} seconds: others are before. Try again."
            ) from None
        finally:
            running.waiting.pop(number, None)

    @property
    def process_id(self) -> int | None:
        """The process's number in the system; None while there is none."""
        running = self._running
        return running.process.pid if running else None

    def close(self) -> None:
        """End the process."""
        with self._lock:
            running, self._running = self._running, None
        if running:
            running.process.kill()

    def _send(self, order: Order, answer: "Future[Answer]") -> _Running:
        with self._lock:
            self._running = running = self._running or self._start()
            if len(running.waiting) >= MOST_WAITING:
                raise LookerError(f"{MOST_WAITING} looks into large networks wait already. Try again in a moment.")
            running.waiting[order.number] = answer
        running.process.send(msgspec.json.encode(order) + b"\n")
        return running

    def _start(self) -> _Running:
        try:
            return _Running(self._command, self._memory, self._ended)
        except OSError as error:
            raise LookerError(f"The process that looks into large networks cannot be started: {error}.") from error

    def _ended(self, running: _Running, end: End) -> None:
        """Refuse what waits for it; one that ended by itself had nothing left to do."""
        with self._lock:
            self._running, lost = None if self._running is running else self._running, [*running.waiting.values()]
        words = f"The process that looks into large networks {end.describe()}. Try again: another one is started."
        for answer in lost:
            if not answer.done():
                answer.set_exception(LookerError(words))


@Once
def looker() -> Looker:
    """Give this server's process for large networks; it starts at its first use."""
    return Looker()
