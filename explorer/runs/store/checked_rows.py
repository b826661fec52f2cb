"""Rows of the store turned into records, each held against its checksum first.

A run that does not pass comes as one in the state `unreadable`, so that a list shows the others; of events only those
that pass come, and a race or a sweep raises `StoreError`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from explorer.experiments.race.race import Race
from explorer.experiments.sweep.sweep import Cell, Sweep
from explorer.runs.store.checksum import checksum
from explorer.runs.store.database import StoreError
from explorer.runs.store.rows import HeldRace, HeldSweep, Run, read_job
from explorer.training.events import Event, read_line

COLUMNS = Run.__struct_fields__
# What never changes of a run, and so has a checksum. Of an event all has one.
LAUNCHED = ("id", "name", "dataset", "wanted_device", "created", "job_json")
# What can be said of a run that cannot be read, as far as it fits.
KEPT = (
    *("id", "owner", "name", "title", "tags", "notes", "deleted", "num_events", "created"),
    *("race", "heat", "lane", "sweep", "cell", "continues", "imported"),
)
FIELDS = {field.name: field for field in msgspec.structs.fields(Run)}
NO_TEXT = "?"
_RACE, _SWEEP = msgspec.json.Decoder(Race), msgspec.json.Decoder(Sweep)
_CELLS = msgspec.json.Decoder(tuple[Cell, ...])
OTHER_SUM = "its checksum is not that of what was written"


def run_checksum(run: Run) -> int:
    """Compute the checksum of what was launched."""
    return checksum(*(getattr(run, field) for field in LAUNCHED))


def to_run(row: Sequence[object]) -> Run:
    """Turn a row with all of `COLUMNS`, and its checksum behind them, into a record."""
    *values, found = row
    named = dict(zip(COLUMNS, values, strict=True))
    try:
        run = msgspec.convert(named, type=Run)
        cause = "" if run_checksum(run) == found else OTHER_SUM
        if not cause:
            read_job(run.job_json)
    except (msgspec.MsgspecError, RecursionError) as error:
        cause = str(error)
    return _unreadable(named, cause) if cause else run


def _unreadable(values: Mapping[str, object], cause: str) -> Run:
    """Give what can be said of a run whose row cannot be read; no figure is among it, since none can be trusted."""
    words = f"This run cannot be read: {cause}. It was damaged in the file. It can only be looked at and deleted."
    said: dict[str, object] = dict.fromkeys(("id", "owner", "name", "dataset", "wanted_device"), NO_TEXT)
    said |= {"created": 0.0, "state": "unreadable", "job_json": "", "cause": words}
    return msgspec.convert(said | {name: values[name] for name in KEPT if _fits(name, values[name])}, type=Run)


def _fits(name: str, value: object) -> bool:
    try:
        msgspec.convert(value, type=FIELDS[name].type)
    except msgspec.ValidationError:
        return False
    return True


def to_events(run_id: str, rows: Iterable[tuple[int, str, int]]) -> list[tuple[int, Event]]:
    """Turn rows of a number, a line and a checksum into numbered events; those that do not pass are left out."""
    return [(seq, event) for seq, line, found in rows if (event := _to_event(run_id, seq, line, found)) is not None]


def _to_event(run_id: str, seq: int, line: str, found: int) -> Event | None:
    if found != checksum(run_id, seq, line):
        return None
    try:
        return read_line(line)
    except (msgspec.MsgspecError, RecursionError):  # told by another version of this program
        return None


def race_checksum(name: str, created: float, text: str) -> int:
    """Compute the checksum of a race's row."""
    return checksum(name, created, text)


def sweep_checksum(name: str, created: float, text: str, cells: str) -> int:
    """Compute the checksum of a sweep's row."""
    return checksum(name, created, text, cells)


def person_checksum(person: str, nickname: str) -> int:
    """Compute the checksum of a person's row."""
    return checksum(person, nickname)


def to_nicknames(rows: Iterable[tuple[str, str, int]]) -> dict[str, str]:
    """Turn rows of an id, a nickname and a checksum into nicknames by id; those that do not pass are left out."""
    return {person: nickname for person, nickname, found in rows if found == person_checksum(person, nickname)}


def to_race(row: Sequence[Any]) -> HeldRace:
    """Turn a row (id, owner, created, JSON, checksum) into a race."""
    name, owner, created, text, found = row
    if found != race_checksum(name, created, text):
        raise _refusal("race", name, OTHER_SUM)
    try:
        return HeldRace(name, str(owner), created, _RACE.decode(text))
    except (msgspec.MsgspecError, RecursionError) as error:
        raise _refusal("race", name, str(error)) from error


def to_sweep(row: Sequence[Any]) -> HeldSweep:
    """Turn a row (id, owner, created, stopped, JSON, its cells' JSON, checksum) into a sweep."""
    name, owner, created, stopped, text, cells, found = row
    if found != sweep_checksum(name, created, text, cells):
        raise _refusal("sweep", name, OTHER_SUM)
    try:
        laid_out = _CELLS.decode(cells)
        return HeldSweep(name, str(owner), created, stopped, _SWEEP.decode(text), laid_out)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise _refusal("sweep", name, str(error)) from error


def _refusal(kind: str, name: object, cause: str) -> StoreError:
    return StoreError(
        f"The {kind} {name} cannot be read: {cause}. It was damaged in the file. "
        "Its runs stand one by one in the history, from where they can be opened and deleted."
    )
