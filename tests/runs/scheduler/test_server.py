"""One folder, one server that trains; and whatever ends a server, nothing of it is left."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import IO, cast

import pytest

from explorer.architecture.presets import PRESETS
from explorer.runs.child_process import ROOT
from explorer.runs.messages import Pause
from explorer.runs.scheduler import dispatcher
from explorer.runs.scheduler.allocations import LocalAllocation
from explorer.runs.scheduler.server import ReadOnlyError, open_runs
from explorer.runs.store.reader import Reader
from explorer.runs.store.rows import Remarks
from explorer.training.loop.checkpoint import read_place
from explorer.training.recipe.recipe import Job, Recipe
from tests.runs.scene import (
    allocations,
    find,
    is_alive,
    job,
    race,
    wait_for_state,
    wait_for_step,
    wait_until,
    worker_pids,
)
from tests.runs.scripted_worker import started, step

SERVER = """
import sys, threading
from pathlib import Path
from explorer.runs.scheduler.server import open_runs
from tests.runs.scene import allocations, job

home = Path(sys.argv[1])
runs = open_runs(home, allocations=allocations(home))
print(*[runs.submit(job(script), "me") for script in ("forever", "steps 1")], flush=True)
threading.Event().wait()
"""


TRAINS = """
import sys, threading
from pathlib import Path
from explorer.runs.scheduler.server import open_runs
from tests.runs.scheduler.test_server import long_job, one_core

runs = open_runs(Path(sys.argv[1]), allocations=one_core())
print(runs.submit(long_job(), "me"), flush=True)
threading.Event().wait()
"""


def long_job() -> Job:
    return Job(PRESETS["lenet-d2l"].architecture, Recipe(device="cpu", train_size=512, epochs=1_000))


def one_core() -> tuple[LocalAllocation, ...]:
    """Give a place for a real worker."""
    return (LocalAllocation("cpu", {}),)


@contextmanager
def server(home: Path, code: str = SERVER) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Run a server that has launched two runs; gives its process and the runs' ids."""
    command = [sys.executable, "-c", code, str(home)]
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        try:
            yield process, cast(IO[str], process.stdout).readline().split()
        finally:
            process.kill()


@pytest.mark.slow
@pytest.mark.parametrize("end", ["SIGKILL", "SIGTERM", "SIGINT"])
def test_however_a_server_ends_no_worker_is_left_and_a_restart_finds_every_event(tmp_path: Path, end: str) -> None:
    with server(tmp_path) as (process, (running, waiting)):
        showing = Reader(tmp_path / "runs.sqlite")
        wait_until(lambda: find(showing, running).step >= 5)
        pids = worker_pids(tmp_path)
        assert [is_alive(pid) for pid in pids] == [True]
        process.send_signal(getattr(signal, end))
        process.wait()
        wait_until(lambda: not any(map(is_alive, pids)))
    with closing(open_runs(tmp_path, allocations=allocations(tmp_path))) as runs:
        interrupted = find(runs.store, running)
        assert interrupted.state == "interrupted"
        assert "server was stopped" in (interrupted.cause or "")
        expected = [started("forever"), *map(step, range(1, interrupted.step + 1))]
        assert runs.store.events(running) == list(enumerate(expected, start=1))
        assert wait_for_state(runs.store, waiting).state == "finished"


@pytest.mark.slow
def test_a_run_of_a_server_that_is_stopped_at_once_goes_on_from_its_last_step(tmp_path: Path) -> None:
    with server(tmp_path, TRAINS) as (process, (running,)):
        with closing(open_runs(tmp_path, allocations=one_core())) as showing:  # before it would take over
            wait_for_step(showing.store, running)
        process.send_signal(signal.SIGINT)
        process.wait()
    with closing(open_runs(tmp_path, allocations=one_core())) as runs:
        interrupted = find(runs.store, running)
        assert interrupted.state == "interrupted"
        assert "server was stopped" in (interrupted.cause or "")
        assert read_place(runs.checkpoint(running)).step == interrupted.step
        continued = runs.continue_run(running, "me", more_epochs=0)
        wait_until(lambda: find(runs.store, continued).step > interrupted.step)


def test_a_server_that_is_stopped_waits_for_no_step_that_takes_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "KEEP_LIMIT", 0.1)
    runs = open_runs(tmp_path, allocations=allocations(tmp_path))
    deaf, waiting = (runs.submit(job(script), "me") for script in ("steps 5 deaf", "steps 1"))
    wait_until(lambda: find(runs.store, deaf).step == 5)
    runs.close()
    assert [find(runs.store, run_id).state for run_id in (deaf, waiting)] == ["interrupted", "queued"]
    assert not any(map(is_alive, worker_pids(tmp_path)))
    runs.close()


def test_a_second_server_shows_and_says_why_it_does_not_train(tmp_path: Path) -> None:
    with closing(open_runs(tmp_path, allocations=allocations(tmp_path))) as first:
        assert first.read_only is None
        running = first.submit(job("gate a"), "me")
        waiting = first.submit(job("gate a"), "me")
        wait_for_state(first.store, running, "running")
        with closing(open_runs(tmp_path, allocations=allocations(tmp_path))) as second:
            assert find(second.store, running).state == "running"
            assert (second.position(waiting), second.trouble) == (1, None)
            with pytest.raises(ReadOnlyError, match=r"\(process \d+\) already trains.*another EXPLORER_HOME"):
                second.submit(job("steps 1"), "me")
            for change in (
                partial(second.submit_race, race("steps 1", "steps 2"), "me"),
                partial(second.continue_run, running, "me", more_epochs=1),
                partial(second.ask, Pause(running)),
                partial(second.cancel, waiting),
                partial(second.end_now, running),
                partial(second.remark, running, Remarks(title="mine")),
                partial(second.delete, [running]),
                partial(second.restore, [running]),
            ):
                with pytest.raises(ReadOnlyError):
                    change()
        (tmp_path / "a").touch()
        assert wait_for_state(first.store, waiting).state == "finished"
    with closing(open_runs(tmp_path, allocations=allocations(tmp_path))) as third:
        assert third.read_only is None


@pytest.mark.slow
@pytest.mark.parametrize("end", ["SIGKILL", "SIGTERM"])
def test_a_second_server_takes_over_once_the_first_is_gone(tmp_path: Path, end: str) -> None:
    with (
        server(tmp_path) as (process, (running, waiting)),
        closing(open_runs(tmp_path, allocations=allocations(tmp_path))) as second,
    ):
        wait_until(lambda: find(second.store, running).step >= 5)
        with pytest.raises(ReadOnlyError):
            second.submit(job("steps 1"), "me")
        process.send_signal(getattr(signal, end))
        process.wait()
        wait_until(lambda: second.read_only is None)
        assert find(second.store, running).state == "interrupted"
        assert wait_for_state(second.store, waiting).state == "finished"
        assert wait_for_state(second.store, second.submit(job("steps 1"), "me")).state == "finished"


def test_of_two_that_wait_for_the_first_one_takes_over(tmp_path: Path) -> None:
    first = open_runs(tmp_path, allocations=allocations(tmp_path))
    with (
        closing(open_runs(tmp_path, allocations=allocations(tmp_path))) as second,
        closing(open_runs(tmp_path, allocations=allocations(tmp_path))) as third,
    ):
        first.close()
        wait_until(lambda: None in (second.read_only, third.read_only))
        assert second.read_only or third.read_only
