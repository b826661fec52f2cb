"""What happened in rooms, as it is kept: whole or marked, over damage, and gone without a trace where it is removed."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from explorer.runs.store.damage.recovery import recover
from explorer.runs.store.database import StoreError
from explorer.runs.store.persons import erase_person
from explorer.runs.store.reader import Reader
from explorer.runs.store.retention import DAY, ROOM_DAYS, make_room
from explorer.runs.store.room_events import ChangedElsewhereError, Row
from explorer.runs.store.store import Store

NICKNAME = "Ada-Quetzalcoatl"
OPENED = Row(1, 1.0, "teacher", '{"what":"opened"}')
JOINED = Row(2, 2.5, "ada", f'{{"what":"joined","nickname":"{NICKNAME}"}}')
PAUSED = Row(3, 3.0, "teacher", '{"what":"paused","on":true}')
ROWS = (OPENED, JOINED, PAUSED)


def fill(store: Store, *rooms: str) -> None:
    for room in rooms:
        assert store.room_events.rows(room) == []
        for row in ROWS:
            store.room_events.append(room, row)


def holding(home: Path) -> list[str]:
    return [path.name for path in home.rglob("*") if path.is_file() and NICKNAME.encode() in path.read_bytes()]


def test_events_are_read_as_they_were_written_and_marked_where_they_are_not(store: Store) -> None:
    fill(store, "A", "B")
    assert tuple(store.room_events.rows("A")) == ROWS
    assert sorted(store.room_events.codes()) == ["A", "B"]
    assert ("ada", NICKNAME) in store.room_events.persons()
    with closing(sqlite3.connect(store.path)) as other, other:
        other.execute("UPDATE room_events SET json = replace(json, 'Ada', 'Eve') WHERE room = 'B'")
    assert [row.line for row in Reader(store.path).room_events.rows("B")] == [OPENED.line, "", PAUSED.line]


def test_events_outlive_damage(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite"
    with closing(Store(path)) as store:
        fill(store, "A")
    recover(path, StoreError("It is damaged."))
    with closing(Store(path)) as store:
        assert tuple(store.room_events.rows("A")) == ROWS


def test_a_deleted_room_leaves_no_byte_of_a_name(store: Store) -> None:
    fill(store, "A", "B")
    assert holding(store.path.parent)
    store.room_events.delete("A")
    assert (store.room_events.rows("A"), len(store.room_events.rows("B"))) == ([], 3)
    with pytest.raises(ChangedElsewhereError):
        store.room_events.append("A", Row(4, 4.0, "ada", "{}"))
    store.room_events.delete("B")
    assert holding(store.path.parent) == []


def test_a_room_goes_by_itself_after_a_month_in_which_nothing_happened(store: Store) -> None:
    fill(store, "A")
    make_room(store, now=PAUSED.at + ROOM_DAYS * DAY - 1)
    assert store.room_events.codes() == ["A"]
    make_room(store, now=PAUSED.at + ROOM_DAYS * DAY + 1)
    assert store.room_events.codes() == []


def test_of_a_person_all_events_go_and_the_rooms_that_they_opened(store: Store) -> None:
    fill(store, "A")
    erase_person(store.path, "ada")
    assert holding(store.path.parent) == []
    with pytest.raises(ChangedElsewhereError):
        store.room_events.append("A", Row(4, 4.0, "ada", "{}"))
    assert store.room_events.rows("A") == [OPENED, PAUSED]
    store.room_events.append("A", Row(4, 4.0, "ben", "{}"))
    erase_person(store.path, "teacher")
    assert store.room_events.codes() == []
