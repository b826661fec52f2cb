"""What the session remembers of lessons: which is taken, where a person is in each, and what they gave there."""

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import Annotated

import msgspec
from msgspec import Meta

from explorer.architecture.errors import DesignError
from explorer.architecture.spec import Architecture, check
from explorer.lessons.course.answer import Progress, answered, begun, moved, with_run
from explorer.lessons.course.lesson import Lesson, LessonStep
from explorer.lessons.course.lesson_file.reader import MAX_BYTES, LessonError, read_lesson
from explorer.lessons.course.locks import Locks
from explorer.lessons.course.shipped import SHIPPED, shipped, shipped_file
from explorer.lessons.course.text import Language
from explorer.lessons.rooms import events
from explorer.ui.base import links, state
from explorer.ui.course.room import membership

OWN = "own-"  # begins the names of lessons that were opened from a file
MOST_OWN = 4  # files that a tab keeps

LessonName = Annotated[str, Meta(min_length=1, max_length=40)]


class Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a tab keeps of its lessons over a reload."""

    progress: Annotated[dict[LessonName, Progress], Meta(max_length=64)] = {}
    files: Annotated[dict[LessonName, Annotated[str, Meta(max_length=MAX_BYTES)]], Meta(max_length=MOST_OWN)] = {}
    language: Language = "en"
    editing: Annotated[str, Meta(max_length=40)] = ""  # the own lesson that is being made


_KEPT = msgspec.json.Decoder(Kept)


@dataclass
class CourseState:
    """The lessons of a tab."""

    taken: str = ""  # the name of the lesson that is taken
    progress: dict[str, Progress] = field(default_factory=dict)  # by the names of lessons
    files: dict[str, str] = field(default_factory=dict)  # of a person's own lessons, by their names
    language: Language = "en"
    is_folded: bool = False
    editing: str = ""  # the name of the own lesson that is being made
    refused_step: str = ""  # why the last new step was not taken
    visit: int = 0  # of the page whose address was followed last
    told: str = ""  # what the last click could not do, and why


def remembered() -> CourseState:
    """Give what this tab's session remembers of lessons."""
    return state.session().slice_of(CourseState)


@lru_cache(maxsize=64)
def _read(text: str) -> Lesson:
    return read_lesson(text)


def find(name: str) -> Lesson | None:
    """Find a lesson by its name: one that ships, or one that this tab has opened."""
    if name in SHIPPED:
        return shipped(name)
    text = remembered().files.get(name)
    return _read(text) if text else None


def text_of(name: str) -> str:
    """Give the file of a lesson that is there."""
    return shipped_file(name).read_text("utf-8") if name in SHIPPED else remembered().files[name]


def taken() -> Lesson | None:
    """Give the lesson that is taken, or that the room gives in which the tab is."""
    room = membership.view()
    return room.lesson if room else find(remembered().taken)


def progress() -> Progress:
    """Give where one is in the lesson that is taken."""
    room = membership.view()
    return room.progress if room else remembered().progress[remembered().taken]


def keep(changed: Progress) -> None:
    """Keep how far one is in the lesson that is taken alone."""
    remembered().progress[remembered().taken] = changed


def give(text: str, design: Architecture, *, run: str = "") -> None:
    """Give an answer at the step that one is at, which the room checks where the tab is in one."""
    here, room, current = progress(), membership.view(), remembered()
    if room:
        answer = events.Answered(here.at, round=room.rounds[here.at], design=design, text=text, run=run)
        current.told = membership.do(answer)
    else:
        keep(answered(with_run(here, run) if run else here, text=text, design=design))


def enter() -> str:
    """Enter the network and the recipe of the session in the challenge that one is at; gives why it is refused."""
    here, room, session = progress(), membership.view(), state.session()
    if room is None:
        return ""
    round_ = room.rounds[here.at]
    return membership.enter_network(events.Entered(here.at, round_, session.design, session.recipe))


def move(lesson: Lesson, by: int) -> None:
    """Go some steps on or back, in a room as far as its pace leads."""
    there = moved(progress(), lesson, by)
    if membership.view():
        remembered().told = membership.do(events.Went(there.at))
    else:
        keep(there)


def in_address() -> dict[str, str | None]:
    """Give what of the lesson is to stand in the address."""
    room = membership.remembered().code
    return {links.LESSON: None if room else remembered().taken, links.STEP: progress().at, links.ROOM: room or None}


def step() -> LessonStep | None:
    """Give the step that one is at; None where no lesson is taken."""
    lesson = taken()
    return lesson.step(progress().at) if lesson else None


def open_file(data: bytes) -> str:
    """Read a lesson from a file and give the name that it goes by here; raises `LessonError`."""
    read_lesson(data)
    text, files = data.decode("utf-8-sig"), remembered().files
    name = OWN + hashlib.sha256(data).hexdigest()[:12]
    files.pop(name, None)
    files[name] = text
    for old in list(files)[:-MOST_OWN]:
        del files[old]
    return name


def edited() -> Lesson | None:
    """Give the lesson that is being made."""
    return find(remembered().editing)


def edit(text: str) -> None:
    """Have the lesson that is being made say something else, or nothing any more; raises `LessonError`."""
    current = remembered()
    name = open_file(text.encode()) if text else ""
    if current.editing != name:
        current.files.pop(current.editing, None)
        current.progress.pop(current.editing, None)
    current.editing = name


def go_on_making(name: str) -> None:
    """Take an own lesson up again, to change it."""
    remembered().editing = name


def stop_making() -> None:
    """Leave the lesson as it is, among the others."""
    remembered().editing = ""


def take(name: str) -> None:
    """Take a lesson up, where one left it; it must be there."""
    lesson, current = find(name), remembered()
    assert lesson is not None
    membership.leave()
    current.progress.setdefault(name, begun(lesson))
    current.taken, current.told = name, ""


def leave() -> None:
    """Leave the lesson that is taken: nothing is fixed any more, and how far one is stays."""
    remembered().taken = ""
    membership.leave()
    leave_room()


def leave_room() -> None:
    """Go on without the room that one was in: nothing is fixed any more."""
    state.session().locks = Locks()
    state.session().address.show({links.LESSON: None, links.STEP: None, links.ROOM: None})


def speak(language: Language) -> None:
    """Choose the language of the lessons' texts."""
    remembered().language = language


def fold(folded: bool) -> None:
    """Leave one line of the bar, or open it."""
    remembered().is_folded = folded


def to_keep() -> str | None:
    """Give what the tab is to keep; None while there is nothing of a person's in it."""
    current = remembered()
    given = {name: each for name, each in current.progress.items() if each.answers or each.runs}
    if current.language == "en" and not given and not current.files:
        return None
    return msgspec.json.encode(Kept(given, current.files, current.language, current.editing)).decode()


def restore(sent: str) -> None:
    """Take up what the tab has kept, as far as the session has nothing of its own there."""
    current = remembered()
    try:
        kept = _KEPT.decode(sent)
        own = {name: text for name, text in kept.files.items() if name.startswith(OWN) and _read(text)}
        for answer in chain.from_iterable(each.answers.values() for each in kept.progress.values()):
            check(answer.design)
    except (msgspec.MsgspecError, LessonError, DesignError, RecursionError):  # another program's, or an older one's
        return
    current.files = own | current.files
    current.language = kept.language
    current.editing = current.editing or (kept.editing if kept.editing in own else "")
    for name, found in kept.progress.items():
        here = current.progress.get(name)
        if find(name) and not (here and (here.answers or here.runs)):
            current.progress[name] = msgspec.structs.replace(found, at=here.at) if here else found
    current.visit = 0  # the address may name a lesson that was not there before
