"""What leads a person who has typed a room's code at the class's door into that room."""

from explorer.lessons.rooms.room import RoomError
from explorer.runs.access.codes import tidied
from explorer.runs.access.person import Person
from explorer.runs.scheduler.server import ReadOnlyError
from explorer.runs.store.database import StoreError
from explorer.web.base.shared import rooms
from explorer.web.door.join import Entered

PAGE = "/lessons?room={}"


def enter_room(code: str, person: Person) -> Entered | None:
    """Let a person into the room of a code, and give the page that shows it; None where the code is no room's."""
    try:
        room = rooms().room(tidied(code))
    except (RoomError, StoreError):
        return None
    if not person.nickname:  # which the door asks for
        return Entered()
    try:
        rooms().join(room.code, person, person.nickname)
    except (RoomError, StoreError, ReadOnlyError) as error:
        return Entered(refusal=str(error))
    return Entered(PAGE.format(room.code))
