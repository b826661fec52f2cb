"""A store, and dispatchers with scripted workers on it, for the tests of runs."""

import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from explorer.runs.scheduler.dispatcher import Dispatcher
from explorer.runs.scheduler.fair_queue import unbounded
from explorer.runs.store import database
from explorer.runs.store.store import Store
from tests.runs.in_process import InProcessAllocation
from tests.runs.scene import SCRIPTED, allocations, is_alive, worker_pids

Start = Callable[..., Dispatcher]


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[sqlite3.Connection]:
    """The connections by which stores write that are opened from now on."""
    opened: list[sqlite3.Connection] = []

    def connect(path: Path, patience: float, *, mode: str) -> sqlite3.Connection:
        opened.append(database.connect(path, patience, mode=mode))
        return opened[-1]

    monkeypatch.setattr("explorer.runs.store.store.connect", connect)
    return opened


@pytest.fixture
def store(tmp_path: Path, connections: list[sqlite3.Connection]) -> Iterator[Store]:
    with closing(Store(tmp_path / "runs.sqlite", patience=0.1)) as opened:
        yield opened


@pytest.fixture
def connection(store: Store, connections: list[sqlite3.Connection]) -> sqlite3.Connection:
    """The connection by which the store writes."""
    return connections[0]


@pytest.fixture
def start(store: Store, tmp_path: Path) -> Iterator[Start]:
    """Start dispatchers that are closed at the test's end, when no worker may be left."""
    opened: list[Dispatcher] = []

    def _start(*, command: tuple[str, ...] = SCRIPTED, count: int = 1) -> Dispatcher:
        opened.append(Dispatcher(store, allocations(tmp_path, count=count, command=command)))
        return opened[-1]

    yield _start
    for dispatcher in opened:
        dispatcher.close()
    assert not any(map(is_alive, worker_pids(tmp_path)))


@pytest.fixture
def dispatcher(start: Start) -> Dispatcher:
    return start()


@pytest.fixture
def allocation() -> InProcessAllocation:
    return InProcessAllocation()


@pytest.fixture
def start_in_process(store: Store, allocation: InProcessAllocation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Start dispatchers whose workers are objects of this process, several of them on one allocation."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    with ExitStack() as stack:
        yield lambda *, count=1, most_running=unbounded: stack.enter_context(
            closing(Dispatcher(store, [allocation] * count, most_running=most_running))
        )
