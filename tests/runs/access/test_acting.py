"""Whose is it: the owner and the teacher change a run, others are refused in words, and each deed is written down."""

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from explorer.architecture.presets import PRESETS
from explorer.experiments.race.race import Contender, Race
from explorer.experiments.sweep.sweep import Choices, Sweep
from explorer.runs.access.acting import ActingRuns, Classwork
from explorer.runs.access.allowance import LimitError
from explorer.runs.access.audit import AuditLog, Deed
from explorer.runs.access.limits import LimitsFile
from explorer.runs.access.person import ALONE, NotAllowedError, Person
from explorer.runs.messages import Pause
from explorer.runs.scheduler.server import Runs, open_runs
from explorer.runs.store.database import StoreError
from explorer.runs.store.rows import ImportedWeights, Remarks
from explorer.runs.store.run_files import kept_files
from explorer.runs.store.store import Store
from explorer.training.loop.checkpoint import read_place
from explorer.training.recipe.recipe import Job, Recipe
from tests.runs.in_process import InProcessAllocation
from tests.runs.scene import find, wait_for_state, wait_until
from tests.training.small_jobs import write_checkpoint

JOB = Job(PRESETS["lenet-d2l"].architecture, Recipe(epochs=2, train_size=512))
ANN, BOB, TEACHER = Person("a", "Ann"), Person("b", "Bob"), Person("t", "Ms T", is_teacher=True)


@pytest.fixture
def runs(tmp_path: Path, allocation: InProcessAllocation) -> Iterator[Runs]:
    """Runs that wait: the one slot trains somebody else's."""
    opened = open_runs(tmp_path, allocations=[allocation])
    wait_for_state(opened.store, opened.submit(JOB, "somebody"), "running")
    yield opened
    opened.close()


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Classwork]:
    audit = AuditLog(tmp_path / "audit.jsonl")
    yield Classwork(LimitsFile(tmp_path / "limits.toml"), audit)
    audit.close()


def deeds(tmp_path: Path) -> list[Deed]:
    lines = (tmp_path / "audit.jsonl").read_bytes().splitlines()
    return [msgspec.json.decode(line, type=Deed) for line in lines]


CHANGES: dict[str, Callable[[ActingRuns, str], object]] = {
    "Pause": lambda acting, run: acting.ask(Pause(run)),
    "stop": lambda acting, run: acting.cancel(run),
    "stop now": lambda acting, run: acting.end_now(run),
    "name": lambda acting, run: acting.remark(run, Remarks(title="mine")),
    "delete": lambda acting, run: acting.delete([run]),
    "restore": lambda acting, run: acting.restore([run]),
}


@pytest.mark.parametrize("action", CHANGES)
def test_only_the_owner_and_the_teacher_change_a_run(runs: Runs, work: Classwork, tmp_path: Path, action: str) -> None:
    run = ActingRuns(runs, ANN, work).submit(JOB)
    before = runs.store.run(run)
    with pytest.raises(NotAllowedError, match="another person's"):
        CHANGES[action](ActingRuns(runs, BOB, work), run)
    assert runs.store.run(run) == before
    for person in (ANN, TEACHER):
        CHANGES[action](ActingRuns(runs, person, work), run)
    assert [(deed.person, deed.action, deed.which) for deed in deeds(tmp_path)] == [
        ("a", "launch", (run,)),
        ("a", action, (run,)),
        ("t", action, (run,)),
    ]


@pytest.mark.parametrize("change", [ActingRuns.cancel_race, ActingRuns.end_race_now])
def test_another_persons_race_goes_on(runs: Runs, work: Classwork, change: Callable[[ActingRuns, str], None]) -> None:
    contenders = tuple(
        Contender(label=name, architecture=JOB.architecture, recipe=JOB.recipe) for name in ("one", "two")
    )
    race = ActingRuns(runs, ANN, work).submit_race(Race(question="Which?", contenders=contenders))
    with pytest.raises(NotAllowedError):
        change(ActingRuns(runs, BOB, work), race)
    assert {run.state for run in runs.store.race_runs(race)} == {"queued"}


def test_the_teachers_own_buttons_are_the_teachers(runs: Runs, work: Classwork) -> None:
    run = ActingRuns(runs, ANN, work).submit(JOB)
    student, teacher = ActingRuns(runs, BOB, work), ActingRuns(runs, TEACHER, work)
    for refused in (student.stop_all, student.clear_queue, lambda: student.hold_launches(True)):
        with pytest.raises(NotAllowedError):
            refused()
    teacher.hold_launches(True)
    with pytest.raises(NotAllowedError, match="holds new launches"):
        student.submit(JOB)
    teacher.submit(JOB)
    teacher.hold_launches(False)
    student.submit(JOB)
    teacher.stop_all()
    found = runs.store.run(run)
    assert found is not None
    assert found.state == "cancelled"
    wait_until(lambda: runs.store.unfinished() == [])


def test_one_person_has_no_more_than_the_limits_and_the_teacher_has_none(
    runs: Runs, work: Classwork, tmp_path: Path
) -> None:
    (tmp_path / "limits.toml").write_text("waiting = 2")
    ann = ActingRuns(runs, ANN, work)
    for _ in range(2):
        ann.submit(JOB)
    with pytest.raises(LimitError, match="2 of your launches"):
        ann.submit(JOB)
    ActingRuns(runs, BOB, work).submit(JOB)
    for person, shared in ((TEACHER, work), (ALONE, None)):
        for _ in range(4):
            ActingRuns(runs, person, shared).submit(JOB)


def test_every_way_to_launch_keeps_to_a_persons_time(runs: Runs, work: Classwork) -> None:
    contender = Contender("one", JOB.architecture, JOB.recipe)
    for person, expected in ((ANN, {600.0}), (TEACHER, {None})):
        acting = ActingRuns(runs, person, work)
        launched = [runs.store.run(acting.submit(JOB))]
        race = acting.submit_race(Race(question="Which?", contenders=(contender,), seeds=3))
        sweep = acting.submit_sweep(Sweep(base=JOB, axes=(Choices("epochs", (1, 2)),)))
        launched += [*runs.store.race_runs(race), *runs.store.sweep_runs(sweep)]
        assert {run.job.recipe.max_seconds for run in launched if run} == expected
        assert len(launched) == 6


def test_who_goes_on_with_a_run_has_the_time_of_one_more_and_no_more_epochs(
    runs: Runs, work: Classwork, tmp_path: Path
) -> None:
    run = runs.submit(JOB, "somebody")
    runs.cancel(run)
    begin = read_place(write_checkpoint(runs.checkpoint(run)))
    (tmp_path / "limits.toml").write_text("seconds = 60\nepochs = 10")
    ann, teacher = (ActingRuns(runs, person, work) for person in (ANN, TEACHER))

    def time_limit(launched: str) -> float | None:
        return find(runs.store, launched).job.recipe.max_seconds

    assert time_limit(ann.continue_run(run, more_epochs=0)) == begin.seconds + 60
    assert time_limit(teacher.continue_run(run, more_epochs=0)) == begin.job.recipe.max_seconds
    (tmp_path / "limits.toml").write_text("epochs = 1")
    with pytest.raises(LimitError, match="in this class at most 1 are allowed"):
        ann.continue_run(run, more_epochs=0)
    assert teacher.continue_run(run, more_epochs=0)


def test_a_launch_keeps_what_the_class_calls_who_launches(runs: Runs, work: Classwork) -> None:
    for person, shared in ((ANN, work), (Person("b"), work), (Person("c", "Cy"), None)):
        ActingRuns(runs, person, shared).submit(JOB)
    assert runs.store.nicknames() == {"a": "Ann"}
    race = Race(question="Which?", contenders=(Contender("one", JOB.architecture, JOB.recipe),), seeds=2)
    ActingRuns(runs, Person("a", "Anna"), work).submit_race(race)
    assert runs.store.nicknames() == {"a": "Anna"}


def test_who_is_alone_may_do_everything_and_nothing_is_written_down(runs: Runs, tmp_path: Path) -> None:
    run = ActingRuns(runs, ANN, None).submit(JOB)
    alone = ActingRuns(runs, ALONE, None)
    alone.cancel(run)
    assert alone.delete([run]) == {run}
    assert not (tmp_path / "audit.jsonl").exists()


def test_a_student_trains_as_much_at_once_as_the_file_says_and_a_teacher_any_number(
    runs: Runs, work: Classwork, tmp_path: Path
) -> None:
    for person in (ANN, TEACHER):
        ActingRuns(runs, person, work).submit(JOB)
    assert (work.most_running(ANN.id), work.most_running(TEACHER.id)) == (1, None)
    (tmp_path / "limits.toml").write_text("running = 3\n")
    assert work.most_running(ANN.id) == 3


def bring(acting: ActingRuns, folder: Path, *, run_id: str) -> str:
    """Open weights as a person, of which the checkpoint has a megabyte and more."""
    write_checkpoint(kept_files(folder).checkpoints.path(run_id), size=1_200_000)
    return acting.keep_imported(ImportedWeights(run_id=run_id, job=JOB, file="w.pth"), kept_files(folder))


def test_opened_weights_are_their_persons_written_down_and_kept_in_limits(
    runs: Runs, work: Classwork, tmp_path: Path
) -> None:
    (tmp_path / "limits.toml").write_text("imported_megabytes = 2")
    acting, other = ActingRuns(runs, ANN, work), ActingRuns(runs, BOB, work)
    acting.begin_import(1_200_000)
    run = bring(acting, tmp_path / "scratch", run_id="0123456789")
    assert (find(runs.store, run).owner, find(runs.store, run).state) == ("a", "finished")
    assert runs.checkpoint(run).exists()
    assert deeds(tmp_path)[-1].action == "open weights"
    with pytest.raises(LimitError, match="2 MB are allowed"):
        acting.begin_import(1_200_000)
    acting.delete([run])
    with pytest.raises(LimitError, match="2 MB are allowed"):
        acting.begin_import(1_200_000)  # what is deleted is kept for thirty days
    other.begin_import(1_200_000)
    ActingRuns(runs, TEACHER, work).begin_import(10**9)
    work.holds_launches = True
    with pytest.raises(NotAllowedError, match="holds new launches"):
        other.begin_import(1)


def test_files_of_weights_that_cannot_be_kept_do_not_stay(
    runs: Runs, work: Classwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(Store, "add_imported", full)
    with pytest.raises(StoreError, match="full"):
        bring(ActingRuns(runs, ANN, work), tmp_path / "scratch", run_id="0123456789")
    assert not runs.checkpoint("0123456789").exists()
