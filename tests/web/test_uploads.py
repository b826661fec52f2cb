"""Uploads are bounded in size and number, and the oldest is forgotten: the middleware before an app that keeps all."""

import asyncio
from collections.abc import Coroutine, Iterable
from itertools import chain, repeat

import pytest
from starlette.types import Message, Receive, Scope, Send

from explorer.web.guard import uploads
from explorer.web.guard.uploads import MOST_AT_ONCE, MOST_BYTES, MOST_FILES, MOST_KEPT, MOST_OF_ONE, UploadBounds

SMALL = b"a design"


class Server:
    """Keeps each upload for ever, as Streamlit does for a session, behind the bounds; `sessions` are open."""

    def __init__(self) -> None:
        self.sessions = {"a", "b"}
        self.files: dict[tuple[str, str], bytes] = {}
        self.status = 204
        self.bounds = UploadBounds(
            self.keep,
            is_session=lambda session: session in self.sessions,
            forget=lambda session, file: self.files.pop((session, file), None),
        )

    async def keep(self, scope: Scope, receive: Receive, send: Send) -> None:
        *_, session, file = scope["path"].split("/")
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        if self.status < 300:
            self.files[session, file] = body
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body"})

    async def put(
        self,
        file: str,
        *chunks: bytes,
        session: str = "a",
        client: str = "1",
        method: str = "PUT",
        length: int | None = None,
    ) -> int:
        """Send a file in chunks; gives the status of the answer."""
        headers = [] if length is None else [(b"content-length", str(length).encode())]
        path = f"/class/_stcore/upload_file/{session}/{file}"
        scope = {"type": "http", "method": method, "path": path, "headers": headers, "client": (client, 1)}
        bodies = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
        return await self.answer(scope, chain(bodies, [{"type": "http.request"}], repeat({"type": "http.disconnect"})))

    async def answer(self, scope: Scope, messages: Iterable[Message]) -> int:
        sent: list[Message] = []
        received = iter(messages)

        async def receive() -> Message:
            return next(received)

        async def send(message: Message) -> None:
            sent.append(message)

        await self.bounds(scope, receive, send)
        return int(sent[0]["status"])


@pytest.fixture
def server() -> Server:
    return Server()


def run(*uploads: Coroutine[None, None, int]) -> list[int]:
    async def one_after_another() -> list[int]:
        return [await upload for upload in uploads]

    return asyncio.run(one_after_another())


def test_a_file_comes_through_whole(server: Server) -> None:
    assert run(server.put("1", SMALL[:3], SMALL[3:], length=len(SMALL))) == [204]
    assert server.files == {("a", "1"): SMALL}


def test_three_hundred_files_of_one_client_leave_its_last_few(server: Server) -> None:
    assert run(*(server.put(f"{i}", SMALL) for i in range(300))) == [204] * 300
    assert [file for _, file in server.files] == [f"{i}" for i in range(300 - MOST_FILES, 300)]


def test_the_same_file_again_counts_once(server: Server) -> None:
    run(server.put("first", SMALL), *(server.put("same", SMALL) for _ in range(MOST_FILES)))
    assert set(server.files) == {("a", "first"), ("a", "same")}


def test_many_clients_push_out_files_of_whoever_has_most(server: Server) -> None:
    greedy = [server.put(f"g{i}", SMALL, session="b", client="greedy") for i in range(MOST_FILES)]
    others = [server.put(f"{i}", SMALL, client=f"{i}") for i in range(MOST_KEPT - 1)]
    run(*greedy, *others)
    assert len(server.files) == MOST_KEPT
    assert sum(session == "b" for session, _ in server.files) == 1
    assert run(server.put("one more", SMALL, client="new")) == [204]
    assert len(server.files) == MOST_KEPT


def test_files_of_sessions_that_ended_count_no_more(server: Server) -> None:
    run(*(server.put(f"{i}", SMALL, session="b") for i in range(MOST_FILES)))
    server.sessions.remove("b")
    run(*(server.put(f"{i}", SMALL) for i in range(MOST_FILES)))
    assert sum(session == "a" for session, _ in server.files) == MOST_FILES


@pytest.mark.parametrize("length", [None, MOST_BYTES + 1, 1])
def test_a_large_file_is_refused_whatever_size_it_says(server: Server, length: int | None) -> None:
    assert run(server.put("1", *[bytes(1_000)] * 300, length=length)) == [413]
    assert server.files == {}


def test_a_session_that_nobody_opened_is_refused(server: Server) -> None:
    assert run(server.put("1", SMALL, session="invented")) == [400]
    assert server.files == {}


def test_what_streamlit_refuses_is_not_counted(server: Server) -> None:
    run(server.put("first", SMALL))
    server.status = 403
    assert run(*(server.put(f"{i}", SMALL) for i in range(MOST_FILES))) == [403] * MOST_FILES
    assert set(server.files) == {("a", "first")}


def test_an_upload_that_breaks_off_or_never_comes_is_ended(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "PATIENCE", 0.01)
    scope: Scope = {"type": "http", "method": "PUT", "path": "/_stcore/upload_file/a/1", "headers": [], "client": None}

    assert run(server.answer(scope, [{"type": "http.disconnect"}]), waiting(server)) == [400, 408]
    assert server.files == {}


def test_no_more_come_at_once_than_a_few(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """All but the first few are refused while those hold their places."""
    monkeypatch.setattr(uploads, "PATIENCE", 0.05)

    async def many() -> list[int]:
        clients = range(MOST_AT_ONCE + 3)
        return list(await asyncio.gather(*(waiting(server, client=f"{client}") for client in clients)))

    statuses = asyncio.run(many())
    assert (statuses.count(408), statuses.count(503)) == (MOST_AT_ONCE, 3)


def test_one_client_holds_no_others_place(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "PATIENCE", 0.05)

    async def many() -> list[int]:
        slow = [asyncio.create_task(waiting(server, client="slow")) for _ in range(MOST_AT_ONCE)]
        await asyncio.sleep(0)  # into the middleware
        other = await server.put("1", SMALL, client="other")
        return [other, *await asyncio.gather(*slow)]

    other, *slow = asyncio.run(many())
    assert other == 204
    assert (slow.count(408), slow.count(503)) == (MOST_OF_ONE, MOST_AT_ONCE - MOST_OF_ONE)
    assert run(server.put("1", SMALL, client="slow")) == [204]


def test_other_requests_pass(server: Server) -> None:
    assert run(server.put("1", SMALL, session="invented", method="DELETE")) == [204]


async def waiting(server: Server, *, client: str = "1") -> int:
    """Send an upload whose body never comes."""
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.Event().wait()
        return {}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {
        "type": "http",
        "method": "PUT",
        "path": "/_stcore/upload_file/a/1",
        "headers": [],
        "client": (client, 1),
    }
    await server.bounds(scope, receive, send)
    return int(sent[0]["status"])
