"""What can happen in a room: one record a kind, told apart by `what`; a room is all that happened in it, in order.

Who did it, and when, stands beside each where it is kept.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from explorer.architecture.spec import Architecture
from explorer.lessons.course.answer import MAX_ANSWER, RunId
from explorer.lessons.course.lesson_file.reader import MAX_BYTES
from explorer.lessons.course.tasks import Name
from explorer.runs.access.person import MOST_LETTERS
from explorer.training.recipe.recipe import Recipe

Code = Annotated[str, Meta(pattern=r"^[A-Z2-9]{6}$")]
MemberId = Annotated[str, Meta(pattern=r"^[0-9a-f]{8}$")]
MOST_SEEDS = 5
Round = Annotated[int, Meta(ge=1, le=100)]


class RoomEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="what"):
    """Something that happened."""


class Led(RoomEvent, frozen=True):
    """What only the room's teacher does."""


class Own(RoomEvent, frozen=True):
    """What a member does, for themselves."""


class Opened(Led, frozen=True, tag="opened"):
    """A room was opened from a lesson's file."""

    code: Code
    lesson: Annotated[str, Meta(min_length=1, max_length=40)]
    text: Annotated[str, Meta(max_length=MAX_BYTES)]


class Joined(RoomEvent, frozen=True, tag="joined"):
    """A person came, or came back under another name."""

    member: MemberId
    nickname: Annotated[str, Meta(max_length=MOST_LETTERS)]


class Removed(Led, frozen=True, tag="removed"):
    """A name was taken off; whose it was may come again."""

    member: MemberId


class Paced(Led, frozen=True, tag="paced"):
    """The class was led to one step, or left free between two."""

    first: Name
    last: Name


class Paused(Led, frozen=True, tag="paused"):
    """All screens were stopped, or let go on."""

    on: bool


class AnswersOpen(Led, frozen=True, tag="answers"):
    """Answers to a step are taken, or not any more."""

    step: Name
    on: bool


class TallyShown(Led, frozen=True, tag="tally"):
    """The projector shows what was answered at a step up to now, or nothing of it."""

    step: Name
    on: bool = True


class Again(Led, frozen=True, tag="again"):
    """A step is answered once more, after talking; what was given before is kept."""

    step: Name


class Revealed(Led, frozen=True, tag="revealed"):
    """What is right at a step was shown; nothing is answered there any more."""

    step: Name


class RanForAll(Led, frozen=True, tag="ran"):
    """A run, or a race, counts for all who have none of their own at a step."""

    step: Name
    run: RunId


class SeedsDrawn(Led, frozen=True, tag="seeds"):
    """The seeds of a challenge were drawn, at its first entry."""

    step: Name
    seeds: Annotated[tuple[Annotated[int, Meta(ge=0, lt=2**31)], ...], Meta(min_length=1, max_length=MOST_SEEDS)]


class Anonymous(Led, frozen=True, tag="anonymous"):
    """The teacher's screens show numbers for names, or names."""

    on: bool


class BoardShown(Led, frozen=True, tag="board"):
    """The board of a challenge is shown, or not."""

    on: bool


class Closed(Led, frozen=True, tag="closed"):
    """The lesson is over: all can be looked at, and nothing changed."""


class Went(Own, frozen=True, tag="went"):
    """A member went to another of the steps that they may be at."""

    step: Name


class Answered(Own, frozen=True, tag="answered"):
    """A member answered in a round of a step: a text, a place from 1, or what they made; the network as it was then."""

    step: Name
    round: Round
    design: Architecture
    text: Annotated[str, Meta(max_length=MAX_ANSWER)] = ""
    run: Annotated[str, Meta(max_length=64)] = ""  # or a race


class Entered(Own, frozen=True, tag="entered"):
    """A member entered a network with its recipe in a challenge; `runs` train it, a seed each."""

    step: Name
    round: Round
    design: Architecture
    recipe: Recipe
    runs: Annotated[tuple[RunId, ...], Meta(max_length=MOST_SEEDS)] = ()


class Help(Own, frozen=True, tag="help"):
    """A member asks for help, or no longer does."""

    on: bool


AnyEvent = (
    Opened | Joined | Removed | Paced | Paused | AnswersOpen | TallyShown | Again | Revealed | RanForAll | SeedsDrawn
    | Anonymous | BoardShown | Closed | Went | Answered | Entered | Help
)  # fmt: skip

_EVENT = msgspec.json.Decoder(AnyEvent)


def write_event(event: RoomEvent) -> str:
    """Write an event as a line of JSON."""
    return msgspec.json.encode(event).decode()


def read_event(line: str) -> AnyEvent:
    """Read an event from its JSON; raises `msgspec.MsgspecError`."""
    found: AnyEvent = _EVENT.decode(line)
    return found
