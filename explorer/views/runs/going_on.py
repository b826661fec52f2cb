"""What of a person's runs, races and sweeps goes on, in a line each: its name, how far it is, what is left."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from explorer.runs.store.rows import ENDED, LIVE, Run
from explorer.views.runs.group import group_share, group_state, group_stopping_words, states_words
from explorer.views.runs.history import run_title
from explorer.views.runs.run_words import duration, outcome, progress, waiting_words

Kind = Literal["run", "race", "sweep"]


class GoingOn(msgspec.Struct, frozen=True):
    """One entry: a run by itself, or all runs of a race or a sweep."""

    kind: Kind
    id: str
    title: str
    share: float  # that is done
    words: str
    stops: bool = False  # whether it was asked to stop
    ended: bool = False  # it is shown still, so that what stands below keeps its place


def entry_of(run: Run) -> tuple[Kind, str]:
    """Name the entry that a run belongs to, by its kind and id."""
    if run.race:
        return "race", run.race
    return ("sweep", run.sweep) if run.sweep else ("run", run.id)


def going_on(
    runs: Iterable[Run], *, titles: Mapping[str, str], places: Mapping[str, int], now: float
) -> tuple[GoingOn, ...]:
    """Lay out what goes on, what trains before what waits, each the newest first.

    `runs` wait or train, or are the others of their races and sweeps.
    `titles` names races and sweeps, `places` has the places in the queue, `now` is in Unix seconds.
    """
    grouped: dict[tuple[Kind, str], list[Run]] = {}
    for run in sorted(runs, key=lambda run: -run.created):
        grouped.setdefault(entry_of(run), []).append(run)
    entries = sorted(grouped.items(), key=lambda entry: not any(run.state in LIVE for run in entry[1]))
    return tuple(
        _one(held[0], places) if kind == "run" else _group((kind, name), titles.get(name, kind), held, places, now=now)
        for (kind, name), held in entries
    )


def how_ended(entries: Iterable[GoingOn], runs: Iterable[Run]) -> tuple[GoingOn, ...]:
    """Lay out entries that went on before and have ended since, with what came of their runs."""
    held: dict[tuple[str, str], list[Run]] = {}
    for run in runs:
        held.setdefault(entry_of(run), []).append(run)
    return tuple(_ended(entry, held.get((entry.kind, entry.id), ())) for entry in entries)


def _ended(entry: GoingOn, runs: Sequence[Run]) -> GoingOn:
    words = outcome(runs[0]) if entry.kind == "run" and runs else _ended_words(runs)
    share = group_share(runs) if runs else entry.share
    return GoingOn(entry.kind, entry.id, entry.title, share, words, ended=True)


def _ended_words(runs: Sequence[Run]) -> str:
    """Say how all ended: `Finished.`, or `2 of 6 failed.`; those that were deleted say nothing of it."""
    if not runs:
        return "It has ended."
    words = states_words(runs)
    return f"{words[0].upper()}{words[1:]}."


def _one(run: Run, places: Mapping[str, int]) -> GoingOn:
    how_far = progress(run, position=places.get(run.id), images_per_second=None)
    return GoingOn("run", run.id, run_title(run), how_far.share, how_far.words, run.state == "stopping")


def _group(
    which: tuple[Kind, str], title: str, runs: Sequence[Run], places: Mapping[str, int], *, now: float
) -> GoingOn:
    named, share = group_state(runs), group_share(runs)
    if named == "queued":
        first = min((places[run.id] for run in runs if run.id in places), default=None)
        return GoingOn(*which, title, share, waiting_words(first))
    if named == "stopping":
        return GoingOn(*which, title, share, group_stopping_words(runs), stops=True)
    ended = sum(run.state in ENDED for run in runs)
    return GoingOn(*which, title, share, f"{ended} of {len(runs)} runs have ended{_left(runs, share, now)}")


def _left(runs: Sequence[Run], share: float, now: float) -> str:
    """Say how long it may still take, by the time that went by: its runs train beside each other or by turns."""
    spent = now - min((run.started for run in runs if run.started is not None), default=now)
    return f" · about {duration(spent * (1 - share) / share)} left" if share > 0 and spent > 0 else ""
