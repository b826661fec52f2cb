"""What a sweep says is best: no guess, no part of several that are level, and no lead that is not fair."""

from itertools import pairwise

import pytest

from explorer.architecture.presets import PRESETS
from explorer.experiments.sweep.sweep import Choices, Sweep, lay_out
from explorer.runs.store.rows import HeldSweep, Run, State
from explorer.training.recipe.recipe import Job, Recipe
from explorer.views.sweep.cost_scatter import cost_scatter, scatter_words
from explorer.views.sweep.parallel_axes import parallel_figure, parallel_words
from explorer.views.sweep.sweep import best_words, settings_of, sweep_table
from tests.views.runs.test_run_words import a_run

LENET = PRESETS["lenet-d2l"].architecture
RATES = (0.01, 0.1, 0.5, 1.0)


def held(*values: float, seeds: int = 0, field: str = "learning_rate") -> HeldSweep:
    axes = (Choices(field, values), *([Choices("seed", tuple(range(seeds)))] if seeds else []))
    sweep = Sweep(base=Job(architecture=LENET, recipe=Recipe()), axes=axes)
    return HeldSweep("s", "o", 0.0, None, sweep, tuple(lay_out(sweep)))


def cells(*shares: float | None, state: State = "finished") -> list[Run]:
    return [a_run(state, cell=cell, test_accuracy=share) for cell, share in enumerate(shares)]


def best(found: HeldSweep, runs: list[Run], *, going_on: bool = False) -> str:
    return best_words(found, settings_of(found, runs), going_on=going_on)


def marked(found: HeldSweep, runs: list[Run]) -> list[str]:
    return [row.name for row in sweep_table(found, settings_of(found, runs)).rows if row.state == "best"]


def test_one_that_leads_is_named_and_one_seed_is_no_proof() -> None:
    found, runs = held(*RATES[:2]), cells(0.7, 0.8)
    assert best(found, runs) == (
        "Best: learning rate 0.1, 80.0 % of the test pictures. One seed cannot tell a small lead from chance."
    )
    assert marked(found, runs) == ["2 best"]


def test_settings_whose_figures_read_the_same_are_level() -> None:
    found, runs = held(*RATES), cells(0.7, 0.8001, 0.7999, 0.8)
    assert best(found, runs).startswith(
        "Best: 3 settings are level: learning rate 0.1; learning rate 0.5; learning rate 1, 80.0 % of"
    )
    assert marked(found, runs) == ["2 best", "3 best", "4 best"]
    assert "learning rate 0.1; learning rate 0.5; learning rate 1, 80.0 %" in parallel_words(
        found, settings_of(found, runs)
    )


def test_settings_that_are_level_are_drawn_alike() -> None:
    found = held(*RATES)
    drawn = parallel_figure(found, settings_of(found, cells(0.5, 0.5, 0.5, 0.8)), None)
    assert [line["name"] for line in drawn["data"]] == ["upper third", "best"]


def test_neither_a_guess_nor_a_run_that_failed_is_ranked_in_the_chart() -> None:
    found = held(*RATES)
    ends: tuple[tuple[State, float | None], ...] = (
        ("finished", 0.8),
        ("finished", 0.1),
        ("failed", None),
        ("running", None),
    )
    runs = [a_run(state, cell=cell, test_accuracy=share) for cell, (state, share) in enumerate(ends)]
    drawn = parallel_figure(found, settings_of(found, runs), None)["data"]
    assert {line["name"]: line["customdata"][0] for line in drawn} == {
        "best": 0,
        "a guess": 1,
        "no figure": 2,
        "no figure yet": 3,
    }
    assert {line["hovertext"][0].partition("<br>")[2] for line in drawn} == {
        "80.0 %",
        "10.0 %",
        "no figure",
        "no figure yet",
    }


def test_no_line_passes_where_an_axis_between_others_has_its_labels() -> None:
    axes = (Choices("learning_rate", (0.1, 0.3)), Choices("activation", ("Sigmoid", "ReLU")))
    sweep = Sweep(base=Job(architecture=LENET, recipe=Recipe()), axes=axes)
    found = HeldSweep("s", "o", 0.0, None, sweep, tuple(lay_out(sweep)))
    drawn = parallel_figure(found, settings_of(found, cells(0.5, 0.6, 0.7, 0.8)), None)
    labels = {note["x"] for note in drawn["layout"]["annotations"] if note["text"] in ("Sigmoid", "ReLU")}
    assert labels == {1}
    pieces = [piece for line in drawn["data"] for piece in pairwise(line["x"]) if None not in piece]
    assert len(pieces) == 2 * 4
    assert all(end < 1 or start > 1 for start, end in pieces)


def test_a_guess_is_never_the_best_nor_worth_its_cost() -> None:
    found, runs = held(1.0, 2.0, field="width"), cells(0.1, 0.105)
    settings = settings_of(found, runs)
    assert best(found, runs, going_on=True) == "No setting has learned anything yet: 10.0 % is guessing."
    assert marked(found, runs) == []
    assert "best" not in parallel_words(found, settings)
    assert "no setting has learned anything" in scatter_words(found, settings)
    scatter = cost_scatter(found, settings, None)
    assert scatter is not None
    assert {line["name"] for line in scatter["data"]} == {"others"}
    assert best(found, cells(None, None), going_on=True) == ""


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("running", "Some of them still train: the comparison is not fair yet."),
        ("cancelled", "Some did not finish: the comparison is not fair."),
    ],
)
def test_what_has_not_come_to_its_end_is_no_fair_comparison(state: State, words: str) -> None:
    runs = [a_run("finished", cell=0, test_accuracy=0.8), a_run(state, cell=1, test_accuracy=0.9)]
    assert best(held(*RATES[:2]), runs, going_on=state == "running").endswith(words)


def test_a_lead_within_the_seeds_is_no_difference() -> None:
    found = held(0.1, 0.5, seeds=3)
    assert best(found, cells(0.70, 0.72, 0.78, 0.71, 0.73, 0.80)).endswith(
        "(median of 3 seeds, 71.0 to 80.0). 1 of the others reaches into that range: no difference beyond the seeds."
    )
    assert best(found, cells(0.5, 0.5, 0.5, 0.71, 0.73, 0.80)).endswith("(median of 3 seeds, 71.0 to 80.0).")


def test_with_several_seeds_chosen_none_is_advised() -> None:
    words = best(held(0.1, 0.5, seeds=3), cells(0.5, None, None, 0.8))
    assert "This is one of their seeds alone." in words
    assert "One seed cannot tell" not in words
