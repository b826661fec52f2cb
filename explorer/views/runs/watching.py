"""What the watchers of a run are told while it goes on: how far it is, and its curve as far as that goes.

A page that watches is drawn anew when `page` changes and, at its leisure, when `figures` do; all else a browser shows
by itself. The same holds for a race, and for all of a person's that goes on.
"""

from collections.abc import Mapping, Sequence

import msgspec

from explorer.runs.store.rows import ENDED, Run
from explorer.training.events import AnswersNotKept, Checkpoint, Event, LearningRate, NotCaptured, NotKept, Probe
from explorer.views.runs.curves import Mark, Series, curve_series, mark_words, rate_marks
from explorer.views.runs.going_on import GoingOn
from explorer.views.runs.run_words import curve_words, status

NOTES = (LearningRate, NotKept, AnswersNotKept, NotCaptured)  # events of which a page's controls tell


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """All that is told at one time; `series`, `marks` and `alt` are the live curve's, as a page gives it them."""

    page: str  # what a page stands on beside numbers, in letters of no meaning: it differs where that does
    figures: int  # how many figures beside the curve there are, such as probes
    events: int  # of all its runs so far: of two that were told, the one with more is the later one
    ended: bool
    share: float  # that is done
    words: str
    alt: str
    series: Sequence[Series]
    marks: Sequence[Mark] = ()
    entries: Sequence[GoingOn] = ()  # of a person, where that is what is watched


class Growth(msgspec.Struct, frozen=True, kw_only=True):
    """The points of a line that somebody lacks who has its first ones, in a series without points."""

    line: Series
    start: int  # points that stand before
    total: int
    x: Sequence[float]
    y: Sequence[float | None]


def growth(line: Series, *, have: int) -> Growth:
    """Give what a line has beyond the first points; all of it, if it has not so many."""
    total = len(line.x)
    start = have if have <= total else 0
    bare = msgspec.structs.replace(line, x=[], y=[])
    return Growth(line=bare, start=start, total=total, x=line.x[start:], y=line.y[start:])


def growth_message(grown: Growth) -> dict[str, object]:
    """Lay a growth out as the live curve's JavaScript takes it."""
    points = {"from": grown.start, "total": grown.total, "x": grown.x, "y": grown.y}
    return msgspec.structs.asdict(grown.line) | points


def lengths(series: Sequence[Series]) -> dict[str, int]:
    """Count the points of each line, by its key."""
    return {line.key: len(line.x) for line in series}


def message(told: Told, *, have: Mapping[str, int]) -> dict[str, object]:
    """Lay out what was told for a browser whose lines have so many points."""
    series = [growth_message(growth(line, have=have.get(line.key, 0))) for line in told.series]
    return msgspec.structs.asdict(told) | {"series": series}


def run_told(run: Run, events: Sequence[Event], *, position: int | None, starts_in: float | None = None) -> Told:
    """Say what a run's watchers are told; `position` is its place in the queue, `starts_in` in seconds its start."""
    how_far, marks = status(run, events, position=position, starts_in=starts_in), rate_marks(events)
    return Told(
        page=run_page(run, events),
        figures=sum(isinstance(event, Probe) for event in events),
        events=len(events),
        ended=run.state in ENDED,
        share=how_far.share,
        words=how_far.words,
        alt=" ".join([curve_words(run), *map(mark_words, marks)]),
        series=curve_series(events, run_id=run.id),
        marks=marks,
    )


def person_told(entries: Sequence[GoingOn]) -> Told:
    """Say what a person's tabs are told of what goes on of theirs."""
    nothing = all(entry.ended for entry in entries)
    return Told(page="", figures=0, events=0, ended=nothing, share=0.0, words="", alt="", series=(), entries=entries)


def run_page(run: Run, events: Sequence[Event]) -> str:
    """Name what a run's page stands on: its state, its device, its notes, and whether a checkpoint is there."""
    notes = sum(isinstance(event, NOTES) for event in events)
    kept = any(isinstance(event, Checkpoint) for event in events)
    return "/".join([run.state, run.device or "", run.title, str(notes), str(kept)])
