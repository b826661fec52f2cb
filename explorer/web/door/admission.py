"""Who gets into a class: requests without a person of the class are led to its door, websockets closed.

It counts each person's open tabs, those from one address and all, and keeps a person's messages to a pace.
"""

from collections import Counter
from collections.abc import Callable
from functools import partial
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from explorer.runs.access.limits import Limits
from explorer.runs.access.person import Person
from explorer.web.door.classroom import Classroom
from explorer.web.door.join import ADDRESS
from explorer.web.door.persons import cookie, new_person, read_person
from explorer.web.guard.descriptors import most_tabs
from explorer.web.guard.guard import refuse
from explorer.web.guard.pace import Paced, Paces

STREAM = "/_stcore/stream"  # Streamlit's own websocket, one a tab
FIGURES = "/_stcore/metrics"  # Streamlit's own, of all its sessions
TEACHERS = "The figures of a server are its teacher's."
JOIN_FIRST = "Join the class first: open the address of this server in a browser and type the class's code."
# Streamlit's settings name this header: a page's session goes on with the person alone who began it.
PERSON_HEADER = b"x-explorer-person"
TOO_MANY = "You have {count} tabs of this app open, and {limit} may be. Close one."
TOO_MANY_HERE = "{count} tabs are open on this server, as many as its system has files for. Close one."
TOO_MANY_THERE = "{count} tabs are open from your address, and {limit} may be. Close one, or ask the teacher."


class Admission:
    """An ASGI middleware for a server that has a class."""

    def __init__(
        self, app: ASGIApp, *, room: Classroom, base: str, public: frozenset[str], limits: Callable[[], Limits]
    ) -> None:
        self._app = app
        self._room = room
        self._base = base
        self._public = {base + path for path in public | {ADDRESS}}
        self._limits = limits
        self._tabs: Counter[str] = Counter()
        self._paces = Paces()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or lead it to the door."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        person = read_person(self._room, HTTPConnection(scope).cookies, Headers(scope=scope))
        if person is None and self._room.is_open and scope["type"] == "http":
            person = new_person("", is_teacher=False)
            send = partial(_send_with_cookie, send, cookie(self._room, person, secure=scope["scheme"] == "https"))
        if person is None and scope["path"] not in self._public:
            await self._lead_to_the_door(scope, receive, send)
        elif scope["path"].endswith(FIGURES) and not (person and person.is_teacher):
            await refuse(scope, receive, send, words=TEACHERS)
        elif scope["type"] == "websocket" and person is not None:
            await self._count(person, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _lead_to_the_door(self, scope: Scope, receive: Receive, send: Send) -> None:
        wants_page = "text/html" in Headers(scope=scope).get("accept", "")
        if scope["type"] == "http" and scope["method"] == "GET" and wants_page:
            query = scope["query_string"].decode("latin-1")
            wanted = scope["path"].removeprefix(self._base) + (f"?{query}" if query else "")
            door = f"{self._base}{ADDRESS}?next={quote(wanted)}"
            await RedirectResponse(door, status_code=303)(scope, receive, send)
        else:
            await refuse(scope, receive, send, words=JOIN_FIRST, status=401)

    async def _count(self, person: Person, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a tab, unless too many are open."""
        address = scope["client"][0] if scope.get("client") else ""
        kind = "tab" if scope["path"].endswith(STREAM) else "watch"  # a tab that watches a run has one of each
        limits, mine, there = self._limits(), f"{kind} of {person.id}", f"{kind} at {address}"
        bounds = [(kind, most_tabs(), TOO_MANY_HERE)]
        if not person.is_teacher:
            bounds += [(mine, limits.sessions, TOO_MANY), (there, limits.sessions_an_address, TOO_MANY_THERE)]
        for whose, limit, words in bounds:
            if self._tabs[whose] >= limit:
                await refuse(scope, receive, send, words=words.format(count=self._tabs[whose], limit=limit))
                return
        self._tabs.update((kind, mine, there))
        paced = Paced(receive, self._paces.of(person.id))
        try:
            await self._app(_of_person(scope, person), paced, send)
        finally:
            paced.close()
            self._tabs.subtract((kind, mine, there))
            self._tabs += Counter()  # forgets who has none


def _of_person(scope: Scope, person: Person) -> Scope:
    headers = [(name, value) for name, value in scope["headers"] if name != PERSON_HEADER]
    return {**scope, "headers": [*headers, (PERSON_HEADER, quote(person.id).encode())]}


async def _send_with_cookie(send: Send, value: str, message: Message) -> None:
    if message["type"] == "http.response.start":
        MutableHeaders(raw=message.setdefault("headers", [])).append("Set-Cookie", value)
    await send(message)
