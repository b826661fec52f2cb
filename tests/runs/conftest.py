"""A store, and dispatchers with scripted workers on it, for the tests of runs."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from explorer.runs.scheduler.dispatcher import Dispatcher
from explorer.runs.store.store import Store
from tests.runs.scene import SCRIPTED, is_alive, slots, worker_pids

Start = Callable[..., Dispatcher]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store(tmp_path / "runs.sqlite", patience=0.1)) as opened:
        yield opened


@pytest.fixture
def start(store: Store, tmp_path: Path) -> Iterator[Start]:
    """Start dispatchers that are closed at the test's end, when no worker may be left."""
    opened: list[Dispatcher] = []

    def _start(*, command: tuple[str, ...] = SCRIPTED, count: int = 1) -> Dispatcher:
        opened.append(Dispatcher(store, slots(tmp_path, count), command=command))
        return opened[-1]

    yield _start
    for dispatcher in opened:
        dispatcher.close()
    assert not any(map(is_alive, worker_pids(tmp_path)))


@pytest.fixture
def dispatcher(start: Start) -> Dispatcher:
    return start()
