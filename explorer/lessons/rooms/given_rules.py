"""What may be answered at a step, and entered in a challenge: held on the server whatever a page says."""

from msgspec.structs import replace

from explorer.architecture.errors import DesignError
from explorer.architecture.spec import check
from explorer.lessons.answers import AnswerError
from explorer.lessons.course.answer import MAX_ANSWER, Answer
from explorer.lessons.course.facts import Facts
from explorer.lessons.course.lesson import LessonStep, locks_of
from explorer.lessons.course.locks import LockedError
from explorer.lessons.course.right import judge, read_answer
from explorer.lessons.course.tasks import PREDICTIONS, Challenge, Explain, Reveal, Run
from explorer.lessons.rooms import events
from explorer.lessons.rooms.room import Entry, Room, RoomError

WAIT = "Wait for the teacher."
WHAT = "your network"


def check_answer(room: Room, step: LessonStep, event: events.Answered) -> None:
    """Refuse what is no answer to a step: one that cannot be read, or a network that the step does not let be."""
    what, task = "your answer", step.task
    if isinstance(task, Challenge):
        raise RoomError(what, found="no network", allowed="a network that is entered", repair="Enter it.")
    if isinstance(task, Reveal):
        raise RoomError(what, found="one where nothing is asked", allowed="looking", repair=WAIT)
    if len(event.text) > MAX_ANSWER:
        found = f"{len(event.text):,} letters"
        raise RoomError(what, found=found, allowed=f"at most {MAX_ANSWER:,}", repair="Shorten it.")
    if isinstance(task, Run) is not bool(event.run):
        raise RoomError(what, found="no run of it", allowed="a run where one is asked for", repair="Train it first.")
    if isinstance(task, Explain) and not event.text.strip():
        raise RoomError(what, found="nothing", allowed="a sentence or two", repair="Write one.")
    try:
        check(event.design)
        locks_of(room.lesson, step).check_design(event.design)
        if isinstance(task, PREDICTIONS):
            read_answer(step, event.text, Facts(event.design, {}, room.lesson.networks))
    except (AnswerError, DesignError, LockedError) as error:
        allowed = "what the step asks for"
        raise RoomError(what, found=f"something else ({error})", allowed=allowed, repair="Answer again.") from error


def challenge_of(room: Room, step: LessonStep) -> Challenge:
    """Give the challenge of a step; raises `RoomError` where it is none."""
    if not isinstance(step.task, Challenge):
        allowed = "networks at a step that is a challenge"
        raise RoomError(f"the step “{step.name}”", found="a network", allowed=allowed, repair="Go to that step.")
    return step.task


def check_entry(room: Room, event: events.Entered) -> None:
    """Refuse a network that a step does not let be or that does not meet its conditions; raises `RoomError`."""
    step = room.lesson.step(event.step)
    challenge_of(room, step)
    locks = locks_of(room.lesson, step)
    try:
        check(event.design)
        locks.check_design(event.design)
        locks.check_recipe(event.recipe)
    except (DesignError, LockedError) as error:
        repair = "Change it, and enter it then."
        raise RoomError(
            WHAT, found=f"what is fixed here ({error})", allowed="what may change", repair=repair
        ) from error
    met = judge(step, Answer(event.design), Facts(event.design, {}, room.lesson.networks)).met
    if missed := [each for each in met if not each.holds]:
        found = ", ".join(each.condition.text if each.now is None else f"{each.now:,}" for each in missed[:1])
        wanted = " and ".join(each.condition.text for each in missed)
        raise RoomError(WHAT, found=found, allowed=wanted, repair="Change it until it meets that.")


def check_seeds(room: Room, event: events.SeedsDrawn) -> None:
    """Refuse seeds that a challenge does not take, or that are not the first."""
    task = challenge_of(room, room.lesson.step(event.step))
    if event.step in room.seeds or len(set(event.seeds)) != task.seeds:
        allowed = f"{task.seeds} of them, once"
        raise RoomError("the seeds", found=f"{len(event.seeds)}", allowed=allowed, repair="Enter the network again.")


def is_same(entry: Entry, event: events.Entered) -> bool:
    """Say whether a network with its recipe has been entered, whatever the two are called."""
    alike = replace(event.design, name=entry.design.name) == entry.design
    return alike and replace(event.recipe, seed=0) == replace(entry.recipe, seed=0)
