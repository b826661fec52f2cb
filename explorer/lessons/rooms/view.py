"""A room as one member's page has it: nothing of anybody else, and what is right only once that is shown."""

import msgspec
from msgspec.structs import replace

from explorer.lessons.course.answer import Progress
from explorer.lessons.course.lesson import Lesson
from explorer.lessons.course.tasks import PREDICTIONS
from explorer.lessons.rooms.outcomes import runs_of
from explorer.lessons.rooms.room import Member, Room, lesson_of
from explorer.lessons.rooms.rules import why_closed


class View(msgspec.Struct, frozen=True, kw_only=True):
    """What a member's page stands on."""

    code: str
    lesson_name: str
    text: str  # the lesson's file
    member: Member
    first: str  # the steps that one may go to
    last: str
    paused: bool
    closed: bool
    rounds: dict[str, int]  # which round each step is in, by its name
    revealed: frozenset[str]  # the steps of which what is right has been shown
    refusals: dict[str, str]  # why no answer to a step is taken now, by its name
    progress: Progress

    @property
    def lesson(self) -> Lesson:
        """The lesson that is given."""
        return lesson_of(self.text)

    def may_see_right(self, step: str) -> bool:
        """Say whether a page may show what is right at a step, or whether an answer to it is."""
        return step in self.revealed or not isinstance(self.lesson.step(step).task, PREDICTIONS)


def view_of(room: Room, member: Member) -> View:
    """Give a room as a member's page has it."""
    going = replace(room, paused=False)  # a pause covers the page, which is not drawn anew when it ends
    why = {name: why_closed(going, name, round=state.round) for name, state in room.steps.items()}
    progress = member.progress
    return View(
        code=room.code,
        lesson_name=room.lesson_name,
        text=room.text,
        member=member,
        first=room.first,
        last=room.last,
        paused=room.paused,
        closed=room.closed,
        rounds={name: state.round for name, state in room.steps.items()},
        revealed=frozenset(name for name, state in room.steps.items() if state.revealed),
        refusals={name: str(error) for name, error in why.items() if error},
        progress=Progress(progress.at, progress.answers, runs_of(room, member)),
    )
