"""Who sees what: all of a class see what stands in the history, a deleted run its owner and the teacher alone."""

import pytest

from explorer.runs.access.person import ALONE, NOBODY, Person
from explorer.runs.access.seeing import SeenRuns, may_see
from explorer.runs.store.store import Store
from tests.runs.scene import find, job, race, race_ids

OWNER, MEMBER, TEACHER = Person("me"), Person("other"), Person("t", is_teacher=True)
SEES_DELETED = [(OWNER, True), (TEACHER, True), (ALONE, True), (MEMBER, False), (NOBODY, False)]


def ended(store: Store, *runs: str) -> None:
    for run in runs:
        store.move(run, ["queued"], "cancelled")


@pytest.mark.parametrize(("person", "sees"), SEES_DELETED)
def test_a_deleted_run_is_its_owners_and_the_teachers(store: Store, person: Person, sees: bool) -> None:
    run = store.create(job("0"), OWNER.id)
    ended(store, run)
    assert may_see(person, find(store, run))
    store.delete([run])
    assert may_see(person, find(store, run)) == sees
    assert (SeenRuns(store, person).run(run) is not None) == sees
    store.restore([run])
    assert SeenRuns(store, person).run(run) is not None
    assert SeenRuns(store, person).run("nowhere") is None


@pytest.mark.parametrize(("person", "sees"), SEES_DELETED)
def test_a_race_is_there_for_who_sees_a_run_of_it(store: Store, person: Person, sees: bool) -> None:
    held = store.create_race(race("0", "1"), OWNER.id)
    first, second = race_ids(store, held)
    ended(store, first, second)
    seen = SeenRuns(store, person)
    store.delete([first])
    assert [run.id for run in seen.race_runs(held)] == ([first, second] if sees else [second])
    assert seen.race(held) == store.race(held)
    store.delete([second])
    assert len(seen.race_runs(held)) == 2 * sees
    assert (seen.race(held) is not None) == sees
