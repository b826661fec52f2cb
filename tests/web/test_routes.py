"""Who may ask for what: a table of every route that is served, Streamlit's own among them, held against the real app.

It is served as a class's, and each row is asked for by anybody, a member, the owner of the runs, and the teacher.
"""

import http.client
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from explorer.architecture.build import build
from explorer.lessons.rooms.rooms import Rooms
from explorer.runs.access.person import Person
from explorer.runs.store.rows import entrant
from explorer.runs.store.run_files import kept_files
from explorer.runs.store.store import Store
from explorer.training.weights.weight_files import FileWeightKeeper
from explorer.web.door.classroom import Classroom, read_classroom
from explorer.web.door.persons import COOKIE, sign
from explorer.web.page_html import page_addresses
from tests.lessons.rooms.scene import LESSON, TEXT
from tests.runs.scene import job
from tests.training.small_jobs import write_checkpoint
from tests.web.class_server import class_server

MEMBER, TEACHER = Person("member"), Person("teacher", is_teacher=True)
PERSONS = {"anybody": None, "member": MEMBER, "owner": Person("owner"), "teacher": TEACHER}
NEVER_TAKEN = ("PUT", "PATCH", "DELETE", "OPTIONS")
PATIENCE = 60.0  # seconds; only a failing test waits so long
HEADERS = {"X-Forwarded-For": "10.0.0.9"}  # from another computer, to which this one's figures are not shown
ASCENT = "GET /look/{id}/{step:int}/ascent/{layer}/{map:int}"
VALUES = "GET /look/{id}/{step:int}/test/{picture:int}/values.npz"
MOVED = "GET /look/{id}/{step:int}/test/{picture:int}/moved"
SHIFTS = "GET /look/{id}/{step:int}/shifts"
HANGS = "GET /look/{id}/{step:int}/test/{picture:int}/hangs"
AGENT = [f"/_stcore/agent/{name}" for name in ("interact", "openapi.json", "mcp")]  # Streamlit's, which is off


class Row(NamedTuple):
    """What is asked for of a route, and the HTTP status that each person gets; 101 is an open socket."""

    route: str
    address: str
    anybody: int
    member: int
    owner: int
    teacher: int


def for_the_class(route: str, address: str, status: int) -> Row:
    """Give a row of what all of the class get, and nobody else."""
    return Row(route, address, 403 if route.startswith("SOCKET") else 401, status, status, status)


def for_all(route: str, address: str, status: int) -> Row:
    """Give a row of what is anybody's."""
    return Row(route, address, *[status] * 4)


TABLE = [
    # What every visitor needs before the door, and who keeps the server running.
    for_all("GET /join", "/join", 200),
    for_all("POST /join", "/join", 403),  # without the code
    for_all("GET /healthz", "/healthz", 200),
    for_all("GET /readyz", "/readyz", 503),
    Row("GET /metrics", "/metrics", 403, 403, 403, 200),
    # Runs, which the class sees; a deleted one is its owner's and the teacher's.
    for_the_class("SOCKET /watch/{kind}/{id}", "/watch/run/{run}", 101),
    Row("SOCKET /watch/{kind}/{id}", "/watch/run/{deleted}", 403, 404, 101, 101),
    for_the_class("SOCKET /watch/{kind}/{id}", "/watch/run/nowhere", 404),
    # What a room trains for its challenges is the teacher's alone: also who entered it hears nothing of it.
    Row("SOCKET /watch/{kind}/{id}", "/watch/run/{entered}", 403, 404, 404, 101),
    Row("GET /save/{kind}/{id}", "/save/weights/{entered}", 401, 404, 404, 200),
    Row("GET /save/{kind}/{id}", "/save/checkpoint/{entered}", 401, 404, 404, 200),
    Row("GET /look/{id}/{step:int}/weights", "/look/{entered}/0/weights", 401, 404, 404, 200),
    Row("POST /stop/{kind}/{id}", "/stop/run/{entered}", 401, 404, 404, 409),
    # A room, which its members hear; the teacher's screens are the teacher's alone.
    Row("SOCKET /watch/{kind}/{id}", "/watch/room/{room}", 403, 101, 404, 404),
    Row("SOCKET /watch/{kind}/{id}", "/watch/desk/{room}", 403, 404, 404, 101),
    Row("SOCKET /watch/{kind}/{id}", "/watch/projector/{room}", 403, 404, 404, 101),
    for_the_class("SOCKET /watch/{kind}/{id}", "/watch/room/nowhere", 404),
    for_the_class("GET /save/{kind}/{id}", "/save/weights/{run}", 200),
    for_the_class("GET /save/{kind}/{id}", "/save/checkpoint/{run}", 200),
    Row("GET /save/{kind}/{id}", "/save/weights/{deleted}", 401, 404, 200, 200),
    Row("GET /save/{kind}/{id}", "/save/checkpoint/{deleted}", 401, 404, 200, 200),
    for_the_class("GET /save/{kind}/{id}", "/save/onnx/nowhere", 404),
    for_the_class("GET /save/{kind}/{id}", "/save/class.json/{run}", 404),
    for_the_class("GET /look/{id}/{step:int}/weights", "/look/{run}/0/weights", 200),
    for_the_class("GET /look/{id}/{step:int}/weights", "/look/{run}/1/weights", 404),
    Row("GET /look/{id}/{step:int}/weights", "/look/{deleted}/0/weights", 401, 404, 200, 200),
    for_the_class("GET /look/{id}/{step:int}/excites/{layer}/{map:int}", "/look/{run}/0/excites/fc1/3", 200),
    for_the_class("GET /look/{id}/{step:int}/excites/{layer}/{map:int}", "/look/{run}/0/excites/fc1/3?class=9", 200),
    for_the_class("GET /look/{id}/{step:int}/excites/{layer}/{map:int}", "/look/{run}/0/excites/fc1/3?class=10", 404),
    for_the_class("GET /look/{id}/{step:int}/excites/{layer}/{map:int}", "/look/{run}/0/excites/conv1/3", 404),
    for_the_class("GET /look/{id}/{step:int}/excites/{layer}/{map:int}", "/look/{run}/0/excites/fc1/10", 404),
    Row(
        "GET /look/{id}/{step:int}/excites/{layer}/{map:int}",
        "/look/{deleted}/0/excites/fc1/3",
        401,
        404,
        200,
        200,
    ),
    for_the_class("GET /look/{id}/{step:int}/plane/{layer}", "/look/{run}/0/plane/input", 200),
    for_the_class("GET /look/{id}/{step:int}/plane/{layer}", "/look/{run}/0/plane/conv1", 404),
    Row("GET /look/{id}/{step:int}/plane/{layer}", "/look/{deleted}/0/plane/fc1", 401, 404, 200, 200),
    for_the_class("GET /look/{id}/{step:int}/test/{picture:int}", "/look/{run}/0/test/3", 200),
    for_the_class("GET /look/{id}/{step:int}/test/{picture:int}", "/look/{run}/0/test/1000", 404),
    Row("GET /look/{id}/{step:int}/test/{picture:int}", "/look/{deleted}/0/test/3", 401, 404, 200, 200),
    for_the_class("POST /look/{id}/{step:int}/own", "/look/{run}/0/own", 422),  # there is no picture in the request
    Row("POST /look/{id}/{step:int}/own", "/look/{deleted}/0/own", 401, 404, 422, 422),
    for_the_class("POST /look/{id}/{step:int}/own/hangs", "/look/{run}/0/own/hangs", 422),
    Row("POST /look/{id}/{step:int}/own/hangs", "/look/{deleted}/0/own/hangs", 401, 404, 422, 422),
    for_the_class(HANGS, "/look/{run}/0/test/3/hangs", 200),
    for_the_class(HANGS, "/look/{run}/0/test/3/hangs?class=2&other=1&size=3", 200),
    for_the_class(HANGS, "/look/{run}/0/test/1000/hangs", 404),
    for_the_class(HANGS, "/look/{run}/0/test/3/hangs?class=10", 404),
    for_the_class(HANGS, "/look/{run}/0/test/3/hangs?class=2&other=2", 404),
    for_the_class(HANGS, "/look/{run}/0/test/3/hangs?layer=fc2", 404),
    for_the_class(HANGS, "/look/{run}/0/test/3/hangs?size=10", 404),
    for_the_class("GET /look/{id}/{step:int}/pictures", "/look/{run}/0/pictures", 200),
    Row("GET /look/{id}/{step:int}/pictures", "/look/{deleted}/0/pictures", 401, 404, 200, 200),
    for_the_class("GET /look/{id}/{step:int}/answers", "/look/{run}/0/answers", 200),
    for_the_class("GET /look/{id}/{step:int}/answers", "/look/{run}/7/answers", 404),
    Row("GET /look/{id}/{step:int}/answers", "/look/{deleted}/0/answers", 401, 404, 200, 200),
    for_the_class(ASCENT, "/look/{run}/0/ascent/fc1/2", 200),
    for_the_class(ASCENT, "/look/{run}/0/ascent/fc1/10", 404),
    for_the_class(ASCENT, "/look/{run}/0/ascent/conv9/0", 404),
    Row(ASCENT, "/look/{deleted}/0/ascent/fc1/2", 401, 404, 200, 200),
    for_the_class(VALUES, "/look/{run}/0/test/3/values.npz", 200),
    for_the_class(VALUES, "/look/{run}/0/test/3/values.npz?turn=400", 404),
    Row(VALUES, "/look/{deleted}/0/test/3/values.npz", 401, 404, 200, 200),
    for_the_class("GET /look/{id}/{step:int}/weights/{layer}", "/look/{run}/0/weights/fc1?row=x", 200),
    for_the_class("GET /look/{id}/{step:int}/weights/{layer}/{row:int}", "/look/{run}/0/weights/fc1/3", 200),
    Row("GET /look/{id}/{step:int}/weights/{layer}", "/look/{deleted}/0/weights/fc1", 401, 404, 200, 200),
    Row("GET /look/{id}/{step:int}/weights/{layer}/{row:int}", "/look/{deleted}/0/weights/fc1/3", 401, 404, 200, 200),
    for_the_class(MOVED, "/look/{run}/0/test/3/moved?across=2&down=-3&turn=12.5&cover=4", 200),
    for_the_class(MOVED, "/look/{run}/0/test/3/moved?across=1.5", 404),
    for_the_class(MOVED, "/look/{run}/0/test/3/moved?turn=nan", 404),
    for_the_class(MOVED, "/look/{run}/0/test/1000/moved", 404),
    Row(MOVED, "/look/{deleted}/0/test/3/moved", 401, 404, 200, 200),
    for_the_class(SHIFTS, "/look/{run}/0/shifts?down=-8", 200),
    for_the_class(SHIFTS, "/look/{run}/0/shifts?down=2&across=-4", 200),
    for_the_class(SHIFTS, "/look/{run}/0/shifts?down=9", 404),
    Row(SHIFTS, "/look/{deleted}/0/shifts", 401, 404, 200, 200),
    Row(HANGS, "/look/{deleted}/0/test/3/hangs", 401, 404, 200, 200),
    for_the_class("POST /open_weights", "/open_weights", 422),  # there is no design in the request
    for_the_class("PUT /open_weights/{id}", "/open_weights/nowhere", 404),
    Row("POST /stop/{kind}/{id}", "/stop/run/{run}", 401, 403, 409, 409),  # this server only shows
    for_the_class("POST /stop/{kind}/{id}", "/stop/run/nowhere", 404),
    for_the_class("POST /room/{code}/answer", "/room/{room}/answer", 422),  # there is no answer in the request
    for_the_class("POST /stop/{kind}/{id}", "/stop/page/{run}", 404),
    # The pages, and what they are made of.
    for_the_class("GET /library/plotly.min.js", "/library/plotly.min.js", 200),
    for_the_class("GET /library/{name}.js", "/library/nothing.js", 404),
    for_the_class("SOCKET /_stcore/stream", "/_stcore/stream", 101),
    *(for_the_class(f"GET {path}", path, 200) for path in page_addresses()),
    Row("BELOW /", "/nowhere", 303, 200, 200, 200),
    Row("BELOW /", "/train?run={deleted}", 303, 200, 200, 200),  # empty: what stands on a page comes by the stream
    for_the_class("GET /_stcore/health", "/_stcore/health", 200),
    for_the_class("OPTIONS /_stcore/health", "/_stcore/health", 204),
    Row("GET /_stcore/metrics", "/_stcore/metrics", 401, 403, 403, 200),
    Row("GET /_stcore/metrics", "/_stcore/metrics?families=active_sessions", 401, 403, 403, 200),
    Row("OPTIONS /_stcore/metrics", "/_stcore/metrics", 401, 403, 403, 204),
    for_the_class("GET /_stcore/host-config", "/_stcore/host-config", 200),
    for_the_class("GET /media/{file_id:path}", "/media/nothing.csv", 404),
    for_the_class("OPTIONS /media/{file_id:path}", "/media/nothing.csv", 204),
    for_the_class("PUT /_stcore/upload_file/{session_id}/{file_id}", "/_stcore/upload_file/none/1", 400),
    for_the_class("DELETE /_stcore/upload_file/{session_id}/{file_id}", "/_stcore/upload_file/none/1", 403),
    for_the_class("OPTIONS /_stcore/upload_file/{session_id}/{file_id}", "/_stcore/upload_file/none/1", 204),
    for_the_class("GET /component/{path:path}", "/component/nothing", 404),
    for_the_class("OPTIONS /component/{path:path}", "/component/nothing", 204),
    for_the_class("GET /_stcore/bidi-components/{path:path}", "/_stcore/bidi-components/nothing", 404),
    for_the_class("OPTIONS /_stcore/bidi-components/{path:path}", "/_stcore/bidi-components/nothing", 204),
    # What Streamlit has and this app does not use.
    for_the_class("GET /auth/login", "/auth/login", 302),
    for_the_class("GET /auth/logout", "/auth/logout", 302),
    for_the_class("GET /oauth2callback", "/oauth2callback", 302),
    *(for_the_class(f"{method} {path}", path, 405) for path in AGENT for method in NEVER_TAKEN),
    for_the_class("GET /_stcore/agent/interact", "/_stcore/agent/interact", 405),
    for_the_class("POST /_stcore/agent/interact", "/_stcore/agent/interact", 403),
    for_the_class("GET /_stcore/agent/openapi.json", "/_stcore/agent/openapi.json", 200),  # says that it is off
    for_the_class("POST /_stcore/agent/openapi.json", "/_stcore/agent/openapi.json", 405),
    for_the_class("GET /_stcore/agent/mcp", "/_stcore/agent/mcp", 405),
    for_the_class("POST /_stcore/agent/mcp", "/_stcore/agent/mcp", 400),
]


class Served(NamedTuple):
    """The server of a class: where it is, what it says that it serves, and the runs that are there."""

    port: int
    routes: list[str]
    room: Classroom
    runs: dict[str, str]
    log: Path

    def status(self, row: Row, who: str) -> int:
        """Ask for what a row says, and give the status of the answer."""
        method, address = row.route.partition(" ")[0], row.address.format(**self.runs)
        person = PERSONS[who]
        headers = HEADERS | ({"Cookie": f"{COOKIE}={sign(self.room, person)}"} if person else {})
        return self._open(address, headers) if method == "SOCKET" else self._ask(method, address, headers)

    def _ask(self, method: str, address: str, headers: dict[str, str]) -> int:
        wants_page = {"Accept": "text/html"} if method == "BELOW" else {}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)) as connection:
            connection.request("GET" if method == "BELOW" else method, address, headers=headers | wants_page)
            return connection.getresponse().status

    def _open(self, address: str, headers: dict[str, str]) -> int:
        try:
            with connect(f"ws://127.0.0.1:{self.port}{address}", additional_headers=headers, open_timeout=PATIENCE):
                return 101
        except InvalidStatus as refused:
            return refused.response.status_code


def filled(home: Path) -> dict[str, str]:
    """Put two runs with a checkpoint into a folder, and delete one; open a room with one member."""
    with closing(Store(home / "runs.sqlite")) as store:
        rooms = Rooms(store.room_events)
        code = rooms.open(TEACHER, lesson=LESSON, text=TEXT).code
        owners = {"run": "owner", "deleted": "owner", "entered": entrant(code, MEMBER.id)}
        names = {name: store.create(job("0"), owner) for name, owner in owners.items()}
        for run in names.values():
            store.move(run, ["queued"], "cancelled")
            write_checkpoint(kept_files(home).checkpoints.path(run))
            list(
                FileWeightKeeper(kept_files(home).weights.path(run)).keep(build(job("0").architecture), step=0, looks=1)
            )
        assert store.delete([names["deleted"]])
        names["room"] = code
        rooms.join(code, MEMBER, "Ann")
    return names


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("class")
    room, runs = read_classroom(home), filled(home)
    with class_server(home) as server:
        yield Served(server.port, server.routes, room, runs, server.log)


def test_every_route_stands_in_the_table_and_nothing_else_does(served: Served) -> None:
    assert sorted({row.route for row in TABLE}) == sorted(set(served.routes))


@pytest.mark.parametrize("who", PERSONS)
def test_each_person_gets_what_the_table_says(served: Served, who: str) -> None:
    got = [(row, served.status(row, who)) for row in TABLE]
    otherwise = [f"{row.route} at {row.address} gave {status}" for row, status in got if status != getattr(row, who)]
    assert otherwise == []


def test_a_socket_that_is_refused_leaves_no_error_in_the_log(served: Served) -> None:
    refused = [row for row in TABLE if row.route.startswith("SOCKET") and row.member != 101]
    assert {served.status(row, who) for row in refused for who in ("anybody", "member")} == {403, 404}
    assert "handshake" not in served.log.read_text()
