"""What of a person's runs, races and sweeps goes on, in a line each: its name, how far it is, what is left."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from explorer.runs.store.rows import ENDED, LIVE, Run
from explorer.views.runs.group import group_share, group_state, group_stopping_words, states_words
from explorer.views.runs.history import run_title
from explorer.views.runs.pace import Events, at_once, group_seconds_left
from explorer.views.runs.run_words import brief_wait, duration, outcome, progress, waiting_words

Kind = Literal["run", "race", "sweep"]


class Turn(msgspec.Struct, frozen=True):
    """When a run that waits has its turn: its place in the queue, and in how many seconds, where that is known."""

    place: int
    starts_in: float | None = None


class GoingOn(msgspec.Struct, frozen=True):
    """One entry: a run by itself, or all runs of a race or a sweep."""

    kind: Kind
    id: str
    title: str
    share: float  # that is done
    words: str
    brief: str = ""  # the same where there is room for little: how long it still takes
    stops: bool = False  # whether it was asked to stop
    ended: bool = False  # it is shown still, so that what stands below keeps its place


def entry_of(run: Run) -> tuple[Kind, str]:
    """Name the entry that a run belongs to, by its kind and id."""
    if run.race:
        return "race", run.race
    return ("sweep", run.sweep) if run.sweep else ("run", run.id)


def going_on(
    runs: Iterable[Run], *, titles: Mapping[str, str], turns: Mapping[str, Turn], events: Events, now: float
) -> tuple[GoingOn, ...]:
    """Lay out what goes on, what trains before what waits, each the newest first.

    `runs` wait or train, or are the others of their races and sweeps.
    `titles` names races and sweeps, `turns` is of those that wait, `events` of those that train, `now` in Unix seconds.
    """
    grouped: dict[tuple[Kind, str], list[Run]] = {}
    for run in sorted(runs, key=lambda run: -run.created):
        grouped.setdefault(entry_of(run), []).append(run)
    entries = sorted(grouped.items(), key=lambda entry: not any(run.state in LIVE for run in entry[1]))
    return tuple(
        _one(held[0], turns, events)
        if kind == "run"
        else _group((kind, name), titles.get(name, kind), held, turns, events, now=now)
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


def _one(run: Run, turns: Mapping[str, Turn], events: Events) -> GoingOn:
    turn, its = turns.get(run.id), events.get(run.id, ())
    place, starts_in = (turn.place, turn.starts_in) if turn else (None, None)
    how_far = progress(run, position=place, images_per_second=None, events=its, starts_in=starts_in)
    brief = brief_wait(place, starts_in=starts_in) if run.state == "queued" else how_far.words.rpartition(" · ")[2]
    return GoingOn("run", run.id, run_title(run), how_far.share, how_far.words, brief, run.state == "stopping")


def _group(
    which: tuple[Kind, str],
    title: str,
    runs: Sequence[Run],
    turns: Mapping[str, Turn],
    events: Events,
    *,
    now: float,
) -> GoingOn:
    named, share = group_state(runs), group_share(runs)
    if named == "queued":
        first = min((turns[run.id] for run in runs if run.id in turns), key=lambda turn: turn.place, default=None)
        waits = waiting_words(first.place, starts_in=first.starts_in) if first else waiting_words(None)
        brief = brief_wait(first.place, starts_in=first.starts_in) if first else brief_wait(None)
        return GoingOn(*which, title, share, waits, brief)
    if named == "stopping":
        return GoingOn(*which, title, share, group_stopping_words(runs), stops=True)
    ended = sum(run.state in ENDED for run in runs)
    done, left = f"{ended} of {len(runs)} runs have ended", _left(runs, events, now)
    return GoingOn(*which, title, share, f"{done} · {left}" if left else done, left or f"{ended} of {len(runs)} runs")


def _left(runs: Sequence[Run], events: Events, now: float) -> str:
    """Say how long it may still take, by the speed of the last seconds."""
    seconds = group_seconds_left(runs, events, at_once=at_once(runs, now=now))
    return "" if seconds is None else f"about {duration(seconds)} left"
