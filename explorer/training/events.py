"""What a training run says while it goes: small records, one JSON line each.

Losses are means of cross-entropy in nats, accuracies are shares of 1, seconds count from the first step's start.
"""

from collections.abc import Iterable

import msgspec


class Way(msgspec.Struct, frozen=True):
    """How a step is computed: its batch in so many parts, each by so many of torch's threads.

    The same way gives the same figures bit for bit on one processor, however many parts are computed at once.
    """

    parts: int = 1
    threads: int = 1


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """What a run's figures rest on beside its job."""

    program: str  # versions
    python: str
    torch: str
    threads: int  # that torch computes with, for each part of a batch
    parts: int = 1  # of a batch, each computed by itself
    processor: str  # its name, also where a GPU trains
    data_sha256: str  # of the checksums of the data set's files


class Started(msgspec.Struct, frozen=True, tag_field="event", tag="started"):
    """The run has its device, its pictures and its network."""

    device: str  # the device that trains, as torch writes it, with the hardware's name where it has one
    dataset: str
    train_size: int  # pictures that are trained on
    test_size: int  # pictures that the test figures are measured on
    num_params: int
    num_steps: int  # optimizer steps if nothing ends the run early
    steps_per_epoch: int
    # None: told by a version of this program that did not know it; the word in the JSON is that of such files.
    environment: Environment | None = msgspec.field(default=None, name="surroundings")


class Step(msgspec.Struct, frozen=True, tag_field="event", tag="step"):
    """The mean over the optimizer steps since the last such event."""

    step: int  # steps done so far
    epoch: float  # epochs done so far, with the fraction
    seconds: float
    train_loss: float = msgspec.field(name="train/loss")
    train_accuracy: float = msgspec.field(name="train/accuracy")
    images_per_second: float


class Evaluating(msgspec.Struct, frozen=True, tag_field="event", tag="evaluating"):
    """A sign of life while the test pictures are measured."""

    done: int
    total: int


class Epoch(msgspec.Struct, frozen=True, tag_field="event", tag="epoch"):
    """The test figures after an epoch, or after the last step of a run that a limit ended within one."""

    step: int
    epoch: float
    seconds: float
    train_loss: float = msgspec.field(name="train/loss")  # the mean over this epoch's steps
    train_accuracy: float = msgspec.field(name="train/accuracy")
    test_loss: float = msgspec.field(name="test/loss")
    test_accuracy: float = msgspec.field(name="test/accuracy")


class Histogram(msgspec.Struct, frozen=True):
    """How values spread: counts in bins of equal width from `low` to `high`, whose ends take what lies beyond."""

    low: float
    high: float
    counts: tuple[int, ...]


class LayerProbe(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One layer, with weights that train or an activation, as the pictures of a probe find it."""

    index: int  # its place in the stack, from 0
    name: str  # as in the table of layers: conv1, sigmoid1
    kind: str
    mean: float  # of all its outputs
    std: float
    outputs: Histogram
    # A layer with weights; its biases are among them.
    num_weights: int = 0
    grad_rms: float | None = None  # root mean square over its weights of the loss's derivative: nats for 1 of a weight
    gradients: Histogram | None = None  # of its weights, as log10 of the sizes; the lowest bin holds the zeros too
    update_ratio: float | None = None  # ‖w after − w before‖ / ‖w before‖ of the step just taken; none before the first
    # An activation.
    slope: float | None = None  # the mean of |f'| where its inputs lie: the share of a gradient that passes
    saturated: float | None = None  # share of a sigmoid's or tanh's outputs within 0.05 of an end of its range
    dead: float | None = None  # share of a ReLU's units (of maps: channels) that are 0 everywhere in all pictures


class Probe(msgspec.Struct, frozen=True, tag_field="event", tag="probe"):
    """What happens inside the network after a step, measured on pictures that stay the same for the whole run."""

    step: int  # steps done so far; 0 before the first
    epoch: float
    pictures: int
    layers: tuple[LayerProbe, ...]  # from the input to the output


class Paused(msgspec.Struct, frozen=True, tag_field="event", tag="paused"):
    """The run waits before its next step, until it is told to go on, to take one step or to stop."""

    step: int


class Resumed(msgspec.Struct, frozen=True, tag_field="event", tag="resumed"):
    """The run goes on after a pause."""

    step: int


class LearningRate(msgspec.Struct, frozen=True, tag_field="event", tag="learning_rate"):
    """The learning rate was changed from outside, for the steps after this one."""

    step: int
    epoch: float
    learning_rate: float  # in the recipe's place: a schedule's rates all change in proportion


class Checkpoint(msgspec.Struct, frozen=True, tag_field="event", tag="checkpoint"):
    """All that the run needs to go on from this step lies in a file, in place of the one before."""

    step: int
    file: str  # its name; the folder is the program's
    size: int  # bytes


class NotKept(msgspec.Struct, frozen=True, tag_field="event", tag="not_kept"):
    """No checkpoint could be kept at this step; the one before stays, and the run goes on."""

    step: int
    cause: str


class AnswersNotKept(msgspec.Struct, frozen=True, tag_field="event", tag="answers_not_kept"):
    """The answers to the test pictures at this step could not be kept; those before stay, and the run goes on."""

    step: int
    cause: str


class WeightsNotKept(msgspec.Struct, frozen=True, tag_field="event", tag="weights_not_kept"):
    """The weights at this step could not be kept for a look inside; the run goes on."""

    step: int
    cause: str


class NotCaptured(msgspec.Struct, frozen=True, tag_field="event", tag="not_captured"):
    """The GPU could not record the step as a graph; the run goes on, each kernel started by itself, which is slower."""

    step: int
    cause: str


class Finished(msgspec.Struct, frozen=True, tag_field="event", tag="finished"):
    """The run ended as its recipe says."""

    reason: str  # "epochs", "max_seconds" or "target_accuracy"
    seconds: float


class Failed(msgspec.Struct, frozen=True, tag_field="event", tag="failed"):
    """The run could not go on."""

    cause: str  # in the user's words: what happened, with its numbers, and what to change


Measured = Started | Step | Probe | Evaluating | Epoch
Kept = Checkpoint | NotKept | AnswersNotKept | WeightsNotKept
Event = Measured | Paused | Resumed | LearningRate | Kept | NotCaptured | Finished | Failed


def to_lines(events: Iterable[Event]) -> Iterable[bytes]:
    """Encode each event as one JSON line, its end of line included."""
    return (msgspec.json.encode(event) + b"\n" for event in events)


_EVENT: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


def read_line(line: bytes | str) -> Event:
    """Read one event back from its JSON line; raises `msgspec.ValidationError` for anything else."""
    return _EVENT.decode(line)
