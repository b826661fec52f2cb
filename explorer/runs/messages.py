"""What the dispatcher and a worker say to each other: one JSON line each, over the worker's standard streams."""

import msgspec

from explorer.training.events import Event


class Train(msgspec.Struct, frozen=True, tag_field="order", tag="train"):
    """Train this job; the worker answers with its events and, when it is free again, `Ready`."""

    run_id: str
    job: msgspec.Raw  # a `Job` as JSON, read by the worker only once torch is there
    keep: str | None = None  # the file of its checkpoints
    resume: str | None = None  # the checkpoint from which it goes on
    answers: str | None = None  # the file of its answers to the test pictures
    weights: str | None = None  # the folder of its weights at steps


class Heat(msgspec.Struct, frozen=True, tag_field="order", tag="heat"):
    """Train these jobs in turns, so that they share the time evenly; each run that ends before the last says `Over`."""

    runs: tuple[Train, ...]


class Cancel(msgspec.Struct, frozen=True, tag_field="order", tag="cancel"):
    """Stop this run after the step that it is in, and keep how it stands; the run may be over or unknown."""

    run_id: str


class Pause(msgspec.Struct, frozen=True, tag_field="order", tag="pause"):
    """Hold this run after the step that it is in; the worker keeps it, and says `Paused`."""

    run_id: str


class Resume(msgspec.Struct, frozen=True, tag_field="order", tag="resume"):
    """Let this run go on."""

    run_id: str


class OneStep(msgspec.Struct, frozen=True, tag_field="order", tag="one_step"):
    """Let this run, which is held, take a step."""

    run_id: str


class SetLearningRate(msgspec.Struct, frozen=True, tag_field="order", tag="set_learning_rate"):
    """Change this run's learning rate from its next step on."""

    run_id: str
    learning_rate: float


class UseThreads(msgspec.Struct, frozen=True, tag_field="order", tag="use_threads"):
    """Compute with so many threads from now on: other workers share the cores."""

    count: int


class Alive(msgspec.Struct, frozen=True, tag_field="said", tag="alive"):
    """The worker computes: a sign of life within a step that takes long."""


class Ready(msgspec.Struct, frozen=True, tag_field="said", tag="ready"):
    """The worker waits for a job: it has just started, or its last run is over."""


class Over(msgspec.Struct, frozen=True, tag_field="said", tag="over"):
    """A run of a heat is over, and its last event is said; others of the heat go on."""

    run_id: str


class Said(msgspec.Struct, frozen=True, tag_field="said", tag="event"):
    """One event of a run."""

    run_id: str
    event: Event


Wish = Pause | Resume | OneStep | SetLearningRate  # what is passed on to a run that trains
Order = Train | Heat | Cancel | UseThreads | Wish
Message = Ready | Alive | Over | Said
