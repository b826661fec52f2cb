"""A page's session and its socket: whose it is, how much may be sent to it and how quickly; on a real server."""

from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from explorer.runs.access.person import Person
from explorer.web.door.admission import PERSON_HEADER
from explorer.web.door.classroom import Classroom, read_classroom
from explorer.web.door.persons import COOKIE, sign
from explorer.web.guard.pace import AT_ONCE, MOST_WAITING
from tests.web.class_server import ClassServer, class_server

ANN, BOB, CY, DEE, EVE = (Person(name) for name in ("ann", "bob", "cy", "dee", "eve"))
PATIENCE = 60.0  # seconds; only a failing test waits so long
STORM = int(AT_ONCE) + 3 * MOST_WAITING
HEARTBEAT = BackMsg(app_heartbeat=True).SerializeToString()


class Class(NamedTuple):
    server: ClassServer
    room: Classroom

    def open(self, person: Person, *, session: str | None = None, **headers: str) -> ClientConnection:
        """Open a person's tab, as one that goes on with a session where there is one."""
        spoken = ["streamlit", *(["none", session] if session else [])]
        return connect(
            f"ws://127.0.0.1:{self.server.port}/_stcore/stream",
            additional_headers={"Cookie": f"{COOKIE}={sign(self.room, person)}", **headers},
            subprotocols=[Subprotocol(each) for each in spoken],
            open_timeout=PATIENCE,
            max_size=None,
        )


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    home = tmp_path_factory.mktemp("class")
    room = read_classroom(home)
    with class_server(home) as server:
        yield Class(server, room)


def session_of(tab: ClientConnection) -> str:
    """Ask where a file would go, which names the session."""
    ask = BackMsg()
    ask.file_urls_request.file_names.append("a")
    tab.send(ask.SerializeToString())
    address: str = hear(tab).file_urls_response.file_urls[0].upload_url
    return address.split("/")[-2]


def hear(tab: ClientConnection) -> ForwardMsg:
    message = tab.recv(PATIENCE)
    assert isinstance(message, bytes)
    heard: ForwardMsg = ForwardMsg.FromString(message)
    return heard


def answers_in_storm(tab: ClientConnection) -> int:
    """Count the answers to far too many messages until the server closes the socket, if it does."""
    answers = 0
    with suppress(ConnectionClosed):
        for _ in range(STORM):
            tab.send(HEARTBEAT)
        while answers < STORM:
            answers += hear(tab).HasField("heartbeat_ack")
    return answers


def test_a_session_goes_on_with_its_person_alone(school: Class) -> None:
    with school.open(ANN) as tab:
        session = session_of(tab)
        pretends = {PERSON_HEADER.decode(): ANN.id}
        for headers in ({}, pretends):
            with school.open(BOB, session=session, **headers) as other:
                assert session_of(other) != session
        assert session_of(tab) == session, "it was taken from its person"
    with school.open(ANN, session=session) as again:
        assert session_of(again) == session


def test_a_tab_that_sends_without_end_is_closed_and_others_are_heard(school: Class) -> None:
    with school.open(CY) as tab:
        assert answers_in_storm(tab) < STORM
    with school.open(DEE) as tab:
        tab.send(HEARTBEAT)
        assert hear(tab).heartbeat_ack


@pytest.mark.parametrize("sent", [bytes(2_000_000), "a text"])
def test_what_no_page_sends_closes_the_socket_and_leaves_no_traceback(school: Class, sent: bytes | str) -> None:
    with school.open(EVE) as tab:
        tab.send(sent)
        with pytest.raises(ConnectionClosed):
            tab.recv(PATIENCE)
    assert "Traceback" not in school.server.log.read_text()
