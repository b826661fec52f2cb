"""A disk that fails at any moment, or from it on: what was acknowledged is there after a restart, and has an end.

Each test counts the moment up until nothing fails any more.
"""

import itertools
import logging
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from explorer.runs.messages import Heat, Order, Over, Ready, Said, Train
from explorer.runs.scheduler import dispatcher
from explorer.runs.scheduler.dispatcher import Dispatcher
from explorer.runs.scheduler.server import Runs, open_runs
from explorer.runs.scheduler.worker import Ended, Hear
from explorer.runs.store.backups import back_up, restore
from explorer.runs.store.damage.recovery import open_store
from explorer.runs.store.database import StoreError
from explorer.runs.store.rows import ENDED, Remarks
from explorer.runs.store.store import Store
from explorer.training.events import Event, Finished
from tests.runs.faults import Faults, faults_in
from tests.runs.scene import events, find, job, race, wait_until
from tests.runs.scripted_worker import started, step

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("lasts", [False, True], ids=["once", "from then on"])]
TOLD: list[Event] = [started("a"), step(1), Finished(reason="epochs", seconds=1.0)]


class QuickWorker:
    """Trains whatever it is given within no time."""

    def __init__(self, *, hear: Hear, ended: Ended) -> None:
        self._hear, self._ended = hear, ended
        self._is_gone = False
        hear(Ready())

    def send(self, order: Order) -> None:
        runs = order.runs if isinstance(order, Heat) else (order,) if isinstance(order, Train) else ()
        for run in runs:
            for event in TOLD:
                self._hear(Said(run.run_id, event))
        for number, run in enumerate(runs):
            self._hear(Ready() if number == len(runs) - 1 else Over(run.run_id))

    def kill(self) -> None:
        if not self._is_gone:
            self._is_gone = True
            self._ended("was killed")

    def join(self, seconds: float) -> None:
        pass


class QuickAllocation:
    device, cores, memory = "cpu", 1, None

    def start_worker(self, *, hear: Hear, ended: Ended) -> QuickWorker:
        return QuickWorker(hear=hear, ended=ended)


@pytest.fixture
def faults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Faults:
    monkeypatch.setattr(dispatcher, "RETRY", 0.01)
    logging.getLogger("explorer").setLevel(logging.CRITICAL)
    return faults_in(tmp_path, monkeypatch)


def moments(faults: Faults, *, lasts: bool) -> Iterator[int]:
    """Count up, with the faults armed, as long as one happens."""
    for number in itertools.count(1):
        faults.arm(number, lasts=lasts)
        yield number
        faults.disarm()
        if not faults.happened:
            assert number > 1
            return


class Lesson:
    """What somebody does in a lesson, and what of it was acknowledged."""

    def __init__(self) -> None:
        self.launched: list[str] = []
        self.titles: dict[str, str] = {}
        self.deleted: set[str] = set()

    def hold(self, runs: Runs) -> None:
        for act in (self._launch, self._race, self._name, self._delete):
            with suppress(StoreError):
                act(runs)

    def _launch(self, runs: Runs) -> None:
        self.launched += [runs.submit(job("a"), "me") for _ in range(2)]

    def _race(self, runs: Runs) -> None:
        held = runs.submit_race(race("a", "b"), "me")
        with suppress(StoreError):
            self.launched += [run.id for run in runs.store.race_runs(held)]

    def _name(self, runs: Runs) -> None:
        for run_id in self.launched:
            runs.remark(run_id, Remarks(title="mine"))
            self.titles[run_id] = "mine"

    def _delete(self, runs: Runs) -> None:
        last = self.launched[-1:]
        wait_until_settled(runs)
        self.deleted |= runs.delete(last)


def wait_until_settled(runs: Runs) -> None:
    """Wait until nothing trains, or nothing can be written."""

    def settled() -> bool:
        try:
            return not runs.store.unfinished()
        except StoreError:
            return True

    with suppress(AssertionError):
        wait_until(lambda: settled() or runs.trouble)


def assert_kept(home: Path, lesson: Lesson) -> None:
    """Start again, where nothing fails, and look for all that was acknowledged."""
    home.mkdir(exist_ok=True)
    store, _ = open_store(home / "runs.sqlite")
    with closing(store), closing(Dispatcher(store, ())):
        wait_until(lambda: not store.unfinished())  # what waits ends too, since nobody is there who could train it
        for run_id in lesson.launched:
            found = find(store, run_id)
            assert found.job.architecture.name in ("a", "b")
            assert found.state in ENDED
            assert found.title == lesson.titles.get(run_id, found.title)
            assert len(events(store, run_id)) == found.num_events
            if found.state == "finished":
                assert events(store, run_id) == TOLD
        assert {run_id for run_id in lesson.deleted if find(store, run_id).deleted is None} == set()


def test_a_lesson_loses_nothing_that_was_acknowledged(tmp_path: Path, faults: Faults, *, lasts: bool) -> None:
    for number in moments(faults, lasts=lasts):
        home, lesson = tmp_path / str(number), Lesson()
        with suppress(StoreError), closing(open_runs(home, allocations=(QuickAllocation(),))) as runs:
            lesson.hold(runs)
        faults.disarm()
        assert_kept(home, lesson)


def filled(path: Path) -> dict[str, int]:
    """Write runs of several lengths; gives each one's number of events."""
    with closing(Store(path)) as store:
        runs = {store.create(job("a"), "me"): 2 * number for number in range(4)}
        for run_id, length in runs.items():
            store.append(run_id, [step(number + 1) for number in range(length)])
    return runs


def assert_repeatable(home: Path, faults: Faults, act: Callable[[Path], object], runs: dict[str, int]) -> None:
    """Do what may fail, then the same where nothing fails; all runs are there after it."""
    path = home / "runs.sqlite"
    with suppress(StoreError):
        act(path)
    faults.disarm()
    store, _ = open_store(path)
    with closing(store):
        assert {run.id: len(store.events(run.id)) for run in store.history(9)} == runs


def opened_and_closed(path: Path) -> None:
    open_store(path)[0].close()


def test_a_mending_that_fails_is_done_by_the_next_start(tmp_path: Path, faults: Faults, *, lasts: bool) -> None:
    runs = filled(tmp_path / "runs.sqlite")
    content = bytearray((tmp_path / "runs.sqlite").read_bytes())
    content[:16] = bytes(16)
    for number in moments(faults, lasts=lasts):
        home = tmp_path / str(number)
        faults.disarm()
        home.mkdir()
        (home / "runs.sqlite").write_bytes(content)
        faults.arm(number, lasts=lasts)
        assert_repeatable(home, faults, opened_and_closed, runs)
        (aside,) = home.glob("runs-damaged*.sqlite")
        assert aside.read_bytes() == bytes(content)


def test_a_backup_or_its_return_that_fails_changes_nothing(tmp_path: Path, faults: Faults, *, lasts: bool) -> None:
    runs = filled(tmp_path / "runs.sqlite")
    whole = (tmp_path / "runs.sqlite").read_bytes()
    for number in moments(faults, lasts=lasts):
        home = tmp_path / str(number)
        faults.disarm()
        home.mkdir()
        (home / "runs.sqlite").write_bytes(whole)
        faults.arm(number, lasts=lasts)
        assert_repeatable(home, faults, lambda path: restore(path, back_up(path)), runs)
