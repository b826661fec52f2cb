"""The door of a class: a page that asks for the code and a nickname, and lets in who has the code."""

import asyncio
import html
from collections.abc import Callable
from pathlib import Path
from string import Template
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from explorer.runs.access.guesses import Guesses
from explorer.runs.access.person import Person
from explorer.web.door.classroom import Classroom, role
from explorer.web.door.persons import cookie, new_person, read_person

ADDRESS = "/join"
PAGE = Template(Path(__file__).with_name("join.html").read_text("utf-8"))
MOST_BYTES = 65_536  # of what the form sends
FORM_SECONDS = 30.0  # in which it has to be here: a slow phone needs one
MOST_LETTERS = 200  # of a code and a nickname that are shown again
MOST_ADDRESS = 20_000  # letters: a link holds a design, a recipe and a setup
WRONG = "That is not the class's code, nor that of a lesson. Look at it once more: letters and digits, in any case."
LATE = f"The form did not arrive within {FORM_SECONDS:.0f} seconds. Send it once more."
NAMELESS = "Say what the class may call you."


class Entered(NamedTuple):
    """Where who has typed a room's code is led to; or why they are not."""

    address: str = ""
    refusal: str = ""


EnterRoom = Callable[[str, Person], Entered | None]  # None where a code is no room's


class Door:
    """Shows the form and takes it; a room's code leads into that room, as the class's does into the class."""

    def __init__(self, room: Classroom, *, base: str, enter_room: EnterRoom = lambda _code, _person: None) -> None:
        self._room = room
        self._base = base  # the path that the app is below
        self._enter_room = enter_room
        self._guesses = Guesses()

    async def show(self, request: Request) -> Response:
        """Show the form; a link may bring the code, as the one behind the teacher's QR code does."""
        return self._form(code=request.query_params.get("code", ""), next_page=request.query_params.get("next", ""))

    async def enter(self, request: Request) -> Response:
        """Let in who sends the code, and make them a person, or the one they were."""
        try:
            async with asyncio.timeout(FORM_SECONDS):
                sent = await _read_form(request)
        except (TimeoutError, ClientDisconnect):
            return self._form(refusal=LATE, status=408)
        code, nickname, next_page = (sent.get(name, "") for name in ("code", "nickname", "next"))
        address = request.client.host if request.client else ""
        if wait := self._guesses.wait(address):
            words = f"Too many wrong codes came from your address. Try again in {round(wait) + 1} seconds."
            return self._form(code=code, nickname=nickname, next_page=next_page, refusal=words, status=429)
        whose, person = role(self._room, code), self._person(request, nickname)
        entered = Entered(next_page) if whose else await asyncio.to_thread(self._enter_room, code, person)
        if entered is None:
            self._guesses.note_wrong(address)
            return self._form(nickname=nickname, next_page=next_page, refusal=WRONG, status=403)
        if not person.nickname:
            return self._form(code=code, next_page=next_page, refusal=NAMELESS, status=400)
        self._guesses.forget(address)
        if entered.refusal:
            return self._form(code=code, next_page=next_page, refusal=entered.refusal, status=409)
        teaches = person.is_teacher or whose == "teacher"
        return self._welcome(request, Person(person.id, person.nickname, teaches), entered.address)

    def _person(self, request: Request, nickname: str) -> Person:
        """Give who types, under the name that they type: coming back with the same browser is the same person."""
        new, known = new_person(nickname, is_teacher=False), read_person(self._room, request.cookies, request.headers)
        return Person(known.id, new.nickname, known.is_teacher) if known else new

    def _welcome(self, request: Request, person: Person, next_page: str) -> Response:
        response = RedirectResponse(self._base + _inside(next_page), status_code=303)
        response.headers.append("Set-Cookie", cookie(self._room, person, secure=request.url.scheme == "https"))
        return response

    def _form(
        self, *, code: str = "", nickname: str = "", next_page: str = "", refusal: str = "", status: int = 200
    ) -> Response:
        typed = {"code": code[:MOST_LETTERS], "nickname": nickname[:MOST_LETTERS]}
        said = typed | {"next": _inside(next_page), "action": self._base + ADDRESS}
        filled = {name: html.escape(value) for name, value in said.items()}
        focus = {"focus_code": "" if code else "autofocus", "focus_nickname": "autofocus" if code else ""}
        alert = f'<p role="alert">{html.escape(refusal)}</p>' if refusal else ""
        return HTMLResponse(PAGE.substitute(filled, refusal=alert, **focus), status)


async def _read_form(request: Request) -> dict[str, str]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            return {}
    return {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}


def _inside(address: str) -> str:
    """Give an address, whole, if it is one of this app's own pages, else the first page's."""
    parts = urlsplit(address)
    is_ours = address.startswith("/") and not address.startswith(("//", "/\\")) and not parts.netloc
    return address if is_ours and address.isprintable() and len(address) <= MOST_ADDRESS else "/"
