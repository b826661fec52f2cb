"""A worker's process as the server would have it: orders in, messages out."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, cast

import msgspec
import pytest

from explorer.runs.child_process import ROOT
from explorer.runs.messages import (
    Alive,
    Message,
    Order,
    Ready,
    Said,
    Train,
)
from explorer.training.events import (
    Event,
)
from explorer.training.recipe.recipe import Job
from tests.runs.scene import allocations


class Worker:
    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.process = process
        self.stdin, self.stdout = cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout)

    def send(self, order: Order) -> None:
        self.stdin.write(msgspec.json.encode(order) + b"\n")
        self.stdin.flush()

    def train(self, sent: Job | bytes, *, run_id: str = "a") -> None:
        self.send(Train(run_id, msgspec.Raw(sent if isinstance(sent, bytes) else msgspec.json.encode(sent))))

    def read(self) -> Message:
        """Read what the worker says next, less its signs of life."""
        message: Message = Alive()
        while isinstance(message, Alive):
            message = msgspec.json.decode(self.stdout.readline(), type=Message)
        return message

    def events(self, *, run_id: str = "a") -> Iterator[Event]:
        """Read a run's events until the worker is ready again."""
        while isinstance(message := self.read(), Said):
            assert message.run_id == run_id
            yield message.event


Open = Callable[..., Worker]


@pytest.fixture
def open_worker(tmp_path: Path) -> Iterator[Open]:
    """Start workers and read their first `Ready`; what is left of them at the end is killed."""
    with ExitStack() as stack:

        def _open(command: tuple[str, ...], **variables: str) -> Worker:
            environment = os.environ | allocations(tmp_path)[0].environment | {"PYTHONPATH": str(ROOT)} | variables
            stderr = stack.enter_context((tmp_path / "stderr").open("wb"))
            pipe = subprocess.PIPE
            process = stack.enter_context(
                subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=stderr, env=environment, cwd=tmp_path)
            )
            stack.callback(process.kill)
            worker = Worker(process)
            assert worker.read() == Ready()
            return worker

        yield _open
