"""A race in words and as a table: what differs, how far it is, what each contender came to."""

from collections.abc import Sequence
from functools import lru_cache
from statistics import median

from msgspec.structs import asdict

from explorer.architecture.trace import trace
from explorer.experiments.race.race import Contender, Race
from explorer.runs.store.rows import ENDED, LIVE, Run
from explorer.training.cost.forecast import forecast
from explorer.training.cost.speed import Speed
from explorer.training.recipe.recipe import Recipe
from explorer.views.common.table import Table, TableCell, TableRow
from explorer.views.common.words import megabytes, value
from explorer.views.design.changes import layers_words
from explorer.views.runs.group import counted, group_share, group_state, group_stopping_words, states_words
from explorer.views.runs.pace import Events, at_once, group_seconds_left
from explorer.views.runs.run_words import duration, percent

FIRST = ("the seed alone", "the reference")  # what differs of the first contender: with no other, and with others
RESULTS = ("State", "Test", "Range", "Train", "Time", "Memory")  # accuracies on test and training pictures


def difference_words(first: Contender, other: Contender) -> str:
    """Say what a contender has that the first has not: `4 of 12 layers differ: sigmoid1, sigmoid2, …`."""
    parts = [layers_words(first.architecture, other.architecture), _settings(first.recipe, other.recipe)]
    return "; ".join(filter(None, parts)) or "nothing differs"


def _settings(ours: Recipe, theirs: Recipe) -> str:
    before, after = asdict(ours), asdict(theirs)
    changed = [name for name in after if after[name] != before[name]]
    return ", ".join(f"{name.replace('_', ' ')} {value(after[name])}" for name in changed)


def terms_words(race: Race) -> str:
    """Say over how many seeds, how long and on which terms the contenders race."""
    epochs = sorted({each.recipe.epochs for each in race.contenders})
    length = " to ".join(dict.fromkeys([f"{epochs[0]}", f"{epochs[-1]}"]))
    seeds = f"{race.seeds} seed{'s' * (race.seeds > 1)}"
    return f"{seeds} · {length} epoch{'s' * (epochs[-1] != 1)} · {race.terms}"


def race_cost_words(race: Race, speed: Speed | None, *, abreast: int, beside: str = "") -> str:
    """Say how many runs a race is and how long all take, `abreast` at once, where the device's rates are known.

    `beside` says what else trains and waits now.
    """
    runs = len(race.contenders) * race.seeds
    if speed is None:
        return f"{runs} runs · the time is known once this computer has less to do{beside}."
    costs = [forecast(trace(each.architecture), each.recipe, speed).seconds or 0.0 for each in race.contenders]
    return f"{runs} runs, about {duration(race.seeds * sum(costs) / abreast)} in all{beside}."


def race_progress(race: Race, runs: Sequence[Run], events: Events, *, now: float) -> tuple[float, str]:
    """Say how far a race is at a time in Unix seconds: the share of its steps, and a sentence.

    What is left follows the speed of the last seconds, and how many of its runs train beside each other or by turns.
    """
    share = group_share(runs)
    current = next((run for run in runs if run.state not in ENDED), None)
    if current is None:
        return 1.0, "All have ended."
    if group_state(runs) == "stopping":
        return share, group_stopping_words(runs)
    seed = _seed_words(race, runs, current)
    if not current.num_steps:
        return share, f"{seed}starting: loading the pictures"
    seconds = group_seconds_left(runs, events, at_once=at_once(runs, now=now))
    left = "first step" if seconds is None else f"about {duration(seconds)} left"
    return share, f"{seed}epoch {current.epoch:.1f} of {race.contenders[current.lane].recipe.epochs} · {left}"


def _seed_words(race: Race, runs: Sequence[Run], current: Run) -> str:
    at_once = len({run.heat for run in runs if run.state in LIVE})
    if at_once > 1:
        return f"{at_once} seeds at once · "
    return f"Seed {current.heat + 1} of {race.seeds} · " if race.seeds > 1 else ""


def interruption_words(race: Race, runs: Sequence[Run]) -> str:
    """Say which seeds were interrupted, why, and whether others go on; nothing where none was."""
    lost = [run for run in runs if run.state == "interrupted"]
    if not lost:
        return ""
    seeds = sorted({run.heat + 1 for run in lost})
    several = len(seeds) > 1
    which = f"Seed{'s' * several} {', '.join(map(str, seeds))} of {race.seeds}" if race.seeds > 1 else "The race"
    cause = lost[0].cause or "What was measured until then was kept."
    rest = " The other seeds go on." if any(run.state not in ENDED for run in runs) else ""
    ended = f"{which} {'were' if several else 'was'} interrupted. {cause}{rest}"
    return f"{ended} Each of the runs can be continued by itself on the Train page."


def contenders_table(race: Race, runs: Sequence[Run]) -> Table:
    """Lay the contenders out, each with what it came to over its seeds."""
    rows = [
        _row(lane, race, contender, [run for run in runs if run.lane == lane])
        for lane, contender in enumerate(race.contenders)
    ]
    return Table(["Contender", "What differs", *RESULTS], rows, [])


def _row(lane: int, race: Race, contender: Contender, runs: Sequence[Run]) -> TableRow:
    counts = counted(runs)
    shares = counts.test_accuracies
    learnt = [run.train_accuracy for run in counts.runs if run.train_accuracy is not None]
    spread = f"{100 * min(shares):.1f} to {100 * max(shares):.1f}" if len(shares) > 1 else ""
    time, memory = duration(sum(run.seconds for run in runs)), megabytes(_step_bytes(contender))
    texts = (states_words(runs), _middle(shares), spread, _middle(learnt), time, memory)
    words = difference_words(race.contenders[0], contender) if lane else FIRST[len(race.contenders) > 1]
    return TableRow(lane, contender.label, words, [TableCell(text) for text in texts])


def _middle(shares: Sequence[float]) -> str:
    return percent(median(shares)) if shares else ""


@lru_cache(maxsize=64)  # a table is drawn anew each second
def _step_bytes(contender: Contender) -> int:
    """Give what a training step of a contender takes of the memory, beside torch's own."""
    return forecast(trace(contender.architecture), contender.recipe, None).memory_bytes


def race_alt(race: Race, runs: Sequence[Run]) -> str:
    """Say the chart to those who cannot see it: the contenders' latest test accuracies."""
    parts = []
    for lane, contender in enumerate(race.contenders):
        shares = [percent(run.test_accuracy) for run in runs if run.lane == lane and run.test_accuracy is not None]
        parts.append(f"{contender.label} {', '.join(shares) or 'no figure yet'}")
    return f"Training loss and test accuracy of {len(parts)} contenders. Test accuracy: {'; '.join(parts)}."
