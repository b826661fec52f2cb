"""What the watchers of a race are told while it goes on."""

import time
from collections.abc import Mapping, Sequence

from explorer.experiments.race.race import Race
from explorer.runs.store.rows import ENDED, Run
from explorer.training.events import Epoch, Event
from explorer.views.race.race import race_alt, race_progress
from explorer.views.race.race_curves import AXES, race_series
from explorer.views.runs.group import group_state
from explorer.views.runs.run_words import waiting_words
from explorer.views.runs.watching import Told


def race_told(
    race: Race,
    runs: Sequence[Run],
    events: Mapping[str, Sequence[Event]],
    *,
    position: int | None,
    starts_in: float | None = None,
    axis: str,
    singles: bool,
) -> Told:
    """Say what they are told along one of `AXES`, the first if there is no such.

    `position` is a place in the queue, `starts_in` in how many seconds its turn is expected.
    """
    share, words = race_progress(race, runs, events, now=time.time())
    if group_state(runs) == "queued":
        words = waiting_words(position, starts_in=starts_in)
    known = axis if axis in AXES else next(iter(AXES))
    return Told(
        page=race_page(runs),
        figures=race_figures(events),
        events=count_events(events),
        ended=all(run.state in ENDED for run in runs),
        share=share,
        words=words,
        alt=race_alt(race, runs),
        series=race_series(race, runs, events, axis=known, singles=singles),
    )


def race_page(runs: Sequence[Run]) -> str:
    """Name what a race's page stands on: its runs' states and titles."""
    return "/".join(f"{run.state} {run.title}" for run in runs)


def race_figures(events: Mapping[str, Sequence[Event]]) -> int:
    """Count the tests so far: with each, the verdict and the contenders' table are others."""
    return sum(isinstance(event, Epoch) for each in events.values() for event in each)


def count_events(events: Mapping[str, Sequence[Event]]) -> int:
    """Count the events of all runs of a race."""
    return sum(map(len, events.values()))
