"""Stopping by a request: what goes on ends for who may end it, and what stands in the way is said."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette

from explorer.experiments.sweep.sweep import Choices, Sweep
from explorer.runs.access.acting import NOT_YOURS
from explorer.runs.access.person import Person
from explorer.runs.scheduler.server import Runs, open_runs
from explorer.runs.store.database import StoreError
from explorer.web.door import persons
from explorer.web.door.classroom import Classroom
from explorer.web.door.persons import COOKIE, sign
from explorer.web.served import routes
from explorer.web.watching import stop_route
from tests.runs.in_process import InProcessAllocation
from tests.runs.scene import job, race, wait_for_state
from tests.web.asgi_request import Answer, ask

ROOM = Classroom("ABC", "DEF", "secret")
OWNER, MEMBER, TEACHER = Person("owner"), Person("member"), Person("teacher", is_teacher=True)


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runs]:
    """The runs of a class, all of which wait: the one slot trains somebody else's."""
    opened = open_runs(tmp_path, allocations=[InProcessAllocation()])
    wait_for_state(opened.store, opened.submit(job("0"), "somebody"), "running")
    monkeypatch.setattr(stop_route, "runs", lambda: opened)
    monkeypatch.setattr(persons, "the_classroom", lambda: ROOM)
    yield opened
    opened.close()


def stop(address: str, who: Person) -> Answer:
    headers = {"Cookie": f"{COOKIE}={sign(ROOM, who)}"}
    return asyncio.run(ask(Starlette(routes=routes()), f"/stop/{address}", method="POST", headers=headers))


@pytest.mark.parametrize("who", [OWNER, TEACHER])
def test_each_kind_of_what_goes_on_ends_whole(runs: Runs, who: Person) -> None:
    run, raced = runs.submit(job("mine"), OWNER.id), runs.submit_race(race("0", "1"), OWNER.id)
    other = runs.submit(job("other"), OWNER.id)
    assert [stop(address, who).status for address in (f"run/{run}", f"race/{raced}")] == [204, 204]
    assert [each.id for each in runs.store.queued()] == [other]


def test_a_sweep_ends_too(runs: Runs) -> None:
    sweep = runs.submit_sweep(Sweep(base=job("0"), axes=(Choices("batch_size", (8, 16)),)), OWNER.id)
    assert runs.store.queued()
    assert stop(f"sweep/{sweep}", OWNER).status == 204
    assert runs.store.queued() == []


def test_who_may_not_end_it_is_told_so_and_it_goes_on(runs: Runs) -> None:
    run = runs.submit(job("mine"), OWNER.id)
    refused = stop(f"run/{run}", MEMBER)
    assert (refused.status, refused.body.decode()) == (403, f"{NOT_YOURS}\n")
    assert [each.id for each in runs.store.queued()] == [run]


@pytest.mark.parametrize("address", ["run/nowhere", "race/nowhere", "sweep/nowhere", "page/nowhere"])
def test_what_is_not_there_is_said_to_be_gone(runs: Runs, address: str) -> None:
    assert runs.store.queued() == []
    assert stop(address, OWNER).status == 404


def test_a_store_that_cannot_be_read_is_said_in_words(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Runs:
        raise StoreError("the runs are gone")

    monkeypatch.setattr(stop_route, "runs", broken)
    answer = stop("run/any", OWNER)
    assert (answer.status, answer.body.decode()) == (503, "the runs are gone\n")
