"""A member of a room: through the class's door by the room's code, with a page, and the stream that its bar hears."""

import asyncio
import http.client
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from typing import NamedTuple
from urllib.parse import urlencode

import msgspec
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from explorer.benchmarks.classroom.tab import PATIENCE, Tab, happened, typed
from explorer.lessons.course.curve import POINTS
from explorer.lessons.course.lesson import LessonStep
from explorer.lessons.course.tasks import Explain, Number, Sketch
from explorer.views.lessons.course import options_of

BAR, FOLLOW = "room_bar", "follow"  # the element that hears of a room, and the event by which its page follows
PAD = "lesson_sketch_{}"
RATE = "learning_rate"
RATES = tuple(number / 100 for number in range(5, 200, 5))


class Let(NamedTuple):
    """What the class's door gave: a cookie, and the page that it led to."""

    cookie: str
    address: str


class ClassAt(msgspec.Struct):
    """Where a room's class is, of what its members are told."""

    first: str
    last: str


class Heard(msgspec.Struct):
    """What a member's page needs of a message."""

    page: str
    spread: int  # ms
    told: ClassAt | None


_HEARD = msgspec.json.Decoder(Heard)


def join(host: str, code: str, nickname: str) -> Let:
    """Type a code and a name at the class's door."""
    with closing(http.client.HTTPConnection(host, timeout=60.0)) as connection:
        form = urlencode({"code": code, "nickname": nickname})
        connection.request("POST", "/join", form, {"Content-Type": "application/x-www-form-urlencoded"})
        answer = connection.getresponse()
        if answer.status != http.client.SEE_OTHER:
            raise RuntimeError(f"The door let {nickname} not in: {answer.status}, {answer.read()[-400:].decode()}")
        return Let(answer.headers["Set-Cookie"].partition(";")[0], answer.headers["Location"])


@asynccontextmanager
async def heard(host: str, address: str, cookie: str) -> AsyncIterator[AsyncIterator[bytes]]:
    """Give the messages of a stream, as a page's element hears them."""
    headers = {"Cookie": cookie}
    opened = connect(
        f"ws://{host}/{address}", origin=Origin(f"http://{host}"), additional_headers=headers, max_size=None
    )
    async with opened as socket:
        yield (bytes(message) if not isinstance(message, str) else message.encode() async for message in socket)


class Member:
    """A student in a room; `steps` says when the page's bar heard of each, `follows` how long its page took to."""

    def __init__(self, host: str, code: str, nickname: str, let: Let, *, random_source: random.Random) -> None:
        self.nickname = nickname
        self.steps: dict[str, float] = {}
        self.follows: list[float] = []
        self._host, self._code, self._let, self._random = host, code, let, random_source
        self._tab = Tab(host, cookie=let.cookie)
        self._wanted, self._drawn_for = "", ""  # what was told that pages stand on, and what this one does
        self._following: set[asyncio.Task[None]] = set()

    async def attend(self, ready: asyncio.Event) -> None:
        """Open the page, and follow the class until cancelled."""
        async with self._tab, heard(self._host, f"watch/room/{self._code}", self._let.cookie) as messages:
            await self._tab.open(self._let.address)
            ready.set()
            with suppress(ConnectionClosed):
                await self._listen(messages)

    async def _listen(self, messages: AsyncIterator[bytes]) -> None:
        async for message in messages:
            now, said = time.perf_counter(), _HEARD.decode(message)
            if said.told and said.told.first == said.told.last:
                self.steps.setdefault(said.told.first, now)
            before, self._wanted = self._wanted, said.page
            if not before:
                self._drawn_for = said.page
            elif said.page != before:
                task = asyncio.create_task(self._follow(said))
                self._following.add(task)
                task.add_done_callback(self._following.discard)

    async def _follow(self, said: Heard) -> None:
        """Have the page drawn anew at some moment, as its bar does."""
        await asyncio.sleep(self._random.uniform(0, said.spread / 1_000))
        bar = self._tab.element(BAR)
        self.follows.append(await self._tab.send(happened(bar.id, FOLLOW, said.page), fragment=bar.fragment))
        self._drawn_for = said.page

    async def answer(self, step: LessonStep) -> tuple[str, float, float]:
        """Answer as a person does, in the page's field; gives the text, when it was sent, and how long it took.

        The page has to have followed the class, or the field is that of the step before.
        """
        await self._followed()
        if isinstance(step.task, Sketch):
            return await self._draw(step)
        options = options_of(step, "en")
        text = str(1 + self._random.randrange(len(options))) if options else _text(step, self._random)
        start = time.perf_counter()
        await asyncio.to_thread(self._post, msgspec.json.encode({"step": step.name, "text": text}))
        return text, start, time.perf_counter() - start

    def _post(self, body: bytes) -> None:
        with closing(http.client.HTTPConnection(self._host, timeout=PATIENCE)) as connection:
            connection.request("POST", f"/room/{self._code}/answer", body, {"Cookie": self._let.cookie})
            answer = connection.getresponse()
            if answer.status != http.client.NO_CONTENT:
                raise RuntimeError(
                    f"{self.nickname}'s answer was refused: {answer.status}, {answer.read()[:400].decode()}"
                )

    async def _draw(self, step: LessonStep) -> tuple[str, float, float]:
        pad, losses = self._tab.element(PAD.format(step.name)), [round(self._random.uniform(0, 2.5), 2)] * POINTS
        start = time.perf_counter()
        drawn = await self._tab.send(happened(pad.id, "check", losses), fragment=pad.fragment)
        return f"{losses[0]:.2f} → {losses[-1]:.2f}", start, drawn  # as the desk has it

    async def _followed(self) -> None:
        until = time.monotonic() + PATIENCE
        while self._drawn_for != self._wanted:
            if time.monotonic() > until:
                raise TimeoutError(f"{self.nickname}'s page did not follow the class within {PATIENCE:.0f} s.")
            await asyncio.sleep(0.1)

    async def edit(self) -> float:
        """Type another learning rate, and give the seconds until the page is drawn."""
        await self._followed()
        field = self._tab.field(RATE)
        return await self._tab.send(typed(field.id, str(self._random.choice(RATES))), fragment=field.fragment)


def _text(step: LessonStep, random_source: random.Random) -> str:
    if isinstance(step.task, Number):
        return f"{random_source.uniform(0, 1) if step.task.within < 1 else random_source.randrange(1, 10**6):.3f}"
    assert isinstance(step.task, Explain)
    return f"Its gradients vanish on the way back; {random_source.randrange(10**6)} of them."
