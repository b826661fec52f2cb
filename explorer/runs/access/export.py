"""All that is kept of one person as a file to hand to them; nothing that is another's is in it."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import msgspec
from msgspec.structs import asdict

from explorer.runs.access.audit import audit_log, deeds
from explorer.runs.access.known_persons import KnownPerson
from explorer.runs.store.backups import sync
from explorer.runs.store.persons import PersonError
from explorer.runs.store.reader import Reader
from explorer.runs.store.room_events import Row
from explorer.runs.store.rows import HeldRace, Run
from explorer.runs.store.run_files import RunFiles, kept_files

PART = ".part"
README = """\
What a CNN explorer keeps of {person}.

person.json    the id by which the server knows you, and what the class calls you, the latest name first
runs.jsonl     a line of JSON for each run: its job (the network and how it was trained), its state, its figures, what
               was said of it (title, tags, notes), also of those that were deleted and can still be restored
events.jsonl   a line for each thing that a run told while it trained, with the run's id
races.jsonl    a line for each race, with its question and contenders; its runs name it by its id
sweeps.jsonl   the same for each sweep
rooms.jsonl    a line for each thing that you did in a lesson of a class: which room, when, what you answered
               or entered
log.jsonl      a line for each thing that you did to runs: when, what, to which
checkpoints/   a file of safetensors for each run that kept one: the weights of its network, and how its training stood
answers/       the same with what it answered to the test pictures

Times are seconds since 1970 (Unix). JSON is plain text; safetensors files open with the library of that name.
"""


def export_person(home: Path, person: KnownPerson, target: Path) -> int:
    """Write all that is kept of a person as a zip file, and give its bytes; raises `StoreError`.

    It is written beside its place, and takes that when it is whole; it is for the eyes of who writes it alone.
    """
    if target.exists():
        raise PersonError(f"There is already a file {target}, which stays as it is. Name another one.")
    part = target.with_name(target.name + PART)
    try:
        _write_whole(part, home, person)
        part.replace(target)
        return target.stat().st_size
    except OSError as error:
        raise PersonError(
            f"{target} cannot be written: {error}. Free some space there, or name another place."
        ) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _write_whole(part: Path, home: Path, person: KnownPerson) -> None:
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with ZipFile(part, "w", ZIP_DEFLATED) as archive:
        _write(archive, home, person)
    sync(part)


def _write(archive: ZipFile, home: Path, person: KnownPerson) -> None:
    reader = Reader(home / "runs.sqlite")
    runs, groups = reader.runs_of(person.id), reader.groups_of(person.id)
    archive.writestr("README.txt", README.format(person=person.words))
    archive.writestr("person.json", msgspec.json.encode({"id": person.id, "nicknames": person.nicknames}))
    _write_lines(archive, "runs.jsonl", map(_run, runs))
    _write_lines(archive, "events.jsonl", (event for run in runs for event in _events(reader, run.id)))
    _write_lines(archive, "races.jsonl", (asdict(held) for held in groups if isinstance(held, HeldRace)))
    _write_lines(archive, "sweeps.jsonl", (asdict(held) for held in groups if not isinstance(held, HeldRace)))
    _write_lines(archive, "rooms.jsonl", map(_in_room, reader.room_events.of_person(person.id)))
    _write_lines(archive, "log.jsonl", (deed for _, deed in deeds(audit_log(home)) if deed.person == person.id))
    for folder, files in kept_files(home)._asdict().items():
        _write_files(archive, folder, files, [run.id for run in runs])


def _run(run: Run) -> dict[str, object]:
    """Lay out a run; of one that cannot be read the job is `null`, and its cause says why."""
    known = {name: value for name, value in asdict(run).items() if name != "job_json"}
    return known | {"job": run.job if run.is_readable else None}


def _in_room(happened: tuple[str, Row]) -> dict[str, object]:
    room, row = happened
    return {"room": room, "at": row.at, "event": msgspec.Raw(row.line.encode()) if row.line else None}


def _events(reader: Reader, run_id: str) -> Iterable[dict[str, object]]:
    return ({"run": run_id, "seq": seq, "event": event} for seq, event in reader.events(run_id))


def _write_lines(archive: ZipFile, name: str, lines: Iterable[object]) -> None:
    with archive.open(name, "w", force_zip64=True) as file:
        for line in lines:
            file.write(msgspec.json.encode(line) + b"\n")


def _write_files(archive: ZipFile, folder: str, files: RunFiles, run_ids: list[str]) -> None:
    for run_id in run_ids:
        for path in files.files(run_id):
            name = path.relative_to(files.path(run_id).parent).as_posix()
            archive.write(path, f"{folder}/{name}", ZIP_STORED)  # numbers, which hardly get smaller
