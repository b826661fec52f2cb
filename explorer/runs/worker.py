"""The process that trains: orders come in on standard input, events go out on standard output, one JSON line each.

The end of its input ends it at once, also in the middle of training, so it never outlives the server. It stays warm
between jobs. `python -m explorer.runs.worker` runs it.
"""

import contextlib
import gc
import os
import queue
import re
import signal
import sys
import threading
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import IO, NoReturn

import msgspec

from explorer.runs.messages import (
    Alive,
    Cancel,
    Heat,
    Message,
    OneStep,
    Order,
    Over,
    Pause,
    Ready,
    Resume,
    Said,
    SetLearningRate,
    Train,
    Wish,
)
from explorer.training.control import Control
from explorer.training.events import Event, Failed, Paused

RunJob = Callable[[Train, Control], Iterator[Event]]
LIFE_SECONDS = 5.0  # between two signs of life
LIFE_SHARE = 0.05  # of that time that computing takes at least
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
    inbox.listen()
    try:
        run_job = prepare()
        threading.Thread(target=_show_life, args=(output,), name="life", daemon=True).start()
        _work(run_job, inbox, output)
    except BaseException:  # noqa: BLE001 - every end goes this way
        traceback.print_exc()
        os._exit(1)  # an ordinary exit would crash on the standard input that a thread is reading


def _work(run_job: RunJob, inbox: "Inbox", output: IO[bytes]) -> NoReturn:
    while True:
        _say(output, Ready())
        _train(run_job, inbox.next_runs(), inbox, output)


def _train(run_job: RunJob, orders: Sequence[Train], inbox: "Inbox", output: IO[bytes]) -> None:
    """Train runs in turns of one event: next is one that is to stop, or the one that has had the least time."""
    turns = [Turns(order.run, _events(run_job, order, control), control) for order, control in inbox.controls(orders)]
    while turns:
        turn = min(inbox.wait_for_turns(turns), key=lambda turn: (not turn.is_to_stop, turn.seconds))
        event = turn.take()
        if event is not None:
            _say(output, Said(turn.run, event))
        over = [turn for turn in turns if turn.is_over]
        turns = [turn for turn in turns if turn not in over]
        for ended in over if turns else []:
            _say(output, Over(ended.run))


class Turns:
    """A run's turns: its events one by one, and the time that they took."""

    def __init__(self, run: str, events: Generator[Event], control: Control) -> None:
        self.run = run
        self.seconds = 0.0
        self._events = events
        self._control = control
        self._last: Event | None = None
        self.is_over = False

    @property
    def may_go_on(self) -> bool:
        """Whether the run has something to do: one that is held has not."""
        return not isinstance(self._last, Paused) or self._control.has_news

    @property
    def is_to_stop(self) -> bool:
        """Whether the run was asked to stop, which it does after the step that it is in."""
        return self._control.is_stopped

    def take(self) -> Event | None:
        """Train until the next event; None at the end."""
        start = time.perf_counter()
        event = self._last = next(self._events, None)
        self.seconds += time.perf_counter() - start
        self.is_over = event is None
        return event


class Inbox:
    """Reads orders in a thread of its own, so a cancel and the end of input are heard while a job trains."""

    def __init__(self) -> None:
        self._orders: queue.SimpleQueue[tuple[Train, ...]] = queue.SimpleQueue()
        self._controls: defaultdict[str, Control] = defaultdict(Control)
        self._heard = threading.Condition()

    def listen(self) -> None:
        """Read orders from here on."""
        threading.Thread(target=self._read, name="orders", daemon=True).start()

    def next_runs(self) -> tuple[Train, ...]:
        """Wait for an order to train, and give its runs: one, or those of a heat."""
        return self._orders.get()

    def controls(self, orders: Sequence[Train]) -> list[tuple[Train, Control]]:
        """Give with each run what is asked of it, also what was asked before the run was known."""
        with self._heard:
            return [(order, self._controls[order.run]) for order in orders]

    def wait_for_turns(self, turns: Sequence[Turns]) -> list[Turns]:
        """Wait until a run has something to do, and give those that have."""
        with self._heard:
            self._heard.wait_for(lambda: any(turn.may_go_on for turn in turns))
        return [turn for turn in turns if turn.may_go_on]

    def _read(self) -> None:
        for line in sys.stdin.buffer:
            try:
                self._take(msgspec.json.decode(line, type=Order))
            except msgspec.DecodeError:  # this thread must live: it hears the end of input
                traceback.print_exc()
        os._exit(0)  # the server is gone: nobody is left to train for

    def _take(self, order: Order) -> None:
        if isinstance(order, Train | Heat):
            self._orders.put(order.runs if isinstance(order, Heat) else (order,))
            return
        with self._heard:
            _ask(self._controls[order.run], order)
            self._heard.notify_all()


def _ask(control: Control, order: Cancel | Wish) -> None:
    match order:
        case Cancel():
            control.stop()
        case Pause():
            control.pause()
        case Resume():
            control.resume()
        case OneStep():
            control.one_step()
        case SetLearningRate():
            control.set_learning_rate(order.learning_rate)


def warm_up() -> RunJob:
    """Import torch and take one small step, so that the first job's first step comes as quickly as any."""
    from explorer.architecture.layers import Conv2d, Flatten, Linear  # noqa: PLC0415
    from explorer.architecture.spec import Architecture  # noqa: PLC0415
    from explorer.training.answer_file import FileAnswerKeeper  # noqa: PLC0415
    from explorer.training.checkpoint import FileKeeper, read  # noqa: PLC0415
    from explorer.training.loop import train  # noqa: PLC0415 - torch takes seconds; the end of input is heard meanwhile
    from explorer.training.recipe import Job, Recipe  # noqa: PLC0415

    layers = (Conv2d(out_channels=1, kernel_size=3), Flatten(), Linear(out_features=10))
    small = Job(Architecture("warm-up", (1, 28, 28), layers), Recipe(train_size=10, batch_size=10, epochs=1))
    for _ in train(small):
        pass

    def run_job(order: Train, control: Control) -> Iterator[Event]:
        control.keeper = FileKeeper(Path(order.keep)) if order.keep else None
        if order.answers:
            control.answer_keeper = FileAnswerKeeper(Path(order.answers), run=order.run)
        resume = partial(read, Path(order.resume)) if order.resume else None
        return train(msgspec.json.decode(order.job, type=Job), control=control, resume=resume)

    return run_job


def _events(run_job: RunJob, order: Train, control: Control) -> Generator[Event]:
    """Yield a job's events; whatever is raised becomes its last one."""
    try:
        yield from run_job(order, control)
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
        return f"The memory was not enough: {_asked_for(message)}. {MORE_MEMORY}"
    return f"The training stopped with an unexpected error: {type(error).__name__}: {message[:300]}"


def _asked_for(message: str) -> str:
    """Say how much memory was asked for at last, where torch says it."""
    found = re.search(r"tried to allocate ([\d.]+) (bytes|[KMGT]iB)", message, re.IGNORECASE)
    if found is None:
        return message[:300] or "no more was given"
    number, unit = found.groups()
    size = f"{int(number) / 2**20:,.0f} MiB" if unit == "bytes" else f"{number} {unit}"
    return f"{size} more were asked for at once, and not given"


def _show_life(output: IO[bytes]) -> NoReturn:
    """Say again and again that this process computes, for as long as it does: one that hangs does not."""
    used = time.process_time()
    while True:
        time.sleep(LIFE_SECONDS)
        before, used = used, time.process_time()
        if used - before >= LIFE_SHARE * LIFE_SECONDS:
            _say(output, Alive())


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
