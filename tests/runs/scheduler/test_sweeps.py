"""Sweeps with real processes: one queue for all, a stop that stays, and a server's end that costs no cell."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, cast

import pytest

from explorer.experiments.sweep.sweep import Choices, Sweep
from explorer.runs.child_process import ROOT
from explorer.runs.messages import Pause, Resume
from explorer.runs.scheduler import worker_slot
from explorer.runs.scheduler.allocations import LocalAllocation
from explorer.runs.scheduler.dispatcher import Dispatcher
from explorer.runs.scheduler.fair_queue import place
from explorer.runs.scheduler.resume import resume_sweeps
from explorer.runs.scheduler.server import ReadOnlyError, Runs, open_runs
from explorer.runs.store.reader import Reader
from explorer.runs.store.rows import ENDED, Remarks, Run
from explorer.runs.store.run_files import RunFiles, kept_files
from explorer.runs.store.store import Store
from explorer.training.events import Epoch
from explorer.training.recipe.recipe import Job, Recipe
from tests.runs.scene import allocations, find, job, looks_at_the_queue, wait_for_state, wait_until
from tests.training.small_jobs import SMALL

REAL = (LocalAllocation("cpu", {"OMP_NUM_THREADS": "1"}),)


def sweep(script: str, *, cells: int = 4) -> Sweep:
    return Sweep(base=job(script), axes=(Choices("batch_size", tuple(range(1, 1 + cells))),))


def ended(runs: Runs | Store, name: str) -> bool:
    store = runs if isinstance(runs, Store) else runs.store
    return all(run.state in ENDED for run in store.sweep_runs(name))


def test_cells_are_queued_in_order_and_those_that_do_not_fit_are_kept_without_a_run(tmp_path: Path) -> None:
    small = Sweep(base=Job(SMALL, Recipe()), axes=(Choices("conv1.kernel_size", (7, 99, 5)),))
    with closing(Store(tmp_path / "runs.sqlite")) as store:
        name = store.create_sweep(small, "anna")
        held = store.sweep(name)
        assert held is not None
        assert (held.owner, held.sweep, held.stopped) == ("anna", small, None)
        assert [bool(cell.cause) for cell in held.cells] == [False, True, False]
        assert [(run.cell, run.state) for run in store.sweep_runs(name)] == [(0, "queued"), (2, "queued")]
        kernels = [getattr(run.job.architecture.layers[0], "kernel_size", None) for run in store.sweep_runs(name)]
        assert kernels == [7, 5]
        assert store.sweep("unknown") is None


def test_a_sweep_delays_another_users_run_and_the_owners_own_by_one_run_at_most(tmp_path: Path) -> None:
    with closing(Store(tmp_path / "runs.sqlite")) as store:
        dispatcher = Dispatcher(store, allocations(tmp_path))
        try:
            swept = dispatcher.submit_sweep(sweep("steps 1 gate a", cells=100), "anna")
            first = store.sweep_runs(swept)[0].id
            wait_for_state(store, first, "running")
            own = dispatcher.submit(job("steps 1"), "anna")
            other = dispatcher.submit(job("steps 1"), "ben")
            assert [place(run_id, store, allocations(tmp_path)) for run_id in (other, own)] == [1, 2]
            (tmp_path / "a").touch()
            wait_until(lambda: ended(store, swept))
            cells = [run.id for run in store.sweep_runs(swept)]
            by_start = sorted((*cells, own, other), key=lambda run_id: find(store, run_id).started or 0)
            assert by_start == [first, other, own, *cells[1:]]
            assert {run.state for run in store.sweep_runs(swept)} == {"finished"}
        finally:
            dispatcher.close()


SERVER = """
import sys, threading
from pathlib import Path
from explorer.runs.scheduler.server import open_runs
from tests.runs.scheduler.test_sweeps import REAL, allocations, kept_sweep, sweep

home, real = Path(sys.argv[1]), sys.argv[2] == "real"
runs = open_runs(home, allocations=REAL if real else allocations(home))
print(kept_sweep(runs) if real else runs.submit_sweep(sweep("forever"), "anna"), flush=True)
threading.Event().wait()
"""


def kept_sweep(runs: Runs) -> str:
    """Launch a sweep whose first cell has a checkpoint, as it was held for a moment, and whose second is soon done."""
    base = Job(SMALL, Recipe(train_size=2_000, batch_size=8, device="cpu"))
    name = runs.submit_sweep(Sweep(base=base, axes=(Choices("epochs", (400, 1)),)), "anna")
    (first, _) = runs.store.sweep_runs(name)
    wait_until(lambda: len(_epochs(runs, first)) >= 3)
    runs.ask(Pause(first.id))
    wait_for_state(runs.store, first.id, "paused")
    runs.ask(Resume(first.id))
    wait_for_state(runs.store, first.id, "running")
    return name


@contextmanager
def server(home: Path, kind: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a server that has launched a sweep; gives its process and the sweep's id."""
    command = [sys.executable, "-c", SERVER, str(home), kind]
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            yield process, cast(IO[str], process.stdout).readline().strip()
        finally:
            process.kill()


@pytest.mark.slow
@pytest.mark.parametrize("end", ["SIGKILL", "SIGTERM"])
def test_a_sweep_goes_on_after_its_servers_end_and_is_stopped_for_good(tmp_path: Path, end: str) -> None:
    with server(tmp_path, "scripted") as (process, name):
        with closing(open_runs(tmp_path, allocations=allocations(tmp_path))) as showing:
            wait_until(lambda: showing.store.sweep_runs(name)[0].step >= 3)
            before = showing.store.sweep_runs(name)
            with pytest.raises(ReadOnlyError):
                showing.stop_sweep(name)
        process.send_signal(getattr(signal, end))
        process.wait()
    with closing(open_runs(tmp_path, allocations=allocations(tmp_path))) as runs:
        after = runs.store.sweep_runs(name)
        assert find(runs.store, before[0].id).state == "interrupted"
        assert [run.cell for run in after] == [0, 1, 2, 3]
        assert [run.id for run in after][1:] == [run.id for run in before][1:]
        wait_until(lambda: runs.store.sweep_runs(name)[0].step >= 3)  # the first again first
        assert [run.state for run in runs.store.sweep_runs(name)][1:] == ["queued"] * 3
        runs.stop_sweep(name)
        wait_until(lambda: ended(runs, name))
    with closing(open_runs(tmp_path, allocations=allocations(tmp_path))) as runs:
        assert {run.state for run in runs.store.sweep_runs(name)} == {"cancelled"}


@pytest.mark.slow
def test_a_cell_with_a_checkpoint_goes_on_from_it_after_a_kill(tmp_path: Path) -> None:
    with server(tmp_path, "real") as (process, name):
        (first, _) = Reader(tmp_path / "runs.sqlite").sweep_runs(name)
        process.kill()
        process.wait()
    with closing(open_runs(tmp_path, allocations=REAL)) as runs:
        again, _ = runs.store.sweep_runs(name)
        assert (again.continues, again.cell, again.created) == (first.id, 0, first.created)
        kept = find(runs.store, first.id).step
        assert again.step > 0, "it begins anew"
        assert _epochs(runs, again)[:3] == _epochs(runs, first)[:3]
        wait_until(lambda: find(runs.store, again.id).step > kept)
        runs.cancel(again.id)
        wait_until(lambda: ended(runs, name))
        assert [run.state for run in runs.store.sweep_runs(name)] == ["cancelled", "finished"]


def _epochs(runs: Runs, run: Run) -> list[float]:
    return [event.test_loss for _, event in runs.store.events(run.id) if isinstance(event, Epoch)]


def test_a_broken_checkpoint_and_none_at_all_begin_anew(tmp_path: Path) -> None:
    with closing(Store(tmp_path / "runs.sqlite")) as store:
        name = store.create_sweep(sweep("steps 1", cells=2), "anna")
        broken, bare = (run.id for run in store.sweep_runs(name))
        store.claim([broken, bare])
        kept = kept_files(tmp_path).checkpoints
        kept.path(broken).parent.mkdir()
        kept.path(broken).write_bytes(b"half a file")
        store.interrupt("The server was stopped.")
        resume_sweeps(store, kept)
        assert [(run.continues, run.state) for run in store.sweep_runs(name)] == [(None, "queued")] * 2
        resume_sweeps(store, kept)
        assert len(store.list_runs(10)) == 4


def test_what_a_person_ended_stays_ended_after_a_restart(tmp_path: Path) -> None:
    with closing(Store(tmp_path / "runs.sqlite")) as store:
        name = store.create_sweep(sweep("steps 1"), "anna")
        stopped, deleted, lost, waiting = (run.id for run in store.sweep_runs(name))
        store.claim([stopped, deleted, lost])
        store.stop(stopped)
        store.interrupt("The server was stopped.")
        store.delete([deleted])
        assert find(store, stopped).state == "cancelled"
        resume_sweeps(store, kept_files(tmp_path).checkpoints)
        states = [run.state for run in store.sweep_runs(name)]
        assert states == ["cancelled", "interrupted", "queued", "queued"]
        store.stop_sweep(name)
        assert not store.queued(), "a cell could start while its sweep is being stopped"
        assert find(store, waiting).state == "cancelled"
        assert find(store, lost).state == "interrupted"


def test_a_cell_that_was_taken_up_is_one_run_of_the_history_with_what_was_said_of_it(tmp_path: Path) -> None:
    with closing(Store(tmp_path / "runs.sqlite")) as store:
        name = store.create_sweep(sweep("steps 1", cells=2), "anna")
        before = store.sweep_runs(name)
        store.remark(before[0].id, Remarks(title="mine", tags="x", notes="why"))
        store.claim([run.id for run in before])
        store.interrupt("The server was stopped.")
        resume_sweeps(store, kept_files(tmp_path).checkpoints)
        after = store.sweep_runs(name)
        assert not {run.id for run in before} & {run.id for run in after}
        assert (after[0].title, after[0].tags, after[0].notes) == ("mine", "x", "why")
        for listed in (store.history(9), store.find_runs([name])):
            assert {run.id for run in listed} == {run.id for run in after}
        assert store.find_runs([before[0].id]) == [find(store, before[0].id)], "its own link still shows it"


def test_a_held_cell_does_not_make_room_for_its_own_sweep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_slot, "PAUSE_LIMIT", 0.05)
    monkeypatch.setattr(worker_slot, "PAUSE_LOOK", 0.05)
    with closing(Store(tmp_path / "runs.sqlite")) as store:
        dispatcher = Dispatcher(store, allocations(tmp_path))
        try:
            first, _ = store.sweep_runs(dispatcher.submit_sweep(sweep("forever", cells=2), "anna"))
            wait_for_state(store, first.id, "running")
            dispatcher.ask(Pause(first.id))
            wait_for_state(store, first.id, "paused")
            looks = looks_at_the_queue(store, monkeypatch)
            wait_until(lambda: len(looks) > 3)
            assert find(store, first.id).state == "paused"
            dispatcher.submit(job("steps 1"), "ben")
            assert wait_for_state(store, first.id).state == "cancelled"
        finally:
            dispatcher.close()


def test_a_sweeps_checkpoints_make_room_before_others(tmp_path: Path) -> None:
    kept = RunFiles(tmp_path / "files", most_files=2, most_bytes=100)
    (tmp_path / "files").mkdir()
    for age, run_id in enumerate(("cell 2", "cell 1", "alone", "older")):
        kept.path(run_id).write_bytes(b"x")
        os.utime(kept.path(run_id), (1e9 - age, 1e9 - age))
    kept.prune(first=["cell 1", "cell 2"])
    assert [kept.size(run_id) is not None for run_id in ("cell 2", "cell 1", "alone", "older")] == [
        False,
        False,
        True,
        True,
    ]
