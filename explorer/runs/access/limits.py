"""How much one person of a class may have at once: a file in the program's folder that a teacher can edit.

The defaults are for three hundred people on a server with two cores. An edit holds from the next launch on.
"""

import logging
from contextlib import suppress
from pathlib import Path

import msgspec

TEXT = """\
# How much one student may have at once. A change holds from the next launch on; the teacher has no limits.
running = 1                  # runs alone, or seeds of a race, that train at once; its contenders count as one
waiting = 5                  # runs alone, races and sweeps that wait or train
launches_a_minute = 10
runs_of_a_launch = 60        # contenders times seeds of a race, cells of a sweep
epochs = 200                 # of a run
pictures = 12_000_000        # of a run: those of an epoch times the epochs
seconds = 600                # of a run, which ends then by a time limit of its own; a continued run has as many again
stored_runs = 300            # that are not deleted
imported_megabytes = 1_000   # of trained weights that were opened, those of deleted runs among them
sessions = 12                # open tabs of one person
sessions_an_address = 400    # open tabs from one address: a school's students may share one
room_members = 400           # of one lesson that is given to a class
room_entries = 10            # networks that one member enters in a challenge; one waits or trains at a time
"""

logger = logging.getLogger(__name__)


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The bounds of one person."""

    running: int = 1
    waiting: int = 5
    launches_a_minute: int = 10
    runs_of_a_launch: int = 60
    epochs: int = 200
    pictures: int = 12_000_000
    seconds: float = 600.0
    stored_runs: int = 300
    imported_megabytes: int = 1_000
    sessions: int = 12
    sessions_an_address: int = 400
    room_members: int = 400
    room_entries: int = 10


msgspec.json.Decoder(Limits)  # knows it before two threads read it at once


class LimitsFile:
    """The limits as the file has them now; one that cannot be read leaves those that held before."""

    def __init__(self, path: Path) -> None:
        """Write the file with its defaults where there is none."""
        self._path = path
        self._read_at: int | None = None
        self._limits = Limits()
        with suppress(OSError):  # a folder that only shows its runs
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(TEXT, "utf-8")

    def current(self) -> Limits:
        """Give the limits, read anew where the file has changed."""
        try:
            changed = self._path.stat().st_mtime_ns
            if changed != self._read_at:
                self._limits = msgspec.toml.decode(self._path.read_bytes(), type=Limits)
                self._read_at = changed
        except (OSError, msgspec.DecodeError) as error:
            logger.warning("%s cannot be read, so the limits stay as they were: %s", self._path, error)
        return self._limits
