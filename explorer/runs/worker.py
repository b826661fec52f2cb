"""The process that trains: orders come in on standard input, events go out on standard output, one JSON line each.

The end of its input ends it at once, also in the middle of training, so it never outlives the server. It stays warm
between jobs. `python -m explorer.runs.worker` runs it.
"""

import contextlib
import gc
import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import IO, NoReturn

import msgspec

from explorer.runs.messages import Cancel, Heat, Message, Order, Over, Ready, Said, Train
from explorer.training.events import Event, Failed

RunJob = Callable[[bytes], Iterator[Event]]
MORE_MEMORY = "Choose a smaller batch size, fewer channels or smaller pictures."


def main() -> None:
    """Serve with the real training loop."""
    serve(warm_up)


def serve(prepare: Callable[[], RunJob]) -> NoReturn:
    """Train the jobs that come in until the input ends; `prepare` gives the loop, and takes its time only once."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's to decide
    _volunteer_for_memory_shortage()
    output = _claim_stdout()
    inbox = Inbox()
    try:
        _work(prepare(), inbox, output)
    except BaseException:  # noqa: BLE001 - every end goes this way
        traceback.print_exc()
        os._exit(1)  # an ordinary exit would crash on the standard input that a thread is reading


def _work(run_job: RunJob, inbox: "Inbox", output: IO[bytes]) -> NoReturn:
    while True:
        _say(output, Ready())
        _train(run_job, inbox.next_runs(), inbox, output)


def _train(run_job: RunJob, orders: Sequence[Train], inbox: "Inbox", output: IO[bytes]) -> None:
    """Train runs in turns of one event: next is always the one that has had the least time."""
    turns = [Turns(order.run, _events(run_job, bytes(order.job))) for order in orders]
    while turns:
        turn = min(turns, key=lambda turn: turn.seconds)
        event = turn.take()
        if event is not None and not inbox.cancelled(turn.run):
            _say(output, Said(turn.run, event))
        over = [turn for turn in turns if turn.is_over or inbox.cancelled(turn.run)]
        turns = [turn for turn in turns if turn not in over]
        for ended in over:
            ended.close()
            if turns:
                _say(output, Over(ended.run))


class Turns:
    """A run's turns: its events one by one, and the time that they took."""

    def __init__(self, run: str, events: Generator[Event]) -> None:
        self.run = run
        self.seconds = 0.0
        self.is_over = False
        self._events = events

    def take(self) -> Event | None:
        """Train until the next event; None at the end."""
        start = time.perf_counter()
        event = next(self._events, None)
        self.seconds += time.perf_counter() - start
        self.is_over = event is None
        return event

    def close(self) -> None:
        """End the run, whatever is left of it."""
        self._events.close()


class Inbox:
    """Reads orders in a thread of its own, so a cancel and the end of input are heard while a job trains."""

    def __init__(self) -> None:
        self._orders: queue.SimpleQueue[tuple[Train, ...]] = queue.SimpleQueue()
        self._cancelled: set[str] = set()
        threading.Thread(target=self._read, name="orders", daemon=True).start()

    def next_runs(self) -> tuple[Train, ...]:
        """Wait for an order to train, and give its runs: one, or those of a heat."""
        return self._orders.get()

    def cancelled(self, run: str) -> bool:
        """Tell whether a run was cancelled."""
        return run in self._cancelled

    def _read(self) -> None:
        for line in sys.stdin.buffer:
            try:
                self._take(msgspec.json.decode(line, type=Order))
            except msgspec.DecodeError:  # this thread must live: it hears the end of input
                traceback.print_exc()
        os._exit(0)  # the server is gone: nobody is left to train for

    def _take(self, order: Order) -> None:
        if isinstance(order, Cancel):
            self._cancelled.add(order.run)
        else:
            self._orders.put(order.runs if isinstance(order, Heat) else (order,))


def warm_up() -> RunJob:
    """Import torch and take one small step, so that the first job's first step comes as quickly as any."""
    from explorer.architecture.layers import Conv2d, Flatten, Linear  # noqa: PLC0415
    from explorer.architecture.spec import Architecture  # noqa: PLC0415
    from explorer.training.loop import train  # noqa: PLC0415 - torch takes seconds; the end of input is heard meanwhile
    from explorer.training.recipe import Job, Recipe  # noqa: PLC0415

    layers = (Conv2d(out_channels=1, kernel_size=3), Flatten(), Linear(out_features=10))
    small = Job(Architecture("warm-up", (1, 28, 28), layers), Recipe(train_size=10, batch_size=10, epochs=1))
    for _ in train(small):
        pass
    return lambda job: train(msgspec.json.decode(job, type=Job))


def _events(run_job: RunJob, job: bytes) -> Generator[Event]:
    """Yield a job's events; whatever is raised becomes its last one."""
    try:
        yield from run_job(job)
    except Exception as error:  # noqa: BLE001 - any error ends this run, none may end the worker
        traceback.print_exc()
        failed = Failed(cause=_cause(error))
    else:
        return
    finally:
        gc.collect()  # the network and its gradients, before the next job needs their room
    yield failed


def _cause(error: Exception) -> str:
    message = (str(error).strip().splitlines() or [""])[0]
    if isinstance(error, MemoryError) or "out of memory" in message.lower() or "can't allocate memory" in message:
        return f"The memory of the device was not enough ({message[:300] or 'no more was given'}). {MORE_MEMORY}"
    return f"The training stopped with an unexpected error: {type(error).__name__}: {message[:300]}"


def _say(output: IO[bytes], message: Message) -> None:
    output.write(msgspec.json.encode(message) + b"\n")
    output.flush()


def _claim_stdout() -> IO[bytes]:
    """Keep standard output for messages: what Python or a library prints goes to standard error from here on."""
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return output


def _volunteer_for_memory_shortage() -> None:
    """Ask Linux to end this process before the server when memory runs out; other systems have no such file."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500")


if __name__ == "__main__":
    main()
