"""A race as lines: one seed is a line, several a median on a band; and what the x axis counts."""

import math

import pytest

from explorer.architecture.presets import PRESETS
from explorer.experiments.race.race import Contender, Race
from explorer.runs.store.rows import Run, State
from explorer.training.events import Epoch, Event, Started, Step
from explorer.training.recipe.recipe import Recipe
from explorer.views.race.race_curves import BAND_POINTS, looks, race_series

LENET = PRESETS["lenet-d2l"].architecture
RACE = Race(question="?", contenders=tuple(Contender(name, LENET, Recipe()) for name in ("Sigmoid", "ReLU")), seeds=3)


def run(heat: int, lane: int, state: State) -> Run:
    return Run(
        id=f"{heat}{lane}",
        owner="",
        state=state,
        name="",
        dataset="",
        job_json="",
        wanted_device="",
        created=0.0,
        race="r",
        heat=heat,
        lane=lane,
    )


def events(loss: float, *, steps: int = 4) -> list[Event]:
    told: list[Event] = [Started("cpu", "mnist", 1_000, 100, 61_706, 8, 4)]
    told += [Step(step, step / 4, step * 0.5, loss + step, 0.5, 100.0) for step in range(1, steps + 1)]
    return [*told, Epoch(4, 1.0, 2.5, loss, 0.5, loss, loss / 10)]


def test_one_seed_is_a_line_in_each_panel_and_keeps_its_key_when_it_ends() -> None:
    told = {"00": events(1.0), "01": events(2.0)}
    live = race_series(RACE, [run(0, 0, "running"), run(0, 1, "running")], told, axis="By step")
    over = race_series(RACE, [run(0, 0, "finished"), run(0, 1, "finished")], told, axis="By step")
    assert live == over
    assert [(line.name, line.panel) for line in live] == [
        (label, panel) for label in ("Sigmoid", "ReLU") for panel in ("loss", "accuracy")
    ]
    assert (live[0].x, live[0].y) == ([1.0, 2.0, 3.0, 4.0], [2.0, 3.0, 4.0, 5.0])
    assert (live[1].x, live[1].y) == ([4.0], [0.1])


def test_seeds_that_train_at_once_are_a_band_from_the_start() -> None:
    told = {f"{heat}0": events(float(heat), steps=4 - (heat == 2)) for heat in range(3)}
    series = race_series(RACE, [run(heat, 0, "running") for heat in range(3)], told, axis="By step")
    _, median = [line for line in series if line.panel == "loss"]
    assert (median.x, median.y, median.width) == ([1.0, 2.0, 3.0], [2.0, 3.0, 4.0], 3.0)


def test_a_band_that_grows_is_another_line_and_never_the_old_one_with_more_points() -> None:
    drawn: dict[str, tuple[list[float], int]] = {}
    for steps in range(1, 400):
        told = {f"{heat}0": events(float(heat), steps=steps) for heat in range(3)}
        series = race_series(RACE, [run(heat, 0, "running") for heat in range(3)], told, axis="By step")
        band, median = [line for line in series if line.panel == "loss"]
        assert drawn.setdefault(band.key, (band.x, steps))[0] == band.x
        assert max(median.x) - max(band.x) <= steps / 40
    assert len(drawn) < 150


def test_a_seed_that_is_held_early_leaves_the_others_their_band() -> None:
    told = {"00": events(1.0, steps=51), "10": events(2.0, steps=2), "20": events(3.0, steps=39)}
    runs = [run(0, 0, "running"), run(1, 0, "paused"), run(2, 0, "running")]
    band, median, held = [line for line in race_series(RACE, runs, told, axis="By step") if line.panel == "loss"]
    assert (band.fills, max(median.x), max(held.x)) == (True, 39.0, 2.0)
    first, *others = [run(heat, 0, "finished" if heat == 0 else "running") for heat in range(3)]
    told = {"00": events(1.0, steps=40), "10": events(2.0, steps=2), "20": events(3.0, steps=9)}
    main = next(line for line in race_series(RACE, [first, *others], told, axis="By step"))
    assert (max(main.x), main.width) == (40.0, 3.0)


def test_several_seeds_are_a_median_on_a_band_as_far_as_all_go_and_what_trains_is_thin() -> None:
    ended = [run(heat, 0, "finished") for heat in range(3)]
    told = {"00": events(1.0), "10": events(5.0, steps=3), "20": events(2.0), "30": events(9.0)}
    series = race_series(RACE, [*ended, run(3, 0, "running")], told, axis="By step")
    band, median, live = [line for line in series if line.panel == "loss"]
    assert list(zip(band.x, band.y, strict=True)) == [
        *[(1.0, 2.0), (2.0, 3.0), (3.0, 4.0), (3.0, 4.0)],
        *[(3.0, 8.0), (3.0, 8.0), (2.0, 7.0), (1.0, 6.0)],
    ]
    assert (median.x, median.y) == ([1.0, 2.0, 3.0], [3.0, 4.0, 5.0])
    assert (band.fills, band.width, median.fills) == (True, 0, False)
    assert [line.in_legend for line in (band, median, live)] == [False, True, False]
    assert live.width < median.width
    singles = race_series(RACE, [*ended, run(3, 0, "running")], told, axis="By step", singles=True)
    assert len(singles) == len(series) + 2 * 3


def test_a_long_band_has_few_points_and_is_as_high_as_its_highest() -> None:
    told = {f"{heat}0": events(float(heat), steps=2_000) for heat in range(2)}
    told["10"][1_001] = Step(1_001, 250.25, 1.0, 9_999.0, 0.5, 100.0)
    told["10"][1_501] = Step(1_501, 375.25, 1.0, math.nan, 0.5, 100.0)
    band = next(
        line for line in race_series(RACE, [run(0, 0, "finished"), run(1, 0, "finished")], told, axis="By step")
    )
    assert len(band.x) <= 2 * (BAND_POINTS + 1)
    assert (min(band.x), max(band.x)) == (1.0, 2_000.0)
    assert 9_999.0 in band.y
    assert all(math.isfinite(value) for value in band.y if value is not None)


@pytest.mark.parametrize(
    ("axis", "last"), [("By step", 4.0), ("By time", 2.0), ("By multiply-adds", 1_000 * 3 * 416_520.0)]
)
def test_the_x_axis_counts_steps_own_seconds_or_multiply_adds(axis: str, last: float) -> None:
    (loss, _) = race_series(RACE, [run(0, 0, "running")], {"00": events(1.0)}, axis=axis)
    assert loss.x[-1] == last


def test_sigmoid_and_relu_keep_their_colours_whoever_else_races_and_none_looks_like_another() -> None:
    names = ["Tanh", "ReLU", "GELU", "ELU", "Sigmoid", "SiLU"]
    found = dict(zip(names, looks(names), strict=True))
    pair = looks(["Sigmoid", "ReLU"])
    assert [found[name].color for name in ("Sigmoid", "ReLU")] == [look.color for look in pair]
    for one_of in zip(*found.values(), strict=True):
        assert len(set(one_of)) == len(names)
