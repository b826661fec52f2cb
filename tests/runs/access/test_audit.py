"""The log of who did what: written beside a command that takes a person out of it."""

from pathlib import Path

import msgspec
import pytest

from explorer.runs.access import audit
from explorer.runs.access.audit import FORGOTTEN, AuditLog, deeds, forget_deeds
from explorer.runs.access.person import Person

ANN, BOB = Person("a-1", "Ann"), Person("b-2", "Bob", is_teacher=True)


def said(path: Path) -> list[tuple[str, str, str]]:
    return [(deed.person, deed.nickname, deed.action) for _, deed in deeds(path)]


def test_a_person_is_taken_out_of_all_files_while_a_server_writes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "MOST_BYTES", 300)
    path = tmp_path / "audit.jsonl"
    log = AuditLog(path)
    for number in range(3):
        log.write(ANN, f"launch {number}", "run")
        log.write(BOB, f"stop {number}", "run")
    files = sorted(each.name for each in tmp_path.glob("audit.jsonl*"))
    assert len(files) > 1, "none was set aside"
    bobs = [line for line, deed in deeds(path) if deed.person == BOB.id]
    assert forget_deeds(path, ANN.id) == 3
    log.write(BOB, "after")
    log.close()
    both = [(FORGOTTEN, FORGOTTEN, "launch"), (BOB.id, "Bob", "stop")]
    assert said(path) == [(*who, f"{what} {n}") for n in range(3) for *who, what in both] + [(BOB.id, "Bob", "after")]
    assert [line for line, deed in deeds(path) if deed.person == BOB.id][:3] == bobs
    assert forget_deeds(path, ANN.id) == 0
    assert all(b"Ann" not in each.read_bytes() for each in tmp_path.iterdir())


def test_a_server_writes_on_into_the_file_that_took_the_place_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    log = AuditLog(path)
    log.write(ANN, "launch")
    forget_deeds(path, ANN.id)
    log.write(BOB, "stop")
    log.close()
    assert said(path) == [(FORGOTTEN, FORGOTTEN, "launch"), (BOB.id, "Bob", "stop")]


def test_a_line_that_was_cut_off_goes_where_it_names_the_person_and_stays_else(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    line = msgspec.json.encode(audit.Deed(1.0, "b-2", "Bob", True, "stop", ("run",)))
    path.write_bytes(b'{"at":1.0,"person":"a-1","nickn\n' + line + b'\n{"at":1.0,"per\xff\n')
    assert forget_deeds(path, "a-1") == 1
    assert path.read_bytes() == line + b'\n{"at":1.0,"per\xff\n'


def test_a_disk_that_refuses_it_stops_nobody(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "gone" / "audit.jsonl")
    (tmp_path / "gone").write_text("a file in the folder's place")
    log.write(ANN, "launch", "run")
    assert list(tmp_path.iterdir()) == [tmp_path / "gone"]
