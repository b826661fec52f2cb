"""A sweep in words and as a table: what varies, what it costs, how far it is, and what each setting came to."""

from collections.abc import Callable, Sequence
from statistics import median
from typing import Any, NamedTuple

from explorer.data.datasets import DATASETS
from explorer.experiments.race.variants import POOLING_LABELS
from explorer.experiments.sweep.cost import SweepCost
from explorer.experiments.sweep.fields import Value
from explorer.experiments.sweep.sweep import Choices, Draws, Sweep, field_words, setting
from explorer.runs.store.rows import ENDED, HeldSweep, Run
from explorer.views.common import words
from explorer.views.common.table import Table, TableCell, TableRow
from explorer.views.runs.fairness import guessed_share, is_guessing
from explorer.views.runs.group import counted, group_share, group_state, group_stopping_words, states_words
from explorer.views.runs.pace import Events, group_seconds_left
from explorer.views.runs.recipes import length_words
from explorer.views.runs.run_words import duration, percent

POOLINGS = {kind: label for label, kind in POOLING_LABELS.items()}
MOST_NAMED = 3  # of settings that are level


class Setting(NamedTuple):
    """The cells of a sweep that differ in their seed alone, and what they came to."""

    cell: int  # the first of them
    values: tuple[Value, ...]  # but for the seed
    runs: tuple[Run, ...]
    num_params: int
    mult_adds: int
    cause: str  # why it is not trained, if it is not

    @property
    def shares(self) -> list[float]:
        """The test accuracies that count."""
        return counted(self.runs).test_accuracies

    @property
    def accuracy(self) -> float | None:
        """The median of the test accuracies."""
        return median(self.shares) if self.shares else None


def settings_of(held: HeldSweep, runs: Sequence[Run]) -> list[Setting]:
    """Put a sweep's cells together that differ in their seed alone."""
    by_cell = {run.cell: run for run in runs}
    grouped: dict[tuple[Value, ...], list[int]] = {}
    for number, cell in enumerate(held.cells):
        grouped.setdefault(setting(held.sweep, cell), []).append(number)
    return [_setting(held, values, cells, by_cell) for values, cells in grouped.items()]


def _setting(held: HeldSweep, values: tuple[Value, ...], cells: Sequence[int], by_cell: dict[int, Run]) -> Setting:
    first = held.cells[cells[0]]
    runs = tuple(by_cell[cell] for cell in cells if cell in by_cell)
    return Setting(cells[0], values, runs, first.num_params, first.mult_adds, "" if runs else first.cause)


def learned(sweep: Sweep, settings: Sequence[Setting]) -> list[Setting]:
    """Give the settings with a test accuracy that is more than guessing."""
    dataset = sweep.base.recipe.dataset
    return [each for each in settings if each.accuracy is not None and not is_guessing(each.accuracy, dataset)]


def leaders(sweep: Sweep, settings: Sequence[Setting]) -> list[Setting]:
    """Give the settings with the highest median test accuracy so far: several that read the same, no guesses."""
    ranked = learned(sweep, settings)
    highest = percent(max((each.accuracy or 0.0 for each in ranked), default=None))
    return [each for each in ranked if percent(each.accuracy) == highest]


# Words


def value_words(name: str, value: Value) -> str:
    """Say a value of it: `0.1`, `×2`, `Max pooling`."""
    if name == "width":
        return f"×{value:g}"
    if isinstance(value, float):
        return f"{value:g}"
    return POOLINGS.get(str(value), str(value))


def names_of(sweep: Sweep) -> tuple[str, ...]:
    """Name the fields that vary but for the seed."""
    return tuple(name for name in sweep.names if name != "seed")


def setting_words(sweep: Sweep, values: Sequence[Value]) -> str:
    """Say a setting in one line: `learning rate 0.1 · ReLU · width ×2`."""
    parts = [_part(name, value) for name, value in zip(names_of(sweep), values, strict=True)]
    return " · ".join(parts) or "as it is"


def _part(name: str, value: Value) -> str:
    return value_words(name, value) if isinstance(value, str) else f"{field_words(name)} {value_words(name, value)}"


def num_seeds(sweep: Sweep) -> int:
    """Count the seeds that each setting is trained with; 0 where all have the recipe's own."""
    return next((len(axis.values) for axis in sweep.axes if axis.field == "seed" and isinstance(axis, Choices)), 0)


def title_words(sweep: Sweep) -> str:
    """Name a sweep: `LeNet: learning rate × activation`."""
    return f"{sweep.base.architecture.name}: {' × '.join(map(field_words, sweep.names))}"


def terms_words(sweep: Sweep) -> str:
    """Say how the cells were chosen, and what is the same for all."""
    seeds = num_seeds(sweep)
    way = f"{sweep.way.count} settings drawn at random" if isinstance(sweep.way, Draws) else "every combination"
    recipe = sweep.base.recipe
    each = f"each with {seeds} seeds" if seeds else f"all with seed {recipe.seed}"
    return f"{DATASETS[recipe.dataset].title} · {way}, {each} · {length_words(recipe)} a run"


def cost_words(cost: SweepCost, device: str, *, abreast: int, measuring: bool, beside: str = "") -> str:
    """Say what a sweep will cost, before it starts; `beside` says what else trains and waits now."""
    later = "this computer is being measured" if measuring else "the time is known once nothing else trains"
    lasts = later if cost.seconds is None else f"about {duration(cost.seconds)} on {device}"
    at_once = f"{min(abreast, max(1, cost.runs))} at once"
    unfit = f" · {cost.unfit} of the cells cannot be trained" if cost.unfit else ""
    memory = f"{words.megabytes(cost.memory_bytes)} of memory beside torch's own"
    lasts += beside
    return f"{cost.runs} run{'s' * (cost.runs != 1)}, {at_once} · {lasts} · {memory}{unfit}"


def sweep_progress(runs: Sequence[Run], events: Events) -> tuple[float, str]:
    """Say how far a sweep is: the share of its steps, and a sentence; `events` are those of its runs that train."""
    share = group_share(runs)
    if group_state(runs) == "stopping":
        return share, group_stopping_words(runs)
    done = sum(run.state in ENDED for run in runs)
    training = max(1, sum(run.state not in (*ENDED, "queued") for run in runs))
    seconds = group_seconds_left(runs, events, at_once=training)
    left = "first step" if seconds is None else f"about {duration(seconds)} left"
    return share, f"{done} of {len(runs)} runs have ended · {left}"


def best_words(held: HeldSweep, settings: Sequence[Setting], *, going_on: bool) -> str:
    """Say which setting is ahead, and whether that is more than the seeds' spread could be."""
    top = leaders(held.sweep, settings)
    if not top:
        return _guessing_words(held.sweep, settings)
    called = "; ".join(setting_words(held.sweep, each.values) for each in top[:MOST_NAMED])
    level = f"{len(top)} settings are level: " if len(top) > 1 else ""
    rest = "; …" * (len(top) > MOST_NAMED)
    ahead = f"{'Best so far' if going_on else 'Best'}: {level}{called}{rest}, {percent(top[0].accuracy)}"
    said = [f"{ahead} of the test pictures{_spread_words(top)}.", _chance_words(held.sweep, settings, top)]
    return " ".join(filter(None, [*said, _unfair_words(settings)]))


def _guessing_words(sweep: Sweep, settings: Sequence[Setting]) -> str:
    if all(each.accuracy is None for each in settings):
        return ""
    return f"No setting has learned anything yet: {percent(guessed_share(sweep.base.recipe.dataset))} is guessing."


def _spread_words(top: Sequence[Setting]) -> str:
    shares = top[0].shares
    if len(top) > 1 or len(shares) < 2:
        return ""
    return f" (median of {len(shares)} seeds, {100 * min(shares):.1f} to {100 * max(shares):.1f})"


def _chance_words(sweep: Sweep, settings: Sequence[Setting], top: Sequence[Setting]) -> str:
    """Say whether the seeds leave the lead to chance."""
    shares = top[0].shares
    if len(shares) < 2:
        seeds = num_seeds(sweep)
        return "This is one of their seeds alone." if seeds > 1 else "One seed cannot tell a small lead from chance."
    rivals = [each for each in settings if each not in top and max(each.shares, default=0.0) >= min(shares)]
    if len(top) > 1 or not rivals:
        return ""
    return (
        f"{len(rivals)} of the others reach{'es' * (len(rivals) == 1)} into that range: no difference beyond the seeds."
    )


def _unfair_words(settings: Sequence[Setting]) -> str:
    """Say that what is compared has not all trained to its end, where that is so."""
    measured = [each for each in settings if each.accuracy is not None]
    if any(run.state not in ENDED for each in measured for run in each.runs):
        return "Some of them still train: the comparison is not fair yet."
    early = any(counted(each.runs).how != "finished" for each in measured)
    return "Some did not finish: the comparison is not fair." if early else ""


def cell_words(held: HeldSweep, chosen: Setting) -> str:
    """Say what the chosen setting is and came to."""
    figure = f": {percent(chosen.accuracy)} of the test pictures" if chosen.accuracy is not None else ""
    return f"Cell {chosen.cell + 1}, {setting_words(held.sweep, chosen.values)}{figure}"


# The table

ACCURACY = "Test accuracy"
COLUMNS = ("Cell", "Setting", ACCURACY, "State", "Parameters", "Multiply-adds", "Time")
SPREAD = "Range"


def columns_of(sweep: Sweep) -> list[str]:
    """Title the table's columns; the seeds' range stands beside their median."""
    return [*COLUMNS[:3], *([SPREAD] if "seed" in sweep.names else []), *COLUMNS[3:]]


def sweep_table(
    held: HeldSweep, settings: Sequence[Setting], *, column: str = COLUMNS[0], descending: bool = False
) -> Table:
    """Lay the settings out in the order of one column, the best ones marked, those that do not fit at the end."""
    titles, top = columns_of(held.sweep), leaders(held.sweep, settings)
    title = column if column in titles else COLUMNS[0]
    ordered = sorted((each for each in settings if not each.cause), key=KEYS[title], reverse=descending)
    measured = [each for each in ordered if title != ACCURACY or each.accuracy is not None]
    unknown = [each for each in ordered if each not in measured]
    refused = [each for each in settings if each.cause]
    rows = [_row(held, each, top, len(titles)) for each in (*measured, *unknown, *refused)]
    return Table(titles, rows, [], (titles.index(title), descending))


def _orderly(value: Value) -> tuple[bool, float, str]:
    """Give what values are ordered by: numbers before words."""
    is_number = isinstance(value, int | float)
    return not is_number, float(value) if isinstance(value, int | float) else 0.0, str(value)


def _row(held: HeldSweep, each: Setting, top: Sequence[Setting], width: int) -> TableRow:
    said = setting_words(held.sweep, each.values)
    number = f"{each.cell + 1}"
    if each.cause:
        return TableRow(each.cell, number, said, [TableCell("")] * (width - 2), "refused", each.cause)
    lowest, highest = (100 * share for share in (min(each.shares, default=0.0), max(each.shares, default=0.0)))
    spread = [f"{lowest:.1f} to {highest:.1f}" if len(each.shares) > 1 else ""] if "seed" in held.sweep.names else []
    time = duration(sum(run.seconds for run in each.runs)) if any(run.seconds for run in each.runs) else ""
    texts = (*spread, states_words(each.runs), words.number(each.num_params), words.short(each.mult_adds), time)
    accuracy = TableCell(percent(each.accuracy), share=each.accuracy or 0.0)
    is_best = each in top
    state = "best" if is_best else "fits"
    return TableRow(each.cell, f"{number} best" if is_best else number, said, [accuracy, *map(TableCell, texts)], state)


KEYS: dict[str, Callable[[Setting], Any]] = {  # what each column is sorted by
    "Cell": lambda each: each.cell,
    "Setting": lambda each: tuple(map(_orderly, each.values)),
    ACCURACY: lambda each: each.accuracy or 0.0,
    SPREAD: lambda each: max(each.shares, default=0.0) - min(each.shares, default=0.0),
    "State": lambda each: states_words(each.runs),
    "Parameters": lambda each: each.num_params,
    "Multiply-adds": lambda each: each.mult_adds,
    "Time": lambda each: sum(run.seconds for run in each.runs),
}
