"""Answers in a room until it is killed: `python -m tests.lessons.rooms.answering HOME`, which says each kept answer."""

import itertools
import sys
import threading
from pathlib import Path

from explorer.lessons.rooms import events
from explorer.lessons.rooms.rooms import Rooms
from explorer.runs.access.person import Person
from explorer.runs.scheduler.server import open_runs
from tests.lessons.rooms.scene import HOW_FAR, LESSON, TEACHER, TEXT, answer

PEOPLE = 8


def main() -> None:
    """Open a room, lead the class to a step, and let all of it answer on and on."""
    rooms = Rooms(open_runs(Path(sys.argv[1]), allocations=()).room_events)
    code = rooms.open(TEACHER, lesson=LESSON, text=TEXT).code
    people = [Person(f"p{number}") for number in range(PEOPLE)]
    for person in people:
        rooms.join(code, person, person.id)
    rooms.happen(code, TEACHER, events.Paced(HOW_FAR, HOW_FAR))
    rooms.happen(code, TEACHER, events.Again(HOW_FAR))
    print(code, flush=True)  # noqa: T201
    for person in people:
        threading.Thread(target=_answer_on, args=(rooms, code, person)).start()


def _answer_on(rooms: Rooms, code: str, person: Person) -> None:
    for number in itertools.count(1):
        rooms.happen(code, person, answer(str(number), step=HOW_FAR, round=2))
        print(f"{person.id} {number}\n", end="", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
