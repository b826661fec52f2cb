"""Backups of the database: whole files of their own, which are made while it is read and written, and put in its place.

The last seven of a folder are kept. A backup is looked through before it counts as one.
"""

import os
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from explorer.runs.store.database import DamagedError, StoreError, connect, in_words, version_of

FOLDER = "backups"
KEPT = 7
PART, NEW = ".part", ".new"
PATIENCE = 5.0  # seconds for a lock that another program holds
ASIDE = ("", "-wal", "-shm", "-journal")  # what SQLite keeps of a database, each behind its name


def moment_words(moment: float | None = None) -> str:
    """Write a moment as it stands in a file's name, in local time: `2026-11-29T15-04-05`."""
    return time.strftime("%Y-%m-%dT%H-%M-%S", time.localtime(moment))


def free_place(path: Path) -> Path:
    """Give a path that nobody has: this one, or the same with a number."""
    places = (path, *(path.with_name(f"{path.stem}-{number}{path.suffix}") for number in range(2, 1_000)))
    return next(place for place in places if not place.exists())


def back_up(path: Path, target: Path | None = None) -> Path:
    """Copy a database as it is at this moment, also while it is written, and give the copy's place.

    Without a `target` it goes to the folder of backups, of which the oldest then go. Raises `StoreError`.
    """
    with in_words(path):
        place = target or free_place(path.parent / FOLDER / f"{path.stem}-{moment_words()}{path.suffix}")
        part = place.with_name(place.name + PART)
        if place.parent.parent.exists():  # of runs that are nowhere no folder is made
            place.parent.mkdir(mode=0o700, exist_ok=True)
        try:
            _copy(path, part)
            sync(part)
            part.replace(place)
        finally:
            remove_whole(part)
        if target is None:
            for old in backups(path)[KEPT:]:
                old.unlink(missing_ok=True)
    return place


def _copy(path: Path, target: Path) -> None:
    if not path.exists():
        raise StoreError(f"There is no file {path}, so there are no runs to copy.")
    remove_whole(target)
    with closing(connect(path, PATIENCE, mode="rw")) as source, closing(connect(target, 0, mode="rwc")) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, which nothing beside it completes
        if version_of(copy, path):
            check_any(copy, path)


def check_any(connection: sqlite3.Connection, path: Path) -> None:
    """Read a whole file of any version and raise `DamagedError` where SQLite did not write it so."""
    found = {line for (line,) in connection.execute("PRAGMA quick_check")}
    if found != {"ok"}:
        raise DamagedError(f"The file {path} is damaged, so no backup was made: {min(found - {'ok'})}.")


def sync(path: Path) -> None:
    """Wait until a file is on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def backups(path: Path) -> list[Path]:
    """List a database's backups, newest first."""
    found = (path.parent / FOLDER).glob(f"{path.stem}-*{path.suffix}")
    return sorted(found, key=lambda each: each.stat().st_mtime, reverse=True)


def remove_others(path: Path, backup: Path) -> int:
    """Remove all backups but one, and count them; one that is being made does not come to its end."""
    others = [each for each in backup.parent.glob(f"{path.stem}-*") if each != backup]
    for each in others:
        each.unlink(missing_ok=True)
    return sum(each.suffix == path.suffix for each in others)


def set_aside(path: Path) -> list[Path]:
    """List the databases that lie beside this one under other names: they were replaced, or damaged."""
    return sorted(path.parent.glob(f"{path.stem}-*{path.suffix}"))


def look_through(place: Path) -> None:
    """Raise `StoreError` for a file that is no database of this program, or not whole."""
    with in_words(place), closing(connect(place, PATIENCE, mode="ro")) as connection:
        if not version_of(connection, place):
            raise StoreError(f"The file {place} holds no runs. Choose one that `python -m explorer backup` wrote.")
        check_any(connection, place)


def restore(path: Path, source: Path) -> Path | None:
    """Put a backup in the place of the database, and give where the replaced one now lies; raises `StoreError`.

    Nobody may have the database open: the caller holds the folder's lock.
    """
    look_through(source)
    part = path.with_name(path.name + PART)
    with in_words(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _copy(source, part)
        sync(part)
        return exchange(path, part, "replaced")


def exchange(path: Path, part: Path, why: str) -> Path | None:
    """Put a whole file in the place of the database, and give where that now lies; None if there was none.

    Wherever this is cut off, `finish_exchange` goes on.
    """
    new = path.with_name(path.name + NEW)
    part.replace(new)
    aside = _set_aside(path, why) if path.exists() else None
    new.replace(path)
    return aside


def finish_exchange(path: Path) -> None:
    """Go on where an exchange was cut off: before it had begun the database stays as it was."""
    new = path.with_name(path.name + NEW)
    if new.exists():
        if path.exists():
            new.unlink()
        else:
            _set_aside(path, "left")  # what may lie there still of the file that was set aside
            new.replace(path)


def _set_aside(path: Path, why: str) -> Path:
    """Give a database, with what belongs to it, a name with a word and the time, and give that."""
    place = free_place(path.with_name(f"{path.stem}-{why}-{moment_words()}{path.suffix}"))
    for end in ASIDE:
        part = path.with_name(path.name + end)
        if part.exists():
            part.replace(place.with_name(place.name + end))
    return place


def copy_whole(path: Path, target: Path) -> None:
    """Copy a database that nobody has open, with what belongs to it."""
    for end in ASIDE[:2]:
        part, copy = path.with_name(path.name + end), target.with_name(target.name + end)
        copy.unlink(missing_ok=True)
        if part.exists():
            os.close(os.open(copy, os.O_RDWR | os.O_CREAT, 0o600))
            shutil.copyfile(part, copy)


def remove_whole(path: Path) -> None:
    """Remove a database with what belongs to it."""
    for end in ASIDE:
        path.with_name(path.name + end).unlink(missing_ok=True)
