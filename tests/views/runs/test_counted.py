"""Which runs count for a figure: one rule, the same in a race's table, a sweep's table and a verdict."""

from statistics import median

import pytest

from explorer.architecture.presets import PRESETS
from explorer.experiments.race.race import Contender, Race
from explorer.runs.store.rows import Run, State
from explorer.training.recipe.recipe import Recipe
from explorer.views.race.race import RESULTS, contenders_table
from explorer.views.race.verdict import verdict
from explorer.views.runs.group import counted
from explorer.views.runs.run_words import percent
from explorer.views.sweep.sweep import Setting
from tests.views.runs.test_run_words import a_run

LENET = PRESETS["lenet-d2l"].architecture
ALONE = Race(question="?", contenders=(Contender("LeNet", LENET, Recipe()),), seeds=5)
Tested = tuple[State, float | None]
CASES: list[tuple[list[Tested], str, list[float]]] = [
    ([("finished", 0.8), ("finished", 0.6), ("finished", 0.7)], "finished", [0.8, 0.6, 0.7]),
    ([("finished", 0.8), ("running", 0.2), ("cancelled", 0.3), ("failed", 0.1)], "finished", [0.8]),
    ([("finished", 0.8), ("interrupted", 0.9), ("finished", None)], "finished", [0.8]),
    ([("cancelled", 0.5), ("interrupted", 0.7), ("failed", 0.9), ("running", 0.1)], "stopped", [0.5, 0.7]),
    (
        [("running", 0.3), ("paused", 0.5), ("stopping", 0.4), ("queued", None), ("failed", 0.9)],
        "so far",
        [0.3, 0.5, 0.4],
    ),
    ([("failed", 0.9), ("running", None), ("queued", None)], "", []),
]


@pytest.mark.parametrize(("states", "how", "shares"), CASES)
def test_one_rule_says_which_runs_count(states: list[Tested], how: str, shares: list[float]) -> None:
    runs = _runs(states)
    found = counted(runs)
    assert (found.how, found.test_accuracies) == (how, shares)
    assert _of_a_race(runs) == _of_a_sweep(runs) == shares
    judged = verdict(ALONE, runs)
    assert (judged.kind == "nothing") == (how in ("", "so far"))
    if judged.kind != "nothing":
        assert f"LeNet ends at {percent(median(shares))}" in judged.words
        assert (f"over {len(shares)} seeds" in judged.words) == (len(shares) > 1)


def _runs(states: list[Tested]) -> list[Run]:
    return [a_run(state, heat=heat, test_accuracy=share) for heat, (state, share) in enumerate(states)]


def _of_a_race(runs: list[Run]) -> list[float]:
    """Read what a race's table shows back as the accuracies whose median and range it is."""
    (row,) = contenders_table(ALONE, runs).rows
    shown = {name: cell.text for name, cell in zip(RESULTS, row.cells, strict=True)}
    shares = counted(runs).test_accuracies
    assert shown["Test"] == (percent(median(shares)) if shares else "")
    spread = f"{100 * min(shares):.1f} to {100 * max(shares):.1f}" if len(shares) > 1 else ""
    assert shown["Range"] == spread
    return shares


def _of_a_sweep(runs: list[Run]) -> list[float]:
    return Setting(0, (), tuple(runs), 1, 1, "").shares
