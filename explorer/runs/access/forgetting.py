"""Forgets a person: nothing that this program keeps of its own names them any more, or holds what they made."""

from pathlib import Path

import msgspec

from explorer.runs.access.audit import audit_log, forget_deeds
from explorer.runs.scheduler.folder_lock import take
from explorer.runs.store.backups import back_up, remove_others, set_aside
from explorer.runs.store.database import in_words
from explorer.runs.store.persons import PersonError, check_idle, erase_person
from explorer.runs.store.reader import Reader
from explorer.runs.store.rows import Run
from explorer.runs.store.run_files import kept_files

# Of a file, which is written anew: a server that trains waits five seconds, and loses a run after that.
MOST_BESIDE_A_SERVER = 200_000_000


class Forgotten(msgspec.Struct, frozen=True):
    """What was removed, and what is left that this program does not remove by itself."""

    num_runs: int
    num_groups: int  # races and sweeps
    num_in_rooms: int  # answers, and what else they did in rooms
    num_files: int
    num_lines: int  # of the log, which stay without the person
    backup: Path  # the new one, without the person
    num_backups: int  # older ones, which were removed
    set_aside: tuple[Path, ...]  # databases that were replaced or damaged, which can still hold the person


def forget(home: Path, person: str) -> Forgotten:
    """Remove all of a person of an id; raises `StoreError`.

    The log comes last: where something before stood in the way, the person is still found when it is done again.
    """
    path = home / "runs.sqlite"
    lock = take(home)
    try:
        if lock is None:
            _check_size(path)
        check_idle(path, person)
        reader = Reader(path)
        runs, groups = [run.id for run in _all_runs(reader, person)], reader.groups_of(person)
        num_files, in_rooms = _remove_files(home, runs), len(reader.room_events.of_person(person))
        erase_person(path, person)
        backup = back_up(path)
        num_backups = remove_others(path, backup)
        num_lines = _forget_deeds(home, person)
    finally:
        if lock:
            lock.release()
    return Forgotten(
        len(runs), len(groups), in_rooms, num_files, num_lines, backup, num_backups, tuple(set_aside(path))
    )


def _all_runs(reader: Reader, person: str) -> list[Run]:
    return [*reader.runs_of(person), *reader.entered_by(person)]


def _check_size(path: Path) -> None:
    with in_words(path):
        size = path.stat().st_size
    if size > MOST_BESIDE_A_SERVER:
        raise PersonError(
            f"The file {path} has {size:,} bytes. It is written anew without the person, and beyond "
            f"{MOST_BESIDE_A_SERVER:,} bytes that takes longer than a server can wait. Stop the server first."
        )


def _forget_deeds(home: Path, person: str) -> int:
    log = audit_log(home)
    try:
        return forget_deeds(log, person)
    except OSError as error:
        raise PersonError(
            f"The log {log} cannot be written: {error}. It still names {person}, of whom all else is removed. "
            "Free some space there, or allow it, and give the same command again."
        ) from error


def _remove_files(home: Path, runs: list[str]) -> int:
    kinds = kept_files(home)
    there = [path for files in kinds for run in runs for path in files.files(run)]
    for files in kinds:
        files.remove(runs)
    if left := [path for path in there if path.exists()]:
        raise PersonError(f"The file {left[0]} cannot be removed, so all else is still kept. Allow it, and try again.")
    return len(there)
