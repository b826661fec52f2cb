"""All that was tried, as entries of a list: a run, a race, a sweep; found by words, sorted by a column."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

import msgspec
from msgspec.structs import replace

from explorer.data.datasets import DATASETS
from explorer.runs.store.rows import Run, read_job
from explorer.runs.store.small_curve import read_curve
from explorer.training.recipe.recipe import Job
from explorer.views.common.words import shown
from explorer.views.design.changes import since_text
from explorer.views.runs.recipes import length_words, settings_words
from explorer.views.runs.run_words import made_words, state_word


class HistoryEntry(msgspec.Struct, frozen=True):
    """One entry: a run, or the runs of a race or sweep in its order."""

    id: str  # the run's, the race's or the sweep's
    title: str
    runs: tuple[Run, ...]
    kind: Literal["run", "race", "sweep"] = "run"
    by: str = ""  # whose it is, in words; empty where that is the one who looks, or nobody knows

    @property
    def extent(self) -> str:
        """How many runs it has: `race of 6 runs`."""
        return f"{self.kind} of {len(self.runs)} run{'s' * (len(self.runs) != 1)}"

    @property
    def created(self) -> float:
        """When its latest run was launched, in Unix seconds."""
        return max(run.created for run in self.runs)

    @property
    def best(self) -> Run:
        """The run whose figures stand for it: the most accurate now, of equals the one with the least loss."""
        return min(self.runs, key=_rank)

    @property
    def test_accuracy(self) -> float | None:
        """The latest test accuracy of its best run; None where none was measured."""
        return self.best.test_accuracy

    @property
    def best_accuracy(self) -> float | None:
        """The best test accuracy that its best run had at any time."""
        return best_accuracy(self.best)

    @property
    def train_loss(self) -> float | None:
        """The latest training loss of its best run."""
        return self.best.train_loss

    @property
    def states(self) -> list[str]:
        """The states of its runs in words, each once."""
        return list(dict.fromkeys(state_word(run) for run in self.runs))


class Search(msgspec.Struct, frozen=True):
    """What of the history is shown, and in which order."""

    query: str = ""
    column: str = "Launched"
    falling: bool = True
    most: int = 100  # entries that are shown
    opened: frozenset[str] = frozenset()  # races and sweeps whose runs are shown too


class Told(NamedTuple):
    """What a row needs of a job, which is read once."""

    job: Job
    recipe: str  # in words, and before it what was changed of the network; a narrow row cuts the rest
    seed: str  # in words


@lru_cache(maxsize=8_192)
def told(job_json: str) -> Told:
    """Read a run's job."""
    job = read_job(job_json)
    recipe = job.recipe
    pictures = DATASETS[recipe.dataset].title
    words = f"{settings_words(recipe)} · {length_words(recipe)} · {pictures}"
    return Told(job, " · ".join(filter(None, [since_text(job.architecture), words])), f"seed {recipe.seed}")


def recipe_texts(run: Run) -> tuple[str, str]:
    """Give a run's recipe and its seed in words; of one that was imported, from where; of an unreadable one, why."""
    if run.imported and run.is_readable:
        return made_words(run), ""
    return told(run.job_json)[1:] if run.is_readable else (run.cause or "", "")


def _rank(run: Run) -> tuple[float, float]:
    """Order runs, the best one first; what was not measured comes last."""
    accuracy, loss = run.test_accuracy, run.train_loss
    return 1.0 if accuracy is None else -accuracy, math.inf if loss is None or math.isnan(loss) else loss


def best_accuracy(run: Run) -> float | None:
    """Give the best of a run's test accuracies, of which the last need not be it."""
    found = [share for share in (_best_of(run.curve), run.test_accuracy) if share is not None]
    return max(found, default=None)


@lru_cache(maxsize=8_192)
def _best_of(curve: str | None) -> float | None:
    return read_curve(curve).best_accuracy


def run_title(run: Run) -> str:
    """Give what a person calls a run, or its network's name."""
    return shown(run.title or run.name)


def deletion_words(what: str, runs: Sequence[Run]) -> str:
    """Say of `This race`, which a link shows, that it was deleted, or some of its runs; nothing where none was."""
    gone = sum(run.deleted is not None for run in runs)
    if not gone:
        return ""
    if gone == len(runs):
        return f"{what} was deleted from the history. Its link still shows it."
    some = f"{gone} of its {len(runs)} runs {'was' if gone == 1 else 'were'} deleted from the history"
    return f"{what}: {some}. Its link still shows all."


def by_words(owner: str, others: Mapping[str, str]) -> str:
    """Say whose something is, `by Ada`, where it is one of the `others`, whose nicknames stand by their ids."""
    return f"by {shown(others[owner])}" if owner in others else ""


def alone(run: Run) -> HistoryEntry:
    """Give a run as an entry of its own."""
    return HistoryEntry(run.id, run_title(run), (run,))


def entries(
    runs: Iterable[Run], titles: Mapping[str, str], others: Mapping[str, str] | None = None
) -> list[HistoryEntry]:
    """Put the runs of a race or sweep together, which `titles` names; all come newest first, as `runs` do.

    `others` has the nicknames of other persons by their ids, where it is to be said whose an entry is.
    """
    groups: dict[str, list[Run]] = {}
    for run in runs:
        groups.setdefault(run.group or run.id, []).append(run)
    found = (_entry(name, group, titles) for name, group in groups.items())
    return [replace(entry, by=by_words(entry.runs[0].owner, others or {})) for entry in found]


def _entry(name: str, group: list[Run], titles: Mapping[str, str]) -> HistoryEntry:
    if group[0].group is None:
        return alone(group[0])
    inside = sorted(group, key=lambda run: (run.heat, run.lane, run.cell))
    return HistoryEntry(name, shown(titles.get(name, "")), tuple(inside), kind="race" if group[0].race else "sweep")


def matching(found: Sequence[HistoryEntry], query: str) -> list[HistoryEntry]:
    """Keep the entries with a run that has all words of a query in its names, tags, notes, recipe, owner or state."""
    words = query.casefold().split()
    return [entry for entry in found if any(_has(entry, run, words) for run in entry.runs)] if words else list(found)


def _has(entry: HistoryEntry, run: Run, words: list[str]) -> bool:
    texts = (run.title, run.name, run.tags, run.notes, run.dataset, state_word(run), *recipe_texts(run))
    text = "\n".join((entry.kind, entry.id, run.id, entry.title, entry.by, *texts)).casefold()
    return all(word in text for word in words)


Key = Callable[[HistoryEntry], str | float | None]
ORDERS: dict[str, Key] = {  # what the list can be sorted by, and how
    "Run": lambda entry: entry.title.casefold(),
    "Accuracy": lambda entry: entry.test_accuracy,
    "Best": lambda entry: entry.best_accuracy,
    "Loss": lambda entry: entry.train_loss,
    "State": lambda entry: entry.states[0],
    "Launched": lambda entry: entry.created,
}
FALLING_FIRST = ("Accuracy", "Best", "Launched")  # the best and the newest are what is looked for


def ordered(found: Sequence[HistoryEntry], column: str, *, falling: bool) -> list[HistoryEntry]:
    """Sort entries by a column; those that have nothing there come last, either way."""
    key = ORDERS[column]
    has = [entry for entry in found if key(entry) is not None]
    return [
        *sorted(has, key=lambda entry: key(entry) or 0, reverse=falling),
        *(entry for entry in found if key(entry) is None),
    ]
