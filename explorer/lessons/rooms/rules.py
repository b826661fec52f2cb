"""What an event makes of a room, and what is refused: pure functions, held whatever a page says.

`happen` is asked at each event, and again for each that is kept when a room is built anew: so it looks at the room
alone. Who may do what, and whether an answer is one, is asked once, by `check_may`.
"""

from functools import singledispatch

from msgspec.structs import replace

from explorer.lessons.course.answer import Answer
from explorer.lessons.course.tasks import Run
from explorer.lessons.rooms import events
from explorer.lessons.rooms.given_rules import WAIT, check_answer, check_entry, check_seeds
from explorer.lessons.rooms.room import Entry, Given, Member, Room, RoomError, StepState, lesson_of
from explorer.runs.access.person import MOST_LETTERS, Person

MOST_ROUNDS = 5


def opened(event: events.Opened, *, by: str, at: float) -> Room:
    """Make the room that was opened: all at the first step. Raises `LessonError`."""
    names = lesson_of(event.text).names
    return Room(
        code=event.code,
        lesson_name=event.lesson,
        text=event.text,
        opened_by=by,
        opened=at,
        first=names[0],
        last=names[0],
        steps={name: StepState() for name in names},
    )


def check_may(room: Room, event: events.RoomEvent, person: Person) -> None:
    """Refuse what is not this person's to do, and what is no answer; raises `RoomError`."""
    if isinstance(event, events.Led) and not person.may_change(room.opened_by):
        raise RoomError("the room", found="a member's page", allowed="its teacher", repair="Ask the teacher.")
    if isinstance(event, events.Own) and room.present(person.id) is None:
        raise RoomError("the room", found="nobody of it", allowed="its members", repair="Join it by its code.")
    if isinstance(event, events.Answered):
        check_answer(room, room.lesson.step(event.step), event)
    if isinstance(event, events.Entered):
        check_entry(room, event)


def happen(room: Room, event: events.RoomEvent, *, by: str, at: float) -> Room:
    """Give the room after an event of a person at a moment in Unix seconds; raises `RoomError`."""
    if room.closed:
        raise RoomError("the room", found="a lesson that is over", allowed="looking", repair="Open it anew to go on.")
    return _happen(event, room, by, at)


@singledispatch
def _happen(event: events.RoomEvent, _room: Room, _by: str, _at: float) -> Room:
    raise RoomError("the room", found=f"{type(event).__name__}", allowed="it once, at first", repair="Open another.")


@_happen.register
def _(event: events.Joined, room: Room, by: str, at: float) -> Room:
    _check_nickname(room, event.nickname, by)
    known = room.member_of(by)
    if known:
        return _with(room, replace(known, nickname=event.nickname, is_here=True, at=_within(room, known.at)))
    new = Member(
        id=event.member, person=by, nickname=event.nickname, number=len(room.members) + 1, at=room.first, since=at
    )
    return _with(room, new)


def _check_nickname(room: Room, nickname: str, by: str) -> None:
    what, name = "your name", nickname.strip()
    if not name or name != nickname or not name.isprintable():
        raise RoomError(what, found="nothing to read", allowed="letters", repair="Say what the class may call you.")
    if len(name) > MOST_LETTERS:
        raise RoomError(what, found=f"{len(name)} letters", allowed=f"at most {MOST_LETTERS}", repair="Shorten it.")
    if any(each.nickname.casefold() == name.casefold() and each.person != by for each in room.here):
        raise RoomError(what, found=f"“{name}” twice", allowed="a name that nobody here has", repair="Add a letter.")


@_happen.register
def _(event: events.Removed, room: Room, _by: str, _at: float) -> Room:
    member = room.members.get(event.member)
    if member is None:
        raise RoomError("the member", found="nobody", allowed="one of the room", repair="Look at the desk again.")
    return _with(room, replace(member, is_here=False, nickname="", wants_help=False))


@_happen.register
def _(event: events.Paced, room: Room, _by: str, at: float) -> Room:
    first, last = _place(room, event.first), _place(room, event.last)
    if first > last:
        found = f"“{event.first}” to “{event.last}”"
        raise RoomError("the pace", found=found, allowed="a first step before the last", repair="Exchange them.")
    paced = replace(room, first=event.first, last=event.last)
    moved = {each.id: replace(each, at=_within(paced, each.at)) for each in room.members.values()}
    since = {key: replace(one, since=at) if one.at != room.members[key].at else one for key, one in moved.items()}
    return replace(paced, members=since)


@_happen.register
def _(event: events.Paused, room: Room, _by: str, _at: float) -> Room:
    return replace(room, paused=event.on)


@_happen.register
def _(event: events.AnswersOpen, room: Room, _by: str, _at: float) -> Room:
    if event.on and _state(room, event.step).revealed:
        raise _is_revealed(event.step)
    return _with_state(room, event.step, takes_answers=event.on)


@_happen.register
def _(event: events.TallyShown, room: Room, _by: str, _at: float) -> Room:
    shown = _state(room, event.step).round if event.on else 0
    return _with_state(room, event.step, rounds_shown=shown)


@_happen.register
def _(event: events.Again, room: Room, _by: str, _at: float) -> Room:
    state = _state(room, event.step)
    if state.revealed:
        raise _is_revealed(event.step)
    if state.round >= MOST_ROUNDS:
        found, allowed = f"a round after {state.round}", f"at most {MOST_ROUNDS} rounds"
        raise RoomError(f"the step “{event.step}”", found=found, allowed=allowed, repair="Reveal it, or go on.")
    return _with_state(room, event.step, round=state.round + 1, takes_answers=True)


@_happen.register
def _(event: events.Revealed, room: Room, _by: str, _at: float) -> Room:
    shown = _state(room, event.step).round
    return _with_state(room, event.step, revealed=True, takes_answers=False, rounds_shown=shown)


@_happen.register
def _(event: events.RanForAll, room: Room, _by: str, _at: float) -> Room:
    if not isinstance(room.lesson.steps[_place(room, event.step)].task, Run):
        allowed = "a step that asks for a run"
        raise RoomError(f"the step “{event.step}”", found="a run", allowed=allowed, repair="Run it at its own step.")
    return replace(room, runs={**room.runs, event.step: event.run})


@_happen.register
def _(event: events.SeedsDrawn, room: Room, _by: str, _at: float) -> Room:
    check_seeds(room, event)
    return replace(room, seeds={**room.seeds, event.step: event.seeds})


@_happen.register
def _(event: events.Anonymous, room: Room, _by: str, _at: float) -> Room:
    return replace(room, anonymous=event.on)


@_happen.register
def _(event: events.BoardShown, room: Room, _by: str, _at: float) -> Room:
    return replace(room, board_shown=event.on)


@_happen.register
def _(_event: events.Closed, room: Room, _by: str, _at: float) -> Room:
    return replace(room, closed=True)


@_happen.register
def _(event: events.Help, room: Room, by: str, at: float) -> Room:
    member = _member(room, by)
    return room if member.wants_help is event.on else _with(room, replace(member, wants_help=event.on, since=at))


@_happen.register
def _(event: events.Went, room: Room, by: str, at: float) -> Room:
    _check_paced(room, event.step)
    member = _member(room, by)
    return room if member.at == event.step else _with(room, replace(member, at=event.step, since=at))


@_happen.register
def _(event: events.Answered, room: Room, by: str, at: float) -> Room:
    _check_paced(room, event.step)
    member = _member(room, by)
    if why := why_closed(room, event.step, round=event.round):
        raise why
    before = member.last(event.step, round=event.round)
    if before and (before.answer.text, before.answer.design, before.run) == (event.text, event.design, event.run):
        return room  # sent twice, which is one try
    return _given(room, member, event, at)


def _given(room: Room, member: Member, event: events.Answered | events.Entered, at: float) -> Room:
    """Keep what a member gave in a round of a step in place of what they gave there before."""
    before = member.last(event.step, round=event.round)
    tries = min(before.answer.tries + 1, 10_000) if before else 1
    text, run = (event.text, event.run) if isinstance(event, events.Answered) else ("", "")
    given = Given(Answer(event.design, text, tries), event.round, at, run)
    rounds = tuple(each for each in member.given.get(event.step, ()) if each.round != event.round)
    return _with(room, replace(member, given={**member.given, event.step: (*rounds, given)}, since=at))


@_happen.register
def _(event: events.Entered, room: Room, by: str, at: float) -> Room:
    _check_paced(room, event.step)
    member = _member(room, by)
    if why := why_closed(room, event.step, round=event.round):
        raise why
    before = room.entries.get(event.step, ())
    entry = Entry(
        number=len(before) + 1,
        member=member.id,
        design=event.design,
        recipe=event.recipe,
        at=at,
        runs=event.runs,
    )
    return _given(replace(room, entries={**room.entries, event.step: (*before, entry)}), member, event, at)


def why_closed(room: Room, step: str, *, round: int) -> RoomError | None:  # noqa: A002  # the field's word
    """Say why an answer in a round of a step is not taken; None where it is."""
    state, what = _state(room, step), "your answer"
    if room.paused:
        return RoomError(what, found="a pause", allowed="answers when it goes on", repair=WAIT)
    if state.revealed:
        return _is_revealed(step)
    if not state.takes_answers:
        return RoomError(what, found="answers that are closed", allowed="answers while they are open", repair=WAIT)
    if round != state.round:
        found, allowed = f"one to round {round}", f"one to round {state.round}"
        return RoomError(what, found=found, allowed=allowed, repair="Reload the page, and answer again.")
    return None


def _is_revealed(step: str) -> RoomError:
    what, found = f"the step “{step}”", "one whose answer has been shown"
    return RoomError(what, found=found, allowed="answers before that", repair="Go on to the next.")


def _check_paced(room: Room, step: str) -> None:
    if step not in [each.name for each in room.paced]:
        allowed = f"“{room.first}”" if room.first == room.last else f"“{room.first}” to “{room.last}”"
        raise RoomError("the step", found=f"“{step[:40]}”", allowed=allowed, repair=WAIT)


def _place(room: Room, step: str) -> int:
    names = room.lesson.names
    if step not in names:
        raise RoomError("the step", found=f"“{step[:40]}”", allowed=", ".join(names), repair="Name one of them.")
    return names.index(step)


def _within(room: Room, step: str) -> str:
    """Give the step nearest to one that the class may be at."""
    names = room.lesson.names
    first, last = names.index(room.first), names.index(room.last)
    return names[min(max(names.index(step), first), last)]


def _state(room: Room, step: str) -> StepState:
    _place(room, step)
    return room.steps[step]


def _with_state(room: Room, step: str, **changes: bool | int) -> Room:
    return replace(room, steps={**room.steps, step: replace(_state(room, step), **changes)})


def _member(room: Room, person: str) -> Member:
    found = room.present(person)
    if found is None:
        raise RoomError("the room", found="nobody of it", allowed="its members", repair="Join it by its code.")
    return found


def _with(room: Room, member: Member) -> Room:
    return replace(room, members={**room.members, member.id: member})
