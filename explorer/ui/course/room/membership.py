"""The room that a tab is in: what the page has of it, and what the person does there.

The server's room is what holds: the page shows a view of it, and sends what is done there to be checked.
"""

from contextlib import suppress
from dataclasses import dataclass

from explorer.architecture.spec import Architecture
from explorer.lessons.rooms import events
from explorer.lessons.rooms.entering import OwnEntry
from explorer.lessons.rooms.room import Room, RoomError
from explorer.lessons.rooms.view import View, view_of
from explorer.runs.store.database import StoreError
from explorer.ui.base import state
from explorer.ui.base.attempt import REFUSALS
from explorer.ui.base.server import entering, person, rooms
from explorer.views.rooms.told import member_page

OUT = "You are no longer in the room {}: your name was taken off its list. Enter it anew on the Lessons page to go on."

GONE = "The room {} is no longer there: its teacher has deleted it."


@dataclass
class Membership:
    """What a tab remembers of its room."""

    code: str = ""  # empty for who takes a lesson alone
    view: View | None = None  # as the page shows it
    page: str = ""  # what the page stands on, as those are told who hear of a change
    put_in: str = ""  # the step whose state was put into the session last
    told: str = ""  # why the tab is in no room any more


def remembered() -> Membership:
    """Give what this tab remembers of its room."""
    return state.session().slice_of(Membership)


def view() -> View | None:
    """Give the room as the page shows it; None for who takes a lesson alone."""
    return remembered().view


def may_see_right(step: str) -> bool:
    """Say whether the page may show what is right at a step, or whether an answer to it is."""
    found = view()
    return found is None or found.may_see_right(step)


def takes_answers(step: str) -> bool:
    """Say whether answers to a step are taken now."""
    found = view()
    return found is None or step not in found.refusals


def is_revealed(step: str) -> bool:
    """Say whether a class has been shown what is right at a step."""
    found = view()
    return found is not None and step in found.revealed


def join(code: str, nickname: str) -> None:
    """Become a member of a room, and have this tab be in it; raises `RoomError` and `StoreError`."""
    rooms().join(code, person(), nickname)
    enter(code)


def enter(code: str) -> bool:
    """Have this tab be in a room; says whether the person is a member of it."""
    current = remembered()
    if current.code != code:
        current.code, current.put_in = code, ""
    look()
    return current.view is not None


def look() -> None:
    """Take the room as it stands now; who is not a member any more is out of it."""
    current = remembered()
    try:
        room = _find(current.code) if current.code else None
    except StoreError:  # the page goes on with what it has
        return
    member = room.present(person().id) if room else None
    if room and member:
        current.view, current.page, current.told = view_of(room, member), member_page(room), ""
    elif current.code:
        told = (OUT if room else GONE).format(current.code) if current.view else ""
        leave()
        current.told = told


def _find(code: str) -> Room | None:
    try:
        return rooms().room(code)
    except RoomError:
        return None


def leave() -> None:
    """Be in no room any more; who comes back is the same member."""
    current = remembered()
    current.code, current.view, current.page, current.put_in, current.told = "", None, "", "", ""


def do(event: events.Own) -> str:
    """Do something in the room that the tab is in; gives why it is refused, or nothing."""
    refusal = ""
    try:
        rooms().happen(remembered().code, person(), event)
    except (RoomError, StoreError) as error:
        refusal = str(error)
    look()
    return refusal


def enter_network(event: events.Entered) -> str:
    """Enter a network in the room that the tab is in; gives why it is refused, or nothing."""
    refusal = ""
    try:
        entering().enter(remembered().code, person(), event)
    except REFUSALS as error:
        refusal = str(error)
    look()
    return refusal


def own_entries(step: str) -> list[OwnEntry]:
    """List what the person has entered at a step; nothing where that cannot be read just now."""
    with suppress(RoomError, StoreError):
        return entering().own(remembered().code, person(), step)
    return []


def num_here() -> int:
    """Count the members of the room that the tab is in."""
    found = _find(remembered().code)
    return len(found.here) if found else 0


def note(design: Architecture) -> None:
    """Note for the teacher's desk what the page shows."""
    if view():
        with suppress(RoomError, StoreError):  # the page tells it at its next look
            rooms().note(remembered().code, person(), design)


def latest() -> str:
    """Give the code of the newest room that a person is a member of and does not lead; empty for none."""
    me = person()
    with suppress(StoreError):
        return next((room.code for room in rooms().joined_by(me) if not me.may_change(room.opened_by)), "")
    return ""
