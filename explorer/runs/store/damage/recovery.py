"""Opens the store of a folder, also where its file is damaged: that is set aside, and what can be read is taken over.

The newest good backup is the ground, and what the damaged file still says goes on top of it: it is newer.
"""

import logging
from contextlib import closing
from pathlib import Path

from explorer.runs.store.backups import (
    back_up,
    backups,
    copy_whole,
    exchange,
    finish_exchange,
    look_through,
    remove_whole,
    sync,
)
from explorer.runs.store.damage.salvage import Salvaged, mend_first_page, mend_header, salvage
from explorer.runs.store.database import (
    VERSION,
    DamagedError,
    StoreError,
    check,
    connect,
    in_words,
    prepare,
    version_of,
)
from explorer.runs.store.store import Store

MENDED, COPY = ".mended", ".copy"
PATIENCE = 1.0  # seconds for a lock that another program holds

logger = logging.getLogger(__name__)


def open_store(path: Path) -> tuple[Store, str]:
    """Open a folder's store, and say in words what had to be mended for that, if anything; raises `StoreError`.

    The caller holds the folder's lock: nobody else writes.
    """
    with in_words(path):
        finish_exchange(path)
    try:
        _back_up_old(path)
        return Store(path), ""
    except DamagedError as error:
        notice = recover(path, error)
    logger.error("%s", notice)
    return Store(path), notice


def _back_up_old(path: Path) -> None:
    """Keep a file of an older version as it is before it becomes one of this."""
    with in_words(path):
        if not path.exists():
            return
        with closing(connect(path, PATIENCE, mode="rw")) as connection:
            found = version_of(connection, path)
    if 0 < found < VERSION:
        back_up(path)


def recover(path: Path, cause: StoreError) -> str:
    """Set a damaged file aside, put what can be read in its place, and say so; raises `StoreError` where it can't be.

    Whatever ends this, the damaged file is whole, and the mended one takes its place whole or not at all.
    """
    part = path.with_name(path.name + MENDED)
    with in_words(path):
        backup = _lay_ground(path, part)
        found = _take_over(path, part)
        sync(part)
        aside = exchange(path, part, "damaged")
    return _words(cause, aside, backup, found)


def _lay_ground(path: Path, part: Path) -> Path | None:
    """Make the new file: the newest good backup, or an empty one; gives the backup."""
    for backup in (*backups(path), None):
        remove_whole(part)
        try:
            if backup:
                look_through(backup)
                copy_whole(backup, part)
            with in_words(part), closing(connect(part, 0, mode="rwc")) as connection:
                prepare(connection, part)
                check(connection, part)
        except StoreError:
            if backup is None:
                raise
        else:
            return backup
    return None


def _take_over(path: Path, part: Path) -> Salvaged:
    """Bring what can be read of a copy into the new file; where that is nothing, of one with a new beginning."""
    copy, found = path.with_name(path.name + COPY), Salvaged(0, 0)
    with closing(connect(part, 0, mode="rw")) as target:
        prepare(target, part)
        for mend in (None, mend_header, mend_first_page):
            copy_whole(path, copy)
            if mend:
                mend(copy, part)
            found = max(found, salvage(copy, target))
            remove_whole(copy)
            if found.taken:
                break
        target.execute("PRAGMA journal_mode = DELETE")  # one file, so that it takes its place in one step
    return found


def _words(cause: StoreError, aside: Path | None, backup: Path | None, found: Salvaged) -> str:
    place = aside.name if aside else "nothing, for it was gone"
    why = str(cause).removesuffix(".").split(". ")[0]
    lost = f"; {found.lost} could not be read" if found.lost else ""
    taken = f"what could be read of it: {found.taken:,} run{'s' * (found.taken != 1)}{lost}"
    ground = f"stands the backup {backup.name} with" if backup else "stands, since there is no backup, only"
    return f"{why}. It was set aside as {place}. In its place {ground} {taken}. Look through your latest runs."
