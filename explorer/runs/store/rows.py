"""The rows of the store as records: a run, a race, a sweep; and what an event changes in its run's row."""

import time
from functools import lru_cache
from typing import Annotated, Literal

import msgspec

from explorer.experiments.race.race import MAX_TITLE, Race
from explorer.experiments.sweep.sweep import Cell, Sweep
from explorer.runs.store.database import StoreError
from explorer.training.events import Epoch, Event, Failed, Finished, Paused, Resumed, Started, Step
from explorer.training.recipe.recipe import Job

Ended = Literal["finished", "failed", "cancelled", "interrupted", "unreadable"]
State = Literal["queued", "starting", "running", "paused", "stopping", Ended]
STOPPABLE: tuple[State, ...] = ("starting", "running", "paused")
LIVE: tuple[State, ...] = (*STOPPABLE, "stopping")
UNFINISHED: tuple[State, ...] = ("queued", *LIVE)
ENDED: tuple[State, ...] = ("finished", "failed", "cancelled", "interrupted", "unreadable")

Moment = Annotated[float, msgspec.Meta(ge=0, le=1e11)]  # Unix seconds that a calendar has
Amount = Annotated[float, msgspec.Meta(ge=0, le=1e300)]
Count = Annotated[int, msgspec.Meta(ge=0)]
JOBS = 8_192  # that are kept as records

ROOM = "room:"  # begins the owner of what a room trains for those who enter its challenges: nobody's own

BOUNDS = {"title": MAX_TITLE, "tags": 200, "notes": 2_000}  # letters
SAID = {"title": "Name", "tags": "Tags", "notes": "Notes"}  # what a person calls these fields


def entrant(room: str, person: str) -> str:
    """Name the owner of the runs that a room, by its code of six letters, trains for what a person enters."""
    return f"{ROOM}{room}:{person}"


def is_of_room(owner: str) -> bool:
    """Say whether a room owns a run."""
    return owner.startswith(ROOM)


class RemarkError(ValueError):
    """What a person said of a run cannot be kept; says why."""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A run as its row has it: times are Unix seconds, accuracies shares of 1, the figures the latest measured.

    A row that cannot be read is a run in the state `unreadable`, whose cause says why; it has no job and no figures.
    """

    id: str
    owner: str  # the session that launched it
    state: State
    name: str  # the architecture's
    dataset: str
    job_json: str
    wanted_device: str  # as the recipe names it
    created: Moment
    started: Moment | None = None  # when it was given a slot
    ended: Moment | None = None
    device: str | None = None  # that trains it
    cause: str | None = None  # why it failed or was interrupted, in words
    num_events: Count = 0  # the `seq` of its last event
    step: Count = 0
    num_steps: Count | None = None
    epoch: Amount = 0.0
    seconds: Amount = 0.0  # of training
    train_loss: float | None = None
    train_accuracy: float | None = None
    test_loss: float | None = None
    test_accuracy: float | None = None
    race: str | None = None  # that it belongs to
    heat: Count = 0  # of the race: which of its seeds, from 0
    lane: Count = 0  # of the heat: which of the race's contenders, from 0
    continues: str | None = None  # the run from whose checkpoint it goes on
    sweep: str | None = None  # that it belongs to
    cell: Count = 0  # of the sweep, from 0
    title: str = ""  # what a person calls it; empty: its architecture's name says enough
    tags: str = ""  # a person's, with commas between
    notes: str = ""  # a person's
    deleted: Moment | None = None  # when a person took it out of the history; it can be restored
    curve: str | None = ""  # see `small_curve.py`; None only while an older file is made one of this version
    imported: str = ""  # the file that its weights were imported from; empty: it was trained here

    @property
    def group(self) -> str | None:
        """The race or the sweep that it belongs to."""
        return self.race or self.sweep

    @property
    def job(self) -> Job:
        """The architecture and the recipe that were launched; raises `StoreError` where they cannot be read."""
        if not self.is_readable:
            raise StoreError(self.cause)
        return read_job(self.job_json)

    @property
    def is_readable(self) -> bool:
        """Whether its row says what was launched."""
        return self.state != "unreadable"

    @property
    def tag_list(self) -> list[str]:
        """Its tags, one by one."""
        return self.tags.split(", ") if self.tags else []


# A decoder for each type, here and elsewhere, made at import: msgspec gets to know a type at its first use, and two
# threads that use one for the first time crash the interpreter.
_JOB = msgspec.json.Decoder(Job)
msgspec.json.Decoder(Run)  # read by `msgspec.convert`, which has no decoder


@lru_cache(maxsize=JOBS)
def read_job(text: str) -> Job:
    """Read a job, once for all who ask; raises `msgspec.MsgspecError` for what is none."""
    return _JOB.decode(text)


class ImportedWeights(msgspec.Struct, frozen=True, kw_only=True):
    """Trained weights that were read from a file, to be kept as a run that is finished."""

    run_id: str  # under which their files lie
    job: Job  # the design that they fit; of its recipe only the data set was chosen
    file: str  # its name
    test_loss: float | None = None  # None: no test pictures were answered
    test_accuracy: float | None = None


class Remarks(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says of a run; raises `RemarkError` for a text beyond its bound."""

    title: str = ""
    tags: str = ""  # with commas between, in any spacing
    notes: str = ""

    def __post_init__(self) -> None:
        for field, most in BOUNDS.items():
            length = len(getattr(self, field))
            if length > most:
                raise RemarkError(
                    f"{SAID[field]}: found {length:,} letters; at most {most:,} are kept. Make it shorter."
                )

    def tidied(self) -> "Remarks":
        """Give the same without spaces around, and each tag once."""
        tags = dict.fromkeys(" ".join(tag.split()) for tag in self.tags.split(","))
        return Remarks(title=" ".join(self.title.split()), tags=", ".join(filter(None, tags)), notes=self.notes.strip())


class HeldRace(msgspec.Struct, frozen=True):
    """A race as its row has it; its runs are rows of their own."""

    id: str
    owner: str  # the session that launched it
    created: float  # Unix seconds
    race: Race


class HeldSweep(msgspec.Struct, frozen=True):
    """A sweep as its row has it, with its cells as they were laid out; its runs are rows of their own."""

    id: str
    owner: str  # the session that launched it
    created: float  # Unix seconds
    stopped: float | None  # when a person stopped it
    sweep: Sweep
    cells: tuple[Cell, ...]


def is_measured_by(event: Event, step: int) -> bool:
    """Say whether an event tells of the training up to a step, and not of the process that trained."""
    return hasattr(event, "epoch") and getattr(event, "step", step + 1) <= step


def changes_by(event: Event) -> dict[str, object]:
    """Say what an event changes in its run's row."""
    match event:
        case Started():
            return {"state": "running", "device": event.device, "num_steps": event.num_steps}
        case Step() | Epoch():
            kept = ("step", "epoch", "seconds", "train_loss", "train_accuracy", "test_loss", "test_accuracy")
            return {name: getattr(event, name) for name in kept if hasattr(event, name)}
        case Paused() | Resumed():
            return {"state": "paused" if isinstance(event, Paused) else "running"}
        case Finished():
            return {"state": "finished", "ended": time.time(), "seconds": event.seconds}
        case Failed():
            return {"state": "failed", "ended": time.time(), "cause": event.cause}
    return {}
