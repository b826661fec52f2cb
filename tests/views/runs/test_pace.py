"""The time left follows the speed of the last seconds, for a run, for several, and for who waits."""

import pytest
from msgspec.structs import replace

from explorer.runs.store.rows import Run, State
from explorer.training.events import Epoch, Event, Step
from explorer.training.recipe.recipe import Recipe
from explorer.views.runs.pace import at_once, expected_start, group_seconds_left, seconds_left, start_if_launched
from explorer.views.runs.run_words import beside_words, status, waiting_words
from explorer.views.sweep.sweep import sweep_progress
from tests.views.runs.test_run_words import a_run


def a_step(step: int, seconds: float) -> Step:
    return Step(
        step=step, epoch=step / 24, seconds=seconds, train_loss=1.0, train_accuracy=0.5, images_per_second=100.0
    )


def a_test(step: int, seconds: float) -> Epoch:
    return Epoch(
        step=step,
        epoch=step / 24,
        seconds=seconds,
        train_loss=1.0,
        train_accuracy=0.5,
        test_loss=1.0,
        test_accuracy=0.5,
    )


SLOWED: list[Event] = [a_step(step, 0.1 * step) for step in range(1, 101)]  # ten steps a second, and then one
SLOWED += [a_step(100 + more, 10.0 + more) for more in range(1, 21)]
RUN = a_run("running", step=120, num_steps=240, epoch=5.0, seconds=30.0)


def test_a_run_that_became_slower_tells_the_time_at_the_speed_that_it_has_now() -> None:
    assert seconds_left(RUN, SLOWED) == pytest.approx(120.0)
    assert seconds_left(RUN) == pytest.approx(30.0), "the mean since the start, where nothing else is known"
    assert status(RUN, SLOWED, position=None).words.endswith("about 2 min 0 s left")


def test_tests_take_their_time_once_for_each_epoch_that_is_left() -> None:
    tested: list[Event] = [a_step(116, 20.0), a_step(120, 24.0), a_test(120, 27.0)]
    assert seconds_left(RUN, tested) == pytest.approx(120 * 1.0 + 5 * 3.0)


def test_a_limit_in_time_ends_it_sooner() -> None:
    limited = a_run("running", Recipe(max_seconds=40.0), step=120, num_steps=240, seconds=30.0)
    assert seconds_left(limited, SLOWED) == pytest.approx(10.0)


@pytest.mark.parametrize(
    ("run", "left"),
    [(a_run("finished"), 0.0), (a_run("running", step=0), None), (a_run("queued", num_steps=None), None)],
)
def test_what_has_ended_takes_no_time_and_what_has_not_begun_is_not_known(run: Run, left: float | None) -> None:
    assert seconds_left(run) == left


def test_seeds_that_wait_last_as_long_as_their_contenders_do_now() -> None:
    seeds = [replace(RUN, id=f"{lane}", lane=lane) for lane in (0, 1)]
    waiting = [replace(each, id=f"{each.id}w", state="queued", step=0, num_steps=None, heat=1) for each in seeds]
    events = {"0": SLOWED}
    assert group_seconds_left([*seeds, *waiting], events, at_once=2.0) == pytest.approx((120 + 30 + 150 + 60) / 2)
    assert group_seconds_left(waiting, {}, at_once=1.0) is None


def test_runs_beside_each_other_and_by_turns_are_told_apart_by_the_clock() -> None:
    beside = [replace(RUN, id=name, started=100.0) for name in "ab"]
    assert at_once(beside, now=130.0) == pytest.approx(2.0)
    assert at_once(beside, now=160.0) == pytest.approx(1.0)
    assert at_once([a_run("queued")], now=160.0) == 1.0


def test_a_sweeps_time_follows_those_that_train() -> None:
    cells = [replace(RUN, id="slow", cell=0), a_run("queued", cell=1, step=0, num_steps=None)]
    assert sweep_progress(cells, {"slow": SLOWED})[1] == "0 of 2 runs have ended · about 4 min 30 s left"


@pytest.mark.parametrize(
    ("position", "live", "starts"),
    [
        (1, [("a", "running")], 30.0),
        (2, [("a", "running")], 90.0),  # the one before it lasts a minute as well
        (2, [("a", "running"), ("b", "running")], 30.0),
        (1, [("a", "paused")], 10.0),
        (1, [("a", "starting")], None),
        (1, [], None),
    ],
)
def test_who_waits_is_told_when_its_turn_is_expected(
    position: int, live: list[tuple[str, str]], starts: float | None
) -> None:
    runs = [a_run("queued", step=0)]
    for name, state in live:
        run = replace(RUN, id=name, state=state)
        runs.append(replace(run, step=0) if state == "starting" else run)
    assert expected_start(position, runs, {}) == starts


def test_a_place_in_the_queue_says_when_it_is_expected_to_start() -> None:
    assert waiting_words(2, starts_in=42.0) == "Waiting for a free place: 2nd in the queue, to start in about 42 s."
    assert waiting_words(1) == "Waiting for a free place: next in the queue."


def test_what_else_trains_is_said_beside_a_time_before_the_start() -> None:
    live, waits = a_run("running"), a_run("queued")
    assert beside_words([]) == ""
    assert beside_words([live]) == " · beside 1 other run that trains now"
    held = [live, live, waits]
    assert beside_words(held) == " · beside 2 other runs that train now · after 1 that waits"
    assert beside_words(held, starts_in=90.0).endswith(" · after 1 that waits · to start in about 1 min 30 s")


@pytest.mark.parametrize(
    ("states", "starts"), [(["running"], 0.0), (["running", "running"], 30.0), (["running", "queued"], 90.0)]
)
def test_what_is_launched_while_all_places_are_taken_is_told_when_it_would_start(
    states: list[State], starts: float
) -> None:
    runs = [replace(RUN, id=str(place), state=state) for place, state in enumerate(states)]
    assert start_if_launched(2, runs, {}) == starts
