"""The worker process by itself: the real one with the real loop, and the same protocol around a scripted loop."""

import io
import itertools
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, cast

import msgspec
import pytest

from explorer.architecture import edit
from explorer.architecture.presets import PRESETS
from explorer.runs.messages import (
    Cancel,
    Message,
    OneStep,
    Over,
    Pause,
    Resume,
    Said,
    SetLearningRate,
    Train,
)
from explorer.runs.scheduler.worker_process import WORKER
from explorer.runs.worker.inbox import Inbox
from explorer.runs.worker.worker import train_all
from explorer.training.events import (
    Checkpoint,
    Evaluating,
    Event,
    Failed,
    Finished,
    LearningRate,
    Paused,
    Resumed,
    Started,
    Step,
)
from explorer.training.loop.checkpoint import read_place
from explorer.training.loop.control import Control
from explorer.training.loop.train import train
from explorer.training.recipe.recipe import Job, Recipe
from tests.runs.scene import SCRIPTED, job
from tests.runs.scripted_worker import started
from tests.runs.worker.conftest import Open, Worker

CLOCKED = {"seconds", "images_per_second"}
PATIENCE = 60.0  # seconds; only a failing test waits so long


@pytest.fixture
def scripted(open_worker: Open) -> Worker:
    return open_worker(SCRIPTED)


def lenet(*, epochs: int) -> Job:
    return Job(PRESETS["lenet-d2l"].architecture, Recipe(device="cpu", train_size=512, epochs=epochs))


@pytest.mark.slow
def test_the_real_worker_says_what_the_loop_says_stops_when_asked_and_ends_in_the_middle_of_training(
    open_worker: Open,
) -> None:
    worker = open_worker(WORKER)
    short = lenet(epochs=1)
    worker.train(short, run_id="short")
    said, expected = list(worker.events(run_id="short")), list(train(short))
    assert said[0] == expected[0]
    assert isinstance(said[0], Started)
    assert isinstance(said[-1], Finished)

    worker.train(lenet(epochs=1_000), run_id="long")
    for event in worker.events(run_id="long"):
        if isinstance(event, Step):
            worker.send(Cancel("long"))
    worker.train(lenet(epochs=1_000), run_id="last")
    assert any(isinstance(event, Step) for event in worker.events(run_id="last"))
    worker.stdin.close()
    assert worker.process.wait(PATIENCE) == 0


def test_end_of_input_ends_a_worker_whatever_it_does(scripted: Worker) -> None:
    scripted.train(job("deaf"))
    assert next(scripted.events()) == started("deaf")
    scripted.stdin.close()
    assert scripted.process.wait(PATIENCE) == 0


def test_ctrl_c_is_not_the_workers_to_decide(scripted: Worker, tmp_path: Path) -> None:
    scripted.train(job("gate a"))
    assert next(scripted.events()) == started("gate a")
    scripted.process.send_signal(signal.SIGINT)
    (tmp_path / "a").touch()
    assert list(scripted.events()) == [Finished(reason="epochs", seconds=1.0)]


def test_nothing_but_messages_reaches_standard_output(scripted: Worker, tmp_path: Path) -> None:
    scripted.train(job("print"))
    assert list(scripted.events()) == [started("print"), Finished(reason="epochs", seconds=1.0)]
    assert "a library prints\nand so does its C code\n" in (tmp_path / "stderr").read_text()


def test_an_unexpected_error_becomes_the_runs_end_and_not_the_workers(scripted: Worker, tmp_path: Path) -> None:
    scripted.train(job("raise"))
    cause = "The training stopped with an unexpected error: ValueError: the tensor is blue"
    assert list(scripted.events()) == [started("raise"), Failed(cause=cause)]
    assert "Traceback" in (tmp_path / "stderr").read_text()
    scripted.train(job("memory"))
    failed = list(scripted.events())[-1]
    assert isinstance(failed, Failed)
    assert "Choose a smaller batch size" in failed.cause
    scripted.train(job("steps 1"))
    assert len(list(scripted.events())) == 3


def test_a_worker_that_cannot_prepare_ends_with_its_reason_as_last_words(tmp_path: Path) -> None:
    code = "from explorer.runs.worker.worker import serve; serve(lambda: __import__('no_such_torch'))"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        last_words = cast(IO[bytes], process.stderr).read().splitlines()[-1]
        assert (process.wait(PATIENCE), last_words) == (1, b"ModuleNotFoundError: No module named 'no_such_torch'")


def test_a_line_that_is_no_order_does_not_deafen_the_worker(scripted: Worker) -> None:
    scripted.stdin.write(b"train, please\n")
    scripted.send(Cancel("unknown"))
    scripted.train(job("steps 1"))
    assert len(list(scripted.events())) == 3
    scripted.stdin.close()
    assert scripted.process.wait(PATIENCE) == 0


def run_job(order: Train, control: Control) -> Iterator[Event]:
    return train(msgspec.json.decode(order.job, type=Job), control=control)


def untimed(events: Iterable[Event]) -> list[dict[str, object]]:
    """Give the events as JSON has them, less what a clock says and when it was read."""
    shown = [msgspec.to_builtins(event) for event in events if not isinstance(event, Evaluating)]
    return [{name: value for name, value in event.items() if name not in CLOCKED} for event in shown]


@pytest.mark.slow
def test_contenders_that_take_turns_say_what_each_says_alone_and_count_their_own_time() -> None:
    lenet_sigmoid, other = lenet(epochs=2), lenet(epochs=6)
    relu = Job(edit.replace_activations(other.architecture, "ReLU"), other.recipe, lenet_sigmoid.architecture)
    jobs = {"sigmoid": lenet_sigmoid, "relu": relu}
    output = io.BytesIO()
    start = time.perf_counter()
    orders = [Train(run_id, msgspec.Raw(msgspec.json.encode(job))) for run_id, job in jobs.items()]
    train_all(run_job, orders, Inbox(), output)
    elapsed = time.perf_counter() - start

    messages = [msgspec.json.decode(line, type=Message) for line in output.getvalue().splitlines()]
    said = {
        run_id: [each.event for each in messages if isinstance(each, Said) and each.run_id == run_id] for run_id in jobs
    }
    assert {run_id: untimed(events) for run_id, events in said.items()} == {
        run_id: untimed(train(job)) for run_id, job in jobs.items()
    }
    speakers = [each.run_id for each in messages if isinstance(each, Said)]
    assert len(list(itertools.groupby(speakers))) > 2, "one waited for the other's end"
    # Which of them has the last word is a matter of time.
    first = next(run_id for run_id in jobs if run_id != speakers[-1])
    assert [each for each in messages if isinstance(each, Over)] == [Over(first)]
    ends = [events[-1] for events in said.values()]
    assert 0 < sum(end.seconds for end in ends if isinstance(end, Finished)) <= elapsed


def wait_for(events: Iterator[Event], kind: type[Event]) -> Event:
    return next(event for event in events if isinstance(event, kind))


@pytest.mark.slow
def test_a_real_run_is_held_stepped_changed_and_goes_on_from_what_it_kept(open_worker: Open, tmp_path: Path) -> None:
    worker, kept = open_worker(WORKER), tmp_path / "checkpoints" / "a.safetensors"
    long = msgspec.json.encode(lenet(epochs=1_000))
    worker.send(Train("a", msgspec.Raw(long), keep=str(kept)))
    events = worker.events()
    wait_for(events, Step)
    worker.send(Pause("a"))
    held = wait_for(events, Paused)
    assert isinstance(held, Paused)
    assert read_place(kept).step == held.step

    worker.send(OneStep("a"))
    assert wait_for(events, Paused) == Paused(held.step + 1)
    worker.send(SetLearningRate("a", 0.5))
    changed = wait_for(events, LearningRate)
    assert isinstance(changed, LearningRate)
    assert (changed.step, changed.learning_rate) == (held.step + 1, 0.5)
    worker.send(Resume("a"))
    assert wait_for(events, Resumed) == Resumed(held.step + 1)
    wait_for(events, Step)
    worker.send(Cancel("a"))
    *_, last = events
    assert isinstance(last, Checkpoint)
    place = read_place(kept)
    assert (place.step, place.learning_rate) == (last.step, 0.5)

    worker.send(Train("b", msgspec.Raw(long), resume=str(kept)))
    later = worker.events(run_id="b")
    point = wait_for(later, Step)
    assert isinstance(point, Step)
    assert point.step > last.step


@pytest.mark.slow
def test_a_checkpoint_that_is_gone_fails_the_run_in_words(open_worker: Open, tmp_path: Path) -> None:
    worker = open_worker(WORKER)
    gone = tmp_path / "gone.safetensors"
    worker.send(Train("a", msgspec.Raw(msgspec.json.encode(lenet(epochs=1))), resume=str(gone)))
    failed = list(worker.events())[-1]
    assert isinstance(failed, Failed)
    assert failed.cause.startswith(f"{gone} is not a checkpoint that can be read")
