"""The process that trains: orders come in on standard input, events go out on standard output, one JSON line each.

The end of its input ends it at once, also in the middle of training, and the end of the server where it is stopped, so
it never outlives the server. It stays warm between jobs. `python -m explorer.runs.worker.worker` runs it.
"""

import gc
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import IO, NoReturn

import msgspec

from explorer.process.lifeline import die_with_server
from explorer.process.limits import let_the_server_go_first, limit_memory
from explorer.runs.messages import Alive, Heat, Message, Over, Ready, Said, Train
from explorer.runs.worker.inbox import Inbox
from explorer.runs.worker.time_sharing import TimeShare
from explorer.training.events import Event
from explorer.training.loop.control import Control

RunJob = Callable[[Train, Control], Iterator[Event]]

LIFE_SECONDS = 5.0  # between two signs of life
LIFE_SHARE = 0.05  # of that time that computing takes at least


def main() -> None:
    """Serve with the real training loop."""
    serve(warm_up)


def serve(prepare: Callable[[], RunJob]) -> NoReturn:
    """Train the jobs that come in until the input ends; `prepare` gives the loop, and takes its time only once."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's to decide
    die_with_server()
    let_the_server_go_first()
    output = _claim_stdout()
    inbox = Inbox()
    inbox.listen()
    try:
        run_job = prepare()
        limit_memory()
        threading.Thread(target=_show_life, args=(output,), name="life", daemon=True).start()
        _work(run_job, inbox, output)
    except BaseException:  # noqa: BLE001 - every end goes this way
        traceback.print_exc()
        os._exit(1)  # an ordinary exit would crash on the standard input that a thread is reading


def _work(run_job: RunJob, inbox: Inbox, output: IO[bytes]) -> NoReturn:
    while True:
        _say(output, Ready())
        order = inbox.next_order()
        train_all(run_job, order.runs if isinstance(order, Heat) else [order], inbox, output)


def train_all(run_job: RunJob, orders: Sequence[Train], inbox: Inbox, output: IO[bytes]) -> None:
    """Train runs in turns of one event: next is one that is to stop, or the one that has had the least time."""
    shares = [_share(run_job, order, inbox.control(order.run_id)) for order in orders]
    while shares:
        share = min(inbox.wait_for_work(shares), key=lambda share: (not share.is_to_stop, share.seconds))
        event = share.take()
        if event is not None:
            _say(output, Said(share.run_id, event))
        else:
            shares.remove(share)
            if shares:
                _say(output, Over(share.run_id))


def _share(run_job: RunJob, order: Train, control: Control) -> TimeShare:
    return TimeShare(order.run_id, partial(run_job, order, control), control)


def warm_up() -> RunJob:
    """Import torch and take one small step, so that the first job's first step comes as quickly as any.

    All of it stays to the end: the garbage collector walks it neither meanwhile nor after each run.
    """
    gc.disable()
    run_job = _load_and_step()
    gc.freeze()
    gc.enable()
    return run_job


def _load_and_step() -> RunJob:
    from explorer.architecture.kinds.convolution import Conv2d  # noqa: PLC0415 - torch takes seconds;
    from explorer.architecture.kinds.dense import Linear  # noqa: PLC0415 - torch takes seconds;
    from explorer.architecture.kinds.shape import Flatten  # noqa: PLC0415 - torch takes seconds;
    from explorer.architecture.spec import Architecture  # noqa: PLC0415 - the end of input is heard meanwhile
    from explorer.runs.worker.trainer import run_job  # noqa: PLC0415
    from explorer.training.loop.train import train  # noqa: PLC0415
    from explorer.training.no_compiler import leave_out_the_compiler  # noqa: PLC0415
    from explorer.training.recipe.recipe import Job, Recipe  # noqa: PLC0415

    leave_out_the_compiler()
    layers = (Conv2d(out_channels=1, kernel_size=3), Flatten(), Linear(out_features=10))
    small = Job(Architecture("warm-up", (1, 28, 28), layers), Recipe(train_size=10, batch_size=10, epochs=1))
    for _ in train(small):
        pass
    return run_job


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


if __name__ == "__main__":
    main()
