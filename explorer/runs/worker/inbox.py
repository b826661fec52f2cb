"""What the worker is told: orders to train, and what is asked of runs that it has."""

import os
import queue
import sys
import threading
import traceback
from collections import defaultdict
from collections.abc import Sequence

import msgspec

from explorer.runs.messages import Cancel, Heat, OneStep, Order, Pause, Resume, SetLearningRate, Train, UseThreads, Wish
from explorer.runs.worker.time_sharing import TimeShare
from explorer.training.loop.control import Control
from explorer.training.threads import Threads

_ORDER: msgspec.json.Decoder[Order] = msgspec.json.Decoder(Order)


class Inbox:
    """Reads orders in a thread of its own, so a cancel and the end of input are heard while a job trains."""

    def __init__(self) -> None:
        self._orders: queue.SimpleQueue[Train | Heat] = queue.SimpleQueue()
        self._threads = Threads()  # one run after another has them
        self._controls: defaultdict[str, Control] = defaultdict(lambda: Control(threads=self._threads))
        self._heard = threading.Condition()

    def listen(self) -> None:
        """Read orders from here on."""
        threading.Thread(target=self._read, name="orders", daemon=True).start()

    def next_order(self) -> Train | Heat:
        """Wait for an order to train."""
        return self._orders.get()

    def control(self, run_id: str) -> Control:
        """Give what is asked of a run, also what was asked before the run was known."""
        with self._heard:
            return self._controls[run_id]

    def wait_for_work(self, shares: Sequence[TimeShare]) -> list[TimeShare]:
        """Wait until a run has something to do, and give those that have."""
        with self._heard:
            self._heard.wait_for(lambda: any(share.may_go_on for share in shares))
            return [share for share in shares if share.may_go_on]

    def _read(self) -> None:
        for line in sys.stdin.buffer:
            try:
                self._take(_ORDER.decode(line))
            except msgspec.DecodeError:  # this thread must live: it hears the end of input
                traceback.print_exc()
        os._exit(0)  # the server is gone: nobody is left to train for

    def _take(self, order: Order) -> None:
        if isinstance(order, Train | Heat):
            self._orders.put(order)
            return
        if isinstance(order, UseThreads):
            self._threads.count = order.count
            return
        with self._heard:
            _ask(self._controls[order.run_id], order)
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
