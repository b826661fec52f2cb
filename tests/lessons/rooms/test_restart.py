"""A server that is killed in the middle of answers: none that was acknowledged is lost, and the room goes on."""

import subprocess
import sys
from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest

from explorer.lessons.rooms import events
from explorer.lessons.rooms.rooms import Rooms
from explorer.runs.store.store import Store
from tests.lessons.rooms.scene import HOW_FAR, TEACHER

ROOT = Path(__file__).parents[3]
COMMAND = (sys.executable, "-m", "tests.lessons.rooms.answering")


@pytest.mark.slow
def test_a_server_killed_in_the_middle_of_answers_loses_none_that_it_acknowledged(tmp_path: Path) -> None:
    with subprocess.Popen([*COMMAND, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        code = server.stdout.readline().strip()
        told = list(islice(server.stdout, 200))
        server.kill()
        told += [line for line in server.stdout if line.endswith("\n")]
    acknowledged = dict(line.split() for line in told if line.strip())  # the last of each
    with closing(Store(tmp_path / "runs.sqlite")) as store:
        rooms = Rooms(store.room_events)
        room = rooms.room(code)
        given = {member.person: member.last(HOW_FAR, round=2) for member in room.here}
        kept = {person: int(each.answer.text) for person, each in given.items() if each}
        assert all(int(number) <= kept[person] <= int(number) + 1 for person, number in acknowledged.items())
        assert (room.first, room.steps[HOW_FAR].round, rooms.missed(code)) == (HOW_FAR, 2, 0)
        assert rooms.happen(code, TEACHER, events.Revealed(HOW_FAR)).steps[HOW_FAR].revealed
