"""The real worker's protocol around a scripted training: what it does is the name of the architecture.

Words of the script, in order: `steps N`, `gate X` (goes on once the file X lies in the folder SCENE), `forever`, `deaf`
(sleeps, and looks at nothing), `print`, `raise`, `memory`, `exit N`, `signal N`.
"""

import os
import sys
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import msgspec

from explorer.runs.messages import Train
from explorer.runs.worker.worker import RunJob, serve
from explorer.training.events import Event, Finished, LearningRate, Paused, Resumed, Started, Step
from explorer.training.loop.control import Control


def step(number: int) -> Step:
    return Step(
        step=number,
        epoch=number / 10,
        seconds=number / 100,
        train_loss=1 / number,
        train_accuracy=0.5,
        images_per_second=100.0,
    )


def started(script: str) -> Started:
    return Started(
        device="cpu", dataset=script, train_size=10, test_size=1, num_params=1, num_steps=9, steps_per_epoch=1
    )


def train(job: bytes) -> Iterator[Event]:
    script = msgspec.json.decode(job)["architecture"]["name"]
    yield started(script)
    words = iter(script.split())
    numbers = count(1)
    for word in words:
        match word:
            case "steps":
                yield from (step(next(numbers)) for _ in range(int(next(words))))
            case "forever":
                yield from _forever(numbers)
            case "gate":
                _pass(next(words))
            case _:
                _misbehave(word, words)
    yield Finished(reason="epochs", seconds=1.0)


def _pass(gate: str) -> Path:
    """Wait for a file."""
    path = _scene() / gate
    while not path.exists():
        time.sleep(0.005)
    return path


def _forever(numbers: Iterator[int]) -> Iterator[Event]:
    for number in numbers:
        yield step(number)
        time.sleep(0.005)


def _misbehave(word: str, words: Iterator[str]) -> None:
    match word:
        case "deaf":
            time.sleep(3_600)
        case "print":
            print("a library prints", flush=True)  # noqa: T201
            os.write(1, b"and so does its C code\n")
        case "raise":
            raise ValueError("the tensor is blue")
        case "memory":
            raise MemoryError
        case "exit":
            print("RuntimeError: these are my last words", file=sys.stderr, flush=True)  # noqa: T201
            os._exit(int(next(words)))
        case "signal":
            os.kill(os.getpid(), int(next(words)))


def _scene() -> Path:
    return Path(os.environ["SCENE"])


def run_job(order: Train, control: Control) -> Iterator[Event]:
    """Go through the script, looking for what was asked after each of its events."""
    step = 0
    for event in train(bytes(order.job)):
        if control.is_stopped:
            return
        yield event
        step = event.step if isinstance(event, Step) else step
        control.begin_step()
        held = control.is_held
        while control.is_held:
            yield Paused(step=step)
        if held and not control.is_paused and not control.is_stopped:
            yield Resumed(step=step)
        if (rate := control.take_rate()) is not None:
            yield LearningRate(step=step, epoch=step / 10, learning_rate=rate)


def prepare() -> RunJob:
    with (_scene() / "pids").open("a") as pids:
        pids.write(f"{os.getpid()}\n")
    return run_job


if __name__ == "__main__":
    serve(prepare)
