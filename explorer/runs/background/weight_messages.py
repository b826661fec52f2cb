"""What the process that reads trained weights is asked, and what it says: a line of JSON each."""

import msgspec

from explorer.training.recipe.recipe import Job


class ReadWeights(msgspec.Struct, frozen=True):
    """Read a file's weights for a job's design, and leave them as the files of a run of this id."""

    run_id: str
    job: Job


class Answering(msgspec.Struct, frozen=True, tag_field="said", tag="answering"):
    """The weights fit; the network answers the test pictures."""

    done: int
    total: int


class Fitting(msgspec.Struct, frozen=True, kw_only=True, tag_field="said", tag="fitting"):
    """The files are written: which layer of the file each layer has its weights from, and the test figures."""

    sources: dict[str, str]
    test_loss: float | None = None
    test_accuracy: float | None = None
    unanswered: str = ""  # why there are no test figures


Message = Answering | Fitting
_ORDER, _MESSAGE = msgspec.json.Decoder(ReadWeights), msgspec.json.Decoder[Message](Message)


def to_line(said: ReadWeights | Message) -> bytes:
    """Write a line."""
    return msgspec.json.encode(said) + b"\n"


def read_order(line: bytes) -> ReadWeights:
    """Read what is asked from a line; raises `msgspec.MsgspecError`."""
    return _ORDER.decode(line)


def read_message(line: bytes) -> Message:
    """Read what is said from a line; raises `msgspec.MsgspecError`."""
    said: Message = _MESSAGE.decode(line)
    return said
