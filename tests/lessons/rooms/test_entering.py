"""Networks that a class enters in a challenge: what is refused, what is trained, and what outlives the server."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from explorer.lessons.course.lesson import in_challenge
from explorer.lessons.rooms import events
from explorer.lessons.rooms.room import RoomError
from explorer.lessons.rooms.rooms import Rooms
from explorer.runs.access.acting import ActingRuns
from explorer.runs.access.allowance import LimitError
from explorer.runs.access.forgetting import forget
from explorer.runs.access.person import NotAllowedError, Person
from explorer.runs.access.seeing import SeenRuns
from explorer.runs.scheduler.allocations import LocalAllocation
from explorer.runs.scheduler.worker_process import WORKER
from explorer.runs.store.retention import make_room
from explorer.runs.store.rows import ENDED
from explorer.runs.store.store import Store
from explorer.web.base.room_log import RoomLog
from tests.lessons.rooms.challenge import SMALLEST, Server, entry
from tests.lessons.rooms.scene import ANN, BEN, TEACHER, answer
from tests.runs.in_process import InProcessAllocation
from tests.runs.scene import find, wait_for_state, wait_until

EVE = Person("eve", "Eve")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with closing(Server(tmp_path, InProcessAllocation(), most_entries=2)) as opened:
        yield opened


def refuse(server: Server, event: events.Entered, words: str, *, by: Person = ANN) -> None:
    before = server.room.entries, len(server.runs.store.unfinished())
    with pytest.raises((RoomError, LimitError), match=words):
        server.enter(by, event)
    assert (server.room.entries, len(server.runs.store.unfinished())) == before


def test_what_is_no_entry_is_refused_and_trains_nothing(server: Server) -> None:
    good, room = entry(server.room), server.room
    refuse(server, entry(room, channels=12), "params <= 2_000")
    refuse(server, msgspec.structs.replace(good, recipe=msgspec.structs.replace(good.recipe, epochs=2)), "epochs")
    refuse(server, msgspec.structs.replace(good, step="end"), "Go to that step")
    refuse(server, good, "nobody of it", by=EVE)
    refuse(server, entry(room, round=2), "round 1")
    with pytest.raises(RoomError, match="Enter it"):
        server.rooms.happen(server.code, ANN, answer("", step=SMALLEST))
    for closing_, opening in (
        (events.Paused(True), events.Paused(False)),
        (events.AnswersOpen(SMALLEST, False), events.AnswersOpen(SMALLEST, True)),
        (events.Paced("end", "end"), events.Paced(SMALLEST, SMALLEST)),
    ):
        server.rooms.happen(server.code, TEACHER, closing_)
        refuse(server, good, "found")
        server.rooms.happen(server.code, TEACHER, opening)
    server.enter(ANN, good)
    server.rooms.happen(server.code, TEACHER, events.Revealed(SMALLEST))
    refuse(server, good, "has been shown", by=BEN)


def test_one_entry_waits_at_a_time_and_none_comes_twice(server: Server) -> None:
    first = server.enter(ANN, entry(server.room))
    assert server.became(first).stage in ("waiting", "training")
    refuse(server, entry(server.room, channels=3), "still waits or trains")
    server.enter(BEN, entry(server.room))
    with pytest.raises(RoomError, match="once"):
        server.rooms.happen(server.code, TEACHER, events.SeedsDrawn(SMALLEST, (1, 2, 3)))
    for run in first.runs:
        server.runs.cancel(run)
        wait_for_state(server.runs.store, run)
    again = server.enter(ANN, entry(server.room, name="once more"))  # what was stopped may come again
    assert (server.became(first).stage, again.number) == ("stopped", 3)
    for run in again.runs:
        server.runs.cancel(run)
        wait_for_state(server.runs.store, run)
    refuse(server, entry(server.room, channels=2), "at most 2")


def test_two_entries_are_trained_over_the_same_seeds_which_nobody_who_entered_is_told(tmp_path: Path) -> None:
    with closing(Server(tmp_path, *[LocalAllocation("cpu", {}, WORKER)] * 2)) as server:
        entries = [server.enter(ANN, entry(server.room)), server.enter(BEN, entry(server.room, channels=2))]
        store = server.runs.store
        wait_until(lambda: all(find(store, run).state in ENDED for each in entries for run in each.runs))
        became = [server.became(each) for each in entries]
        assert [each.stage for each in became] == ["trained"] * 2, became
        seeds = [[find(store, run).job.recipe.seed for run in each.runs] for each in entries]
        assert seeds[0] == seeds[1] == list(server.room.seeds[SMALLEST])
        assert find(store, entries[0].runs[0]).job.recipe.max_seconds == 60
        placed = server.entries.board(server.room, server.room.lesson.step(SMALLEST))
        assert [(each.standing.number, each.place) for each in placed] == [(2, 1), (1, 2)]
        assert placed[0].standing.low <= placed[0].standing.median <= placed[0].standing.high
        refuse(server, entry(server.room, name="another name"), "have entered")
        assert no_member_finds(server, entries[0].runs[0])
        room = Rooms(server.runs.room_events).room(server.code)  # built from what is kept
        assert (room.entries, room.seeds) == (server.room.entries, server.room.seeds)


def no_member_finds(server: Server, run: str) -> bool:
    """Say whether a run stands in no list, is seen by the teacher alone, and goes on in nobody's hands."""
    store, job = server.runs.store, find(server.runs.store, run).job
    lists = [store.list_runs(9), store.list_runs(9, owner=ANN.id), store.history(9), store.find_runs([run])]
    own = server.runs.submit(job, ANN.id)  # who guesses a seed is not told that it is one
    lists += [store.deleted_runs(9), store.runs_of(ANN.id)[:-1]]
    assert store.earlier_of_same_job(find(store, own)) is None
    assert [run.id for found in lists for run in found] == []
    for person in (ANN, BEN):
        acting = ActingRuns(server.runs, person, None)
        for act in (lambda: acting.continue_run(run, more_epochs=1), lambda: acting.cancel(run)):  # noqa: B023
            with pytest.raises(NotAllowedError):
                act()
    sees = [SeenRuns(store, person).run(run) is not None for person in (ANN, BEN, EVE, TEACHER)]
    return sees == [False, False, False, True]


def test_entries_outlive_a_server_that_ends_while_they_train(tmp_path: Path) -> None:
    with closing(Server(tmp_path, InProcessAllocation())) as server:
        trains, waits = server.enter(ANN, entry(server.room)), server.enter(BEN, entry(server.room, channels=2))
        wait_for_state(server.runs.store, trains.runs[0], "running")
        code, seeds = server.code, server.room.seeds
    with closing(Server(tmp_path, InProcessAllocation(), code=code)) as server:
        assert server.room.seeds == seeds
        assert (server.became(trains).stage, server.became(waits).stage) == ("stopped", "waiting") or (
            server.became(waits).stage == "training"
        )
        again = server.enter(ANN, entry(server.room))
        assert {find(server.runs.store, run).state for run in trains.runs} <= {"interrupted", "cancelled"}
        assert server.became(again).stage in ("waiting", "training")


def test_what_a_room_has_trained_goes_with_it_and_with_who_entered_it(tmp_path: Path) -> None:
    with closing(Server(tmp_path, InProcessAllocation())) as server:
        mine, other = server.enter(ANN, entry(server.room)), server.enter(BEN, entry(server.room))
        kept = server.runs.store.room_events.rows(server.code)
        RoomLog(lambda: server.runs).delete(server.code)  # what goes on of it is ended
        for row in kept:
            server.runs.room_events.append(server.code, row)
        for run in (*mine.runs, *other.runs):
            wait_for_state(server.runs.store, run)
    forget(tmp_path, ANN.id)
    with closing(Store(tmp_path / "runs.sqlite")) as store:
        assert store.find_entered(mine.runs) == []
        assert len(store.find_entered(other.runs)) == 3
        assert make_room(store) == []
        store.room_events.delete(server.code)
        assert sorted(make_room(store)) == sorted(other.runs)


def test_the_time_of_a_challenge_and_of_the_recipe_both_hold(server: Server) -> None:
    task = server.room.lesson.step(SMALLEST).task
    recipe = entry(server.room).recipe
    for found, wanted in ((None, 60), (10, 10), (100, 60)):
        timed = in_challenge(msgspec.structs.replace(recipe, max_seconds=found), task, seed=7)  # type: ignore[arg-type]
        assert (timed.max_seconds, timed.seed) == (wanted, 7)
