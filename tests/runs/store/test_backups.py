"""Backups: made while the store is written, kept seven deep, put back, and made by themselves."""

import os
import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest

from explorer.runs.scheduler.upkeep import DAY, look_after
from explorer.runs.store.backups import KEPT, back_up, backups, restore
from explorer.runs.store.checksum import teach
from explorer.runs.store.damage.recovery import open_store
from explorer.runs.store.database import MIGRATIONS, VERSION, StoreError
from explorer.runs.store.reader import Reader
from explorer.runs.store.store import Store
from tests.runs.scene import events, find, job
from tests.runs.scripted_worker import step


def test_a_backup_is_whole_while_the_store_is_written(store: Store) -> None:
    run_id = store.create(job("a"), "me")
    done = threading.Event()

    def write() -> None:
        while not done.is_set():
            store.append(run_id, [step(1)] * 7)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        copies = [back_up(store.path) for _ in range(3)]
    finally:
        done.set()
        writer.join()
    for copy in copies:
        assert len(events(Reader(copy), run_id)) % 7 == 0
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600 or os.name != "posix"
    assert {path.name for path in copies[0].parent.iterdir()} == {copy.name for copy in copies}


def test_the_last_seven_are_kept(store: Store) -> None:
    made = []
    for number in range(KEPT + 3):
        made.append(back_up(store.path))
        os.utime(made[-1], (number, number))
    assert backups(store.path) == made[:2:-1]
    elsewhere = back_up(store.path, store.path.with_name("mine.sqlite"))
    assert elsewhere.exists()
    assert len(backups(store.path)) == KEPT


def test_a_restored_backup_takes_the_place_of_what_then_lies_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite"
    with closing(Store(path)) as store:
        before = store.create(job("before"), "me")
        copy = back_up(path, tmp_path / "mine.sqlite")
        after = store.create(job("after"), "me")
    aside = restore(path, copy)
    with closing(Store(path)) as store:
        assert [run.id for run in store.history(9)] == [before]
    assert aside is not None
    assert {run.id for run in Reader(aside).history(9)} == {before, after}
    assert restore(tmp_path / "new" / "runs.sqlite", copy) is None


@pytest.mark.parametrize("content", [b"", b"my shopping list " * 100])
def test_what_is_no_backup_is_refused_and_changes_nothing(store: Store, content: bytes) -> None:
    run_id = store.create(job("a"), "me")
    store.path.with_name("list").write_bytes(content)
    with pytest.raises(StoreError):
        restore(store.path, store.path.with_name("list"))
    assert find(store, run_id)


def test_a_damaged_file_makes_no_backup_and_costs_none(store: Store) -> None:
    kept = back_up(store.path)
    run_id = store.create(job("a"), "me")
    store.append(run_id, [step(1)] * 500)
    store.close()
    content = bytearray(store.path.read_bytes())
    content[5 * 4_096 : 6 * 4_096] = os.urandom(4_096)
    store.path.write_bytes(content)
    with pytest.raises(StoreError, match="damaged"):
        back_up(store.path)
    assert backups(store.path) == [kept]
    assert list(kept.parent.iterdir()) == [kept]


def test_a_file_of_an_older_version_is_backed_up_before_it_is_changed(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite"
    with closing(sqlite3.connect(path)) as old, old:
        teach(old)
        old.executescript("".join(MIGRATIONS[:-1]))
        old.execute(f"PRAGMA user_version = {VERSION - 1}")
    for _ in range(2):
        store, notice = open_store(path)
        store.close()
        assert notice == ""
    (copy,) = backups(path)
    with closing(sqlite3.connect(copy)) as kept:
        assert kept.execute("PRAGMA user_version").fetchone() == (VERSION - 1,)


def test_once_a_day_a_backup_is_made(store: Store) -> None:
    look_after(store, now=DAY)
    assert len(backups(store.path)) == 1
    made = backups(store.path)[0].stat().st_mtime
    look_after(store, now=made + DAY - 1)
    assert len(backups(store.path)) == 1
    look_after(store, now=made + DAY)
    assert len(backups(store.path)) == 2
