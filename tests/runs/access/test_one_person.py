"""All that is kept of one person, beside a server that runs: handed over as a file, and forgotten."""

import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from explorer.experiments.race.race import Contender, Race
from explorer.experiments.sweep.sweep import Choices, Sweep
from explorer.runs.access import forgetting
from explorer.runs.access.acting import ActingRuns, Classwork
from explorer.runs.access.audit import AuditLog, audit_log
from explorer.runs.access.export import export_person
from explorer.runs.access.forgetting import forget
from explorer.runs.access.known_persons import find_person
from explorer.runs.access.limits import LimitsFile
from explorer.runs.access.person import Person
from explorer.runs.scheduler.server import Runs, open_runs
from explorer.runs.store.backups import back_up, backups
from explorer.runs.store.persons import PersonError
from explorer.runs.store.rows import ENDED, Remarks
from explorer.runs.store.run_files import kept_files
from explorer.training.recipe.recipe import Job
from tests.runs.in_process import InProcessAllocation
from tests.runs.scene import job, wait_for_state, wait_until

ANN, BOB = Person("a1b2", "Ada-Quetzalcoatl"), Person("c3d4", "Bob-Tezcatlipoca")
TRACES = (ANN.id, ANN.nickname, "anns-")


class Class:
    """A server with the runs of two persons."""

    def __init__(self, home: Path, allocation: InProcessAllocation) -> None:
        self.home = home
        self.runs: Runs = open_runs(home, allocations=[allocation])
        self.work = Classwork(LimitsFile(home / "limits.toml"), AuditLog(audit_log(home)))
        self._allocation = allocation

    def acting(self, person: Person) -> ActingRuns:
        return ActingRuns(self.runs, person, self.work)

    def train(self, person: Person, script: str) -> str:
        run = self.acting(person).submit(job(script))
        self.finish(run)
        return run

    def finish(self, run: str) -> None:
        """Let a run come to its end, with the files that a worker leaves."""
        wait_for_state(self.runs.store, run, "running")
        for files in kept_files(self.home):
            path = files.path(run) if files.path(run).suffix else files.path(run) / "0.safetensors"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(f"weights of {run}, {find_owner(self.runs, run)}".encode())
        self._allocation.finish(run)
        wait_for_state(self.runs.store, run)

    def close(self) -> None:
        self.runs.close()
        self.work.audit.close()


def find_owner(runs: Runs, run: str) -> str:
    found = runs.store.run(run)
    assert found is not None
    return found.owner


@pytest.fixture
def two(tmp_path: Path, allocation: InProcessAllocation) -> Iterator[Class]:
    with closing(Class(tmp_path / "home", allocation)) as opened:
        yield opened


def hold_a_race_and_a_sweep(two: Class) -> tuple[str, str]:
    base: Job = job("anns-own")
    contenders = tuple(Contender(name, base.architecture, base.recipe) for name in ("anns-1", "anns-2"))
    race = two.acting(ANN).submit_race(Race(question="anns-question", contenders=contenders))
    two.acting(ANN).cancel_race(race)
    sweep = two.acting(ANN).submit_sweep(Sweep(base=base, axes=(Choices("batch_size", (8, 16)),)))
    two.acting(ANN).stop_sweep(sweep)
    wait_until(lambda: all(run.state in ENDED for run in two.runs.store.runs_of(ANN.id)))
    return race, sweep


def holding(home: Path, *texts: str) -> dict[str, list[str]]:
    """Name the files of a folder that have any of some texts, in their content or their name."""
    files = [path for path in home.rglob("*") if path.is_file()]
    found = {path: [text for text in texts if text.encode() in path.read_bytes()] for path in files}
    named = {path.name: [*there, *(text for text in texts if text in path.name)] for path, there in found.items()}
    return {name: there for name, there in named.items() if there}


def test_a_forgotten_person_is_in_no_file_and_the_server_goes_on(two: Class) -> None:
    kept, gone = two.train(BOB, "bobs-own"), two.train(ANN, "anns-own")
    back_up(two.runs.store.path)
    two.acting(ANN).remark(gone, Remarks(title="anns-title"))
    hold_a_race_and_a_sweep(two)
    two.acting(ANN).delete([gone])
    (two.home / "backups" / "runs-half.sqlite.part").write_bytes(b"anns-own")
    assert len(holding(two.home, *TRACES, gone)) >= 5
    forgotten = forget(two.home, ANN.id)
    assert holding(two.home, *TRACES) == {}
    assert holding(two.home, gone) == {"audit.jsonl": [gone]}, "beside the log, whose lines stay"
    assert (forgotten.num_runs, forgotten.num_groups, forgotten.num_files, forgotten.num_backups) == (5, 2, 3, 1)
    assert (forgotten.num_lines, forgotten.set_aside) == (7, ())
    assert backups(two.runs.store.path) == [forgotten.backup]
    assert kept_files(two.home).checkpoints.path(kept).exists()
    assert [run.id for run in two.runs.store.history(9)] == [kept]
    two.train(BOB, "after")
    assert b"after" not in audit_log(two.home).read_bytes()
    assert audit_log(two.home).read_text().count(BOB.nickname) == 2


def test_while_a_run_trains_nobody_is_forgotten_and_nothing_goes(two: Class) -> None:
    before = two.train(ANN, "anns-own")
    going_on = two.acting(ANN).submit(job("anns-next"))
    with pytest.raises(PersonError, match="1 run of a1b2"):
        forget(two.home, ANN.id)
    assert kept_files(two.home).checkpoints.path(before).exists()
    assert find_person(two.home, ANN.nickname).num_runs == 2
    two.finish(going_on)
    assert forget(two.home, ANN.id).num_runs == 2


def test_a_large_file_is_not_written_anew_beside_a_server(
    tmp_path: Path, allocation: InProcessAllocation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "MOST_BESIDE_A_SERVER", 1_000)
    with closing(Class(tmp_path / "home", allocation)) as two:
        two.train(ANN, "anns-own")
        with pytest.raises(PersonError, match="Stop the server first"):
            forget(two.home, ANN.id)
    (tmp_path / "home" / "runs-damaged-2026.sqlite").write_bytes(b"x")
    forgotten = forget(tmp_path / "home", ANN.id)
    assert (forgotten.num_runs, [path.name for path in forgotten.set_aside]) == (1, ["runs-damaged-2026.sqlite"])
    assert holding(tmp_path / "home", *TRACES) == {}


def refuse(*_: object) -> int:
    raise OSError("no space left")


def test_what_stopped_half_way_is_done_by_the_same_command(two: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = two.train(ANN, "anns-own")
    with monkeypatch.context() as patch:
        patch.setattr(forgetting, "forget_deeds", refuse)
        with pytest.raises(PersonError, match="still names a1b2, of whom all else is removed"):
            forget(two.home, ANN.id)
        patch.setattr(forgetting, "back_up", refuse)
        with pytest.raises(OSError, match="no space left"):
            forget(two.home, ANN.id)
    assert two.runs.store.run(gone) is None
    forget(two.home, find_person(two.home, ANN.nickname).id)
    assert holding(two.home, *TRACES) == {}


def test_a_person_is_found_by_an_id_or_a_nickname_that_only_one_has(two: Class) -> None:
    twin = Person("e5f6", ANN.nickname)
    two.train(ANN, "anns-own")
    assert find_person(two.home, "ADA-quetzalcoatl").id == ANN.id
    two.train(twin, "x")
    two.train(Person(twin.id, "Now-Other"), "x")
    assert find_person(two.home, "now-other").nicknames == ("Now-Other", ANN.nickname)
    assert find_person(two.home, ANN.id).id == ANN.id
    with pytest.raises(PersonError, match=r"2 persons are called Ada.*a1b2 \(Ada-Q.*\), 1 run; e5f6 .*, 2 runs"):
        find_person(two.home, ANN.nickname)
    with pytest.raises(PersonError, match=r"Nothing is kept of anybody whose id or nickname is Eve.*a1b2"):
        find_person(two.home, "Eve")


def read_lines(archive: zipfile.ZipFile, name: str) -> list[dict[str, object]]:
    return [msgspec.json.decode(line) for line in archive.read(name).splitlines()]


def test_an_export_has_all_of_one_person_and_nothing_of_another(two: Class, tmp_path: Path) -> None:
    bobs, run, deleted = two.train(BOB, "bobs-own"), two.train(ANN, "anns-own"), two.train(ANN, "anns-2")
    two.acting(ANN).remark(run, Remarks(title="anns-title", notes="anns-note"))
    two.acting(ANN).delete([deleted])
    race, sweep = hold_a_race_and_a_sweep(two)
    target = tmp_path / "ann.zip"
    size = export_person(two.home, find_person(two.home, ANN.nickname), target)
    assert (size, target.stat().st_mode & 0o077) == (target.stat().st_size, 0)
    with zipfile.ZipFile(target) as archive:
        runs = {line["id"]: line for line in read_lines(archive, "runs.jsonl")}
        assert len(runs) == 6
        assert (runs[run]["title"], runs[run]["notes"], runs[run]["state"]) == ("anns-title", "anns-note", "finished")
        assert msgspec.convert(runs[run]["job"], Job).architecture == job("anns-own").architecture
        assert runs[deleted]["deleted"] is not None
        told = read_lines(archive, "events.jsonl")
        assert [(line["run"], line["seq"]) for line in told if line["run"] == run] == [(run, n) for n in (1, 2, 3)]
        assert [line["id"] for name in ("races", "sweeps") for line in read_lines(archive, f"{name}.jsonl")] == [
            race,
            sweep,
        ]
        assert msgspec.json.decode(archive.read("person.json")) == {"id": ANN.id, "nicknames": [ANN.nickname]}
        assert {line["person"] for line in read_lines(archive, "log.jsonl")} == {ANN.id}
        files = {name for name in archive.namelist() if "/" in name}
        kinds = ("checkpoints/{}", "answers/{}", "weights/{}/0")
        assert files == {f"{kind.format(each)}.safetensors" for kind in kinds for each in (run, deleted)}
        assert archive.read(f"checkpoints/{run}.safetensors") == kept_files(two.home).checkpoints.path(run).read_bytes()
        unpacked = b"".join(name.encode() + archive.read(name) for name in archive.namelist())
        said = archive.read("README.txt").decode()
    assert all(text.encode() not in unpacked for text in (BOB.id, BOB.nickname, "bobs-", bobs))
    assert all(name.partition("/")[0] in said for name in archive.namelist() if name != "README.txt")


def test_an_export_takes_no_files_place_and_is_whole_or_not_there(
    two: Class, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two.train(ANN, "anns-own")
    ann, target = find_person(two.home, ANN.id), tmp_path / "ann.zip"
    with monkeypatch.context() as patch:
        patch.setattr("explorer.runs.access.export.deeds", refuse)
        with pytest.raises(PersonError, match=r"ann\.zip cannot be written: no space left"):
            export_person(two.home, ann, target)
        with pytest.raises(PersonError, match="name another place"):
            export_person(two.home, ann, tmp_path / "nowhere" / "ann.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
    (tmp_path / "ann.zip.part").write_bytes(b"what a killed process left")
    export_person(two.home, ann, target)
    before = target.read_bytes()
    with pytest.raises(PersonError, match="already a file"):
        export_person(two.home, ann, target)
    assert (target.read_bytes(), sorted(path.name for path in tmp_path.iterdir())) == (before, ["ann.zip", "home"])
