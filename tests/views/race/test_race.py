"""What differs between contenders, counted over all the places that either has."""

import itertools

import msgspec
import pytest

from explorer.architecture.presets import PRESETS
from explorer.architecture.trace import trace
from explorer.experiments.race.race import Contender, Race
from explorer.runs.store.rows import State
from explorer.training.cost.forecast import forecast
from explorer.training.cost.speed import Speed
from explorer.training.recipe.recipe import Recipe
from explorer.views.race.race import RESULTS, contenders_table, difference_words, race_cost_words, race_progress
from explorer.views.runs.run_words import duration
from tests.views.runs.test_run_words import a_run

LENET = PRESETS["lenet-d2l"].architecture
RACE = Race(question="?", contenders=(Contender("a", LENET, Recipe()), Contender("b", LENET, Recipe())))
PAIRS = list(itertools.permutations(PRESETS, 2))


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_no_more_layers_differ_than_there_are(one: str, other: str) -> None:
    first, second = (Contender(name, PRESETS[name].architecture, Recipe()) for name in (one, other))
    words = difference_words(first, second).split()
    if "layers" in words:
        at = words.index("layers")
        assert int(words[at - 3]) <= int(words[at - 1])


def test_settings_that_differ_are_said_in_words_and_not_as_code() -> None:
    first = Contender("a", LENET, Recipe(train_size=1_000, momentum=0.9))
    other = Contender("b", LENET, Recipe(batch_size=1_024, momentum=0.9, nesterov=True))
    assert difference_words(first, other) == "train size none, batch size 1,024, nesterov yes"


@pytest.mark.parametrize(
    ("states", "words"),
    [
        (("stopping", "stopping"), "Stopping after this step, which takes about 5.0 s."),
        (("cancelled", "stopping"), "Stopping after this step, which takes about 5.0 s."),
        (("stopping", "running"), "epoch 2.5 of 10"),
        (("cancelled", "finished"), "All have ended."),
    ],
)
def test_a_race_stops_when_all_of_it_does(states: tuple[State, ...], words: str) -> None:
    runs = [a_run(state, seconds=300.0) for state in states]
    assert race_progress(RACE, runs, {}, now=60.0)[1].startswith(words)


def test_a_races_time_is_that_of_all_its_runs() -> None:
    race, speed = msgspec.structs.replace(RACE, seeds=3), Speed(1e-5, 1e-11, 1e-9, 1e-10)
    one = forecast(trace(LENET), Recipe(), speed).seconds
    assert one is not None
    assert race_cost_words(race, speed, abreast=1) == f"6 runs, about {duration(6 * one)} in all."
    assert race_cost_words(race, speed, abreast=2) == f"6 runs, about {duration(3 * one)} in all."
    assert race_cost_words(race, None, abreast=1).startswith("6 runs · the time is known once")


@pytest.mark.parametrize("seconds", [30.0, 15.0])
def test_what_is_left_of_a_race_is_told_by_the_clock(seconds: float) -> None:
    """A quarter went by in half a minute, whether its runs had a core each or took turns."""
    runs = [a_run("running", started=100.0, seconds=seconds) for _ in range(2)]
    assert race_progress(RACE, runs, {}, now=130.0)[1].endswith("about 1 min 30 s left")


def test_seeds_that_train_at_once_are_named() -> None:
    race = msgspec.structs.replace(RACE, seeds=3)
    runs = [a_run("running", heat=heat) for heat in range(3)]
    assert race_progress(race, runs, {}, now=60.0)[1].startswith("3 seeds at once")
    assert race_progress(race, runs[1:2], {}, now=60.0)[1].startswith("Seed 2 of 3")


def test_contenders_are_told_by_their_medians_and_a_larger_batch_by_its_memory() -> None:
    contenders = tuple(Contender(f"batch {size}", LENET, Recipe(batch_size=size)) for size in (32, 320))
    race = Race(question="?", contenders=contenders, seeds=3)
    shares = {0: (0.1, 0.5, 0.6), 1: (0.2, 0.2, 0.9)}
    runs = [
        a_run("finished", lane=lane, test_accuracy=share, train_accuracy=share + 0.05)
        for lane, some in shares.items()
        for share in some
    ]
    cells = [
        {name: cell.text for name, cell in zip(RESULTS, row.cells, strict=True)}
        for row in contenders_table(race, runs).rows
    ]
    assert [row["Test"] for row in cells] == ["50.0 %", "20.0 %"]
    assert [row["Train"] for row in cells] == ["55.0 %", "25.0 %"]
    assert cells[0]["Range"] == "10.0 to 60.0"
    small, large = (float(row["Memory"].removesuffix(" MB")) for row in cells)
    assert 5 < large / small < 10
