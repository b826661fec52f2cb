"""What the dispatcher and a worker say to each other: one JSON line each, over the worker's standard streams."""

import msgspec

from explorer.training.events import Event


class Train(msgspec.Struct, frozen=True, tag_field="order", tag="train"):
    """Train this job; the worker answers with its events and, when it is free again, `Ready`."""

    run: str
    job: msgspec.Raw  # a `Job` as JSON, read by the worker only once torch is there


class Cancel(msgspec.Struct, frozen=True, tag_field="order", tag="cancel"):
    """Stop this run at its next event; a run that is over, or not yet known, may be named too."""

    run: str


class Ready(msgspec.Struct, frozen=True, tag_field="said", tag="ready"):
    """The worker waits for a job: it has just started, or its last run is over."""


class Said(msgspec.Struct, frozen=True, tag_field="said", tag="event"):
    """One event of a run."""

    run: str
    event: Event


Order = Train | Cancel
Message = Ready | Said
