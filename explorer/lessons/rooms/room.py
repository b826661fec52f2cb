"""A room as records: the lesson that is given there, how its steps stand, who is there, and what they gave."""

from collections.abc import Mapping
from functools import lru_cache

import msgspec

from explorer.architecture.spec import Architecture
from explorer.lessons.course.answer import Answer, Progress
from explorer.lessons.course.lesson import Lesson, LessonStep
from explorer.lessons.course.lesson_file.reader import read_lesson
from explorer.training.recipe.recipe import Recipe

NAMELESS = "—"  # who has asked to be nobody, or was removed


class RoomError(ValueError):
    """What cannot be done in a room: what, what was found, what is allowed, and what to do."""

    def __init__(self, what: str, *, found: str, allowed: str, repair: str) -> None:
        super().__init__(f"{what}: found {found}; allowed: {allowed}. {repair}")
        self.what, self.found, self.allowed, self.repair = what, found, allowed, repair


class StepState(msgspec.Struct, frozen=True):
    """How a step stands: whether answers are taken, in which round, whether what is right has been shown."""

    takes_answers: bool = True
    round: int = 1
    revealed: bool = False
    rounds_shown: int = 0  # on the projector


class Given(msgspec.Struct, frozen=True):
    """What a member gave last in one round of a step, and when, in Unix seconds."""

    answer: Answer
    round: int
    at: float
    run: str = ""  # or a race, of a step that asks for one


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A network that a member entered in a challenge; `number` counts the entries of the step, from 1."""

    number: int
    member: str  # an id
    design: Architecture
    recipe: Recipe  # as the member has it: its seed is not trained over
    at: float  # Unix seconds
    runs: tuple[str, ...]  # a seed each, in the order of the seeds


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A person in a room; `number` counts who came."""

    id: str
    person: str
    nickname: str
    number: int
    at: str  # the name of a step
    since: float  # when something of theirs changed last, in Unix seconds
    given: Mapping[str, tuple[Given, ...]] = {}  # by steps, a round each
    wants_help: bool = False
    is_here: bool = True  # until a teacher removes the name

    def last(self, step: str, *, round: int | None = None) -> Given | None:  # noqa: A002  # the field's word
        """Give what they gave last at a step, or in one round of it."""
        found = self.given.get(step, ())
        return next((each for each in reversed(found) if round in (None, each.round)), None)

    @property
    def runs(self) -> dict[str, str]:
        """Their runs, or races, by steps."""
        return {step: given[-1].run for step, given in self.given.items() if given[-1].run}

    @property
    def progress(self) -> Progress:
        """How far they are, as one who takes the lesson alone would have it."""
        answers = {step: given[-1].answer for step, given in self.given.items()}
        return Progress(self.at, answers, self.runs)


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """A lesson as it is given; `first` and `last` are the names of the steps that the class may be at."""

    code: str
    lesson_name: str
    text: str  # the lesson's file
    opened_by: str  # a person's id
    opened: float  # Unix seconds
    first: str
    last: str
    steps: Mapping[str, StepState]
    members: Mapping[str, Member] = {}  # by their ids, in the order in which they came
    runs: Mapping[str, str] = {}  # by steps: what the teacher ran for all
    entries: Mapping[str, tuple[Entry, ...]] = {}  # by steps
    seeds: Mapping[str, tuple[int, ...]] = {}  # by steps, of challenges; told to nobody who enters
    paused: bool = False
    anonymous: bool = False
    board_shown: bool = False
    closed: bool = False

    @property
    def lesson(self) -> Lesson:
        """The lesson that is given."""
        return lesson_of(self.text)

    @property
    def paced(self) -> list[LessonStep]:
        """The steps that the class may be at."""
        steps, names = self.lesson.steps, self.lesson.names
        return list(steps[names.index(self.first) : names.index(self.last) + 1])

    @property
    def here(self) -> list[Member]:
        """Those who are there, in the order in which they came."""
        return [member for member in self.members.values() if member.is_here]

    def entered(self, step: str) -> list[Entry]:
        """List what those who are there have entered at a step, in the order in which it came."""
        here = {member.id for member in self.here}
        return [entry for entry in self.entries.get(step, ()) if entry.member in here]

    def member_of(self, person: str) -> Member | None:
        """Find who a person is here; also one who was removed."""
        return next((member for member in self.members.values() if member.person == person), None)

    def present(self, person: str) -> Member | None:
        """Find who a person is here, unless removed."""
        found = self.member_of(person)
        return found if found and found.is_here else None

    def called(self, member: Member) -> str:
        """Say what a member is called on the teacher's screens: a number where nobody has a name."""
        return f"{member.number}" if self.anonymous else member.nickname or NAMELESS


@lru_cache(maxsize=64)
def lesson_of(text: str) -> Lesson:
    """Read a lesson's file once for all who are given it; raises `LessonError`."""
    return read_lesson(text)
