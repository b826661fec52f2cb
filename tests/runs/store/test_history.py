"""What the store keeps of runs for their history: what people say, what they delete, small curves, old files."""

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from explorer.runs.store.database import MIGRATIONS
from explorer.runs.store.rows import BOUNDS, SAID, RemarkError, Remarks
from explorer.runs.store.small_curve import SmallCurve, read_curve
from explorer.runs.store.store import Store
from explorer.training.events import Event, Finished
from tests.runs.scene import find, job, race
from tests.runs.scripted_worker import started, step


def finished(store: Store, name: str = "a") -> str:
    run_id = store.create(job(name), "me")
    store.move(run_id, ["queued"], "finished")
    return run_id


def test_what_people_say_is_kept_tidied_and_changes_nothing_else(store: Store) -> None:
    run_id = finished(store)
    before = find(store, run_id)
    assert store.remark(run_id, Remarks(title="  the  first ", tags="b, a  c,,b ", notes=" one\n two "))
    after = find(store, run_id)
    assert (after.title, after.tag_list, after.notes) == ("the first", ["b", "a c"], "one\n two")
    assert store.remark(run_id, Remarks())
    assert find(store, run_id) == before
    assert not store.remark("nobody", Remarks())


@pytest.mark.parametrize("field", list(BOUNDS))
def test_a_remark_beyond_its_bound_is_refused_in_words(field: str) -> None:
    with pytest.raises(RemarkError, match=rf"{SAID[field]}: found {BOUNDS[field] + 1:,} letters.*Make it shorter"):
        Remarks(**{field: "x" * (BOUNDS[field] + 1)})


def test_deleted_runs_leave_the_lists_and_come_back_as_they_were(store: Store) -> None:
    runs = [finished(store) for _ in range(3)]
    before = store.history(9)
    assert store.delete([runs[0], runs[2], "nobody"]) == {runs[0], runs[2]}
    assert [run.id for run in store.history(9)] == [run.id for run in store.list_runs(9)] == [runs[1]]
    assert store.find_runs(runs) == [find(store, runs[1])]
    assert store.earlier_of_same_job(find(store, runs[1])) is None
    assert find(store, runs[0]).deleted
    assert store.delete([runs[0]]) == set(), "it was deleted once"
    assert store.restore(runs) == {runs[0], runs[2]}
    assert store.history(9) == before


def test_a_run_that_waits_or_trains_is_not_deleted(store: Store) -> None:
    queued, paused = store.create(job("a"), "me"), store.create(job("a"), "me")
    store.move(paused, ["queued"], "paused")
    assert store.delete([queued, paused]) == set()
    assert [run.id for run in store.unfinished()] == [queued, paused]


def test_the_history_counts_a_race_as_one_entry_and_gives_all_its_runs(store: Store) -> None:
    old, held = finished(store), store.create_race(race("a", "b", seeds=3), "me")
    new = finished(store)
    runs = [run.id for run in store.race_runs(held)]
    assert [run.id for run in store.history(2)] == [new, *reversed(runs)]
    assert {run.id for run in store.history(3)} == {old, new, *runs}
    assert store.group_titles() == {held: "Who is faster?"}
    assert {run.id for run in store.find_runs([held, old, "'; DROP TABLE runs"])} == {old, *runs}


def test_a_races_runs_are_called_by_contender_and_seed(store: Store) -> None:
    held = store.create_race(race("a", "b", seeds=3), "me")
    assert [run.title for run in store.race_runs(held)[2:4]] == ["0, seed 1", "1, seed 1"]


def test_the_small_curve_grows_with_the_events_and_goes_on_in_a_continuation(store: Store) -> None:
    run_id = store.create(job("a"), "me")
    assert read_curve(find(store, run_id).curve) == SmallCurve()
    events = [step(number) for number in range(1, 8)]
    store.append(run_id, [started("a"), *events[:3]])
    store.append(run_id, events[3:])
    assert read_curve(find(store, run_id).curve) == SmallCurve().grown(events)
    after = store.create_continuation(run_id, job("a"), "me", step=4)
    assert read_curve(find(store, after).curve) == SmallCurve().grown(events[:4])


OLD_RUN = """
INSERT INTO runs (id, owner, state, name, dataset, job_json, wanted_device, created, num_events, step, epoch, seconds)
VALUES (?, 'me', 'finished', 'tiny', 'mnist', ?, 'auto', 1.0, ?, 1, 0.1, 0.5)
"""


def test_a_file_of_version_3_keeps_its_runs_and_gets_their_small_curves(tmp_path: Path) -> None:
    path, text = tmp_path / "runs.sqlite", msgspec.json.encode(job("tiny")).decode()
    events: list[Event] = [started("b"), step(1), step(2), Finished(reason="epochs", seconds=2.0)]
    lines = [("trained", i + 1, msgspec.json.encode(event).decode()) for i, event in enumerate(events)]
    with closing(sqlite3.connect(path)) as old, old:
        old.executescript("".join(MIGRATIONS[:3]))
        old.executemany(OLD_RUN, [("trained", text, len(events)), ("idle", text, 0)])
        old.executemany("INSERT INTO events VALUES (?, ?, ?)", lines)
        old.execute("PRAGMA user_version = 3")
    for _ in range(2):  # also a second opening finds all in order
        with closing(Store(path)) as store:
            assert read_curve(find(store, "trained").curve) == SmallCurve().grown(events)
            assert read_curve(find(store, "idle").curve) == SmallCurve()
            assert (find(store, "idle").title, find(store, "idle").deleted) == ("", None)
            assert [event for _, event in store.events("trained")] == events
