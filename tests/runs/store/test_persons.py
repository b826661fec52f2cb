"""A person's rows: their nickname beside their runs, and all of it removed so that no file has the bytes any more."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from explorer.experiments.sweep.sweep import Choices, Sweep
from explorer.runs.store import database
from explorer.runs.store.damage.recovery import recover
from explorer.runs.store.database import BusyError, StoreError
from explorer.runs.store.persons import PersonError, check_idle, erase_person
from explorer.runs.store.rows import Remarks
from explorer.runs.store.store import Store
from explorer.training.events import Finished
from tests.runs.scene import events, find, job, race
from tests.runs.scripted_worker import step

NICKNAME = "Ada-Quetzalcoatl"


@pytest.fixture
def _leaves_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have SQLite leave what it has freed, which some builds of it write over by themselves."""

    def connect(path: Path, patience: float, *, mode: str) -> sqlite3.Connection:
        connection = database.connect(path, patience, mode=mode)
        connection.execute("PRAGMA secure_delete = OFF")
        return connection

    monkeypatch.setattr("explorer.runs.store.persons.connect", connect)


def ended(store: Store, owner: str, name: str = "a") -> str:
    run = store.create(job(name), owner)
    end(store, run)
    return run


def end(store: Store, run: str) -> None:
    store.claim([run])
    store.append(run, [*map(step, range(1, 50)), Finished(reason="epochs", seconds=1.0)])


def holding(home: Path, text: str) -> list[str]:
    """Name the files of a folder that have a text somewhere."""
    return [path.name for path in home.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


def test_a_nickname_is_kept_and_a_later_one_takes_its_place(store: Store) -> None:
    store.call("ann", "Ann")
    store.call("bob", "Ann")
    store.call("ann", "<b>Ann</b> \u202e")
    assert store.nicknames() == {"ann": "<b>Ann</b> \u202e", "bob": "Ann"}


def test_a_nickname_that_is_not_as_it_was_written_is_left_out(store: Store) -> None:
    store.call("ann", "Ann")
    with closing(sqlite3.connect(store.path)) as other, other:
        other.execute("UPDATE persons SET nickname = 'Bob'")
    assert store.nicknames() == {}


def test_nicknames_outlive_damage(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite"
    with closing(Store(path)) as store:
        store.call("ann", "Ann")
    recover(path, StoreError("It is damaged."))
    with closing(Store(path)) as store:
        assert store.nicknames() == {"ann": "Ann"}


@pytest.mark.usefixtures("_leaves_bytes")
def test_all_of_a_person_goes_with_its_bytes_and_others_keep_theirs(store: Store) -> None:
    home = store.path.parent
    store.call("ann", NICKNAME)
    store.call("bob", "Bob")
    kept, *gone = ended(store, "bob"), *(ended(store, "ann", f"anns-own-{number}") for number in range(9))
    store.remark(gone[0], Remarks(title="anns-old-title"))
    store.remark(gone[0], Remarks(title="anns-new-title", notes="anns-notes " * 99))
    store.delete(gone[:2])
    held = store.create_race(race("anns-own-race", "anns-other"), "ann")
    varied = store.create_sweep(Sweep(base=job("anns-own-sweep"), axes=(Choices("batch_size", (8, 16)),)), "ann")
    for run in (*store.race_runs(held), *store.sweep_runs(varied)):
        end(store, run.id)
    assert holding(home, "anns-") != []
    erase_person(store.path, "ann")
    assert [holding(home, text) for text in (NICKNAME, "anns-", *gone, held, varied, "ann")] == [[]] * 14
    assert (store.owners(), store.nicknames(), store.group_titles()) == ({"bob": 1}, {"bob": "Bob"}, {})
    assert (find(store, kept).state, len(events(store, kept))) == ("finished", 50)
    assert ended(store, "bob") in {run.id for run in store.history(9)}, "who had the file open can write no more"


@pytest.mark.parametrize("whose", ["ann", "bob"], ids=["their own", "one that goes on from theirs"])
def test_while_a_run_needs_it_nothing_goes(store: Store, whose: str) -> None:
    source = ended(store, "ann")
    waiting = store.create_continuation(source, job("a"), whose, step=1)
    for attempt in (check_idle, erase_person):
        with pytest.raises(PersonError, match=r"1 run of ann.* waits or trains, so nothing was removed"):
            attempt(store.path, "ann")
    assert len(events(store, source)) == 50
    end(store, waiting)
    erase_person(store.path, "ann")
    assert store.run(source) is None


def test_who_still_reads_the_old_bytes_is_told_of(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.runs.store.persons.PATIENCE", 0.1)
    ended(store, "ann", "anns-own")
    with closing(sqlite3.connect(store.path)) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM runs").fetchall()
        with pytest.raises(BusyError, match=r"runs\.sqlite-wal.*give the same command again"):
            erase_person(store.path, "ann")
    erase_person(store.path, "ann")
    assert holding(store.path.parent, "anns-own") == []
