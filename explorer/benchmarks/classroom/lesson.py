"""A lesson given to a class at a server: how soon an answer is on the desk, a step on every screen, an edit drawn.

Each member comes through the class's door by the room's code, has a page of the app by Streamlit's own protocol, and
the stream that the page's bar hears. They are played by this process, on the same computer. Nothing trains.
"""

import asyncio
import random
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path

import msgspec

from explorer.benchmarks.classroom.classroom import OPENED_AT_ONCE, times_words, wait_for_server
from explorer.benchmarks.classroom.member import Let, Member, heard, join
from explorer.benchmarks.classroom.served import Served, serve
from explorer.benchmarks.classroom.tab import Tab, clicked
from explorer.lessons.course.lesson import LessonStep
from explorer.lessons.course.shipped import shipped, shipped_file
from explorer.lessons.course.tasks import PREDICTIONS, Explain
from explorer.lessons.rooms.rooms import Rooms
from explorer.runs.access.person import Person
from explorer.runs.store.store import Store
from explorer.web.door.classroom import read_classroom

LESSON = "sigmoid-stalls"
NUM_STEPS = len(shipped(LESSON).steps)
# A name beside its address, by which a server has a class, and a door.
A_CLASS = ("--server.allowedHosts=class.example", "--server.allowedHosts=127.0.0.1")
TEACHER = Person("teacher", "Teacher", is_teacher=True)
DESK, NEXT = "/lessons?desk={}", "pace_next"  # the teacher's desk, and its button that leads the class on
SETTLE, FOLLOWING = 5.0, 10  # seconds at least in which all pages follow the class, and how many do in one
EDITED = "cure"  # the step that lets a learning rate be changed


class Given(msgspec.Struct, frozen=True):
    """Who comes, and for how long the class is at each step."""

    students: int
    seconds: float  # of each step, in which all answer once, or edit
    pause: float = 20.0  # seconds between two edits of a student

    @property
    def settle(self) -> float:
        """Seconds in which all pages follow the class: a server draws so many in one, and no student answers before."""
        return SETTLE + self.students / FOLLOWING


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """How long everything took, in seconds."""

    students: int
    answers: Sequence[float]  # from sending one until it is on the desk
    missing: int  # that never came there
    changes: Sequence[float]  # from the teacher's click until a member's screen shows the step
    last_changes: Sequence[float]  # until the last of them does, a step each
    follows: Sequence[float]  # until a page behind is drawn that follows
    kept: Sequence[float]  # until who has answered is told that it is kept
    edits: Sequence[float]  # from an edit until its page is drawn
    server: float  # of a core, while the lesson was given
    players: float  # of a core: this process
    memory: int  # bytes of the server at the end


class DeskCell(msgspec.Struct):
    """What is read of a cell on the desk."""

    text: str


class DeskRow(msgspec.Struct):
    """What is read of a row on the desk."""

    called: str
    cells: dict[str, DeskCell]


class DeskHeard(msgspec.Struct):
    """What is read of a message to the desk."""

    rows: list[DeskRow]


_DESK = msgspec.json.Decoder(DeskHeard)


class Desk:
    """The teacher's desk: when each answer came there, and the button that leads the class on."""

    def __init__(self, host: str, code: str, let: Let) -> None:
        self.seen: dict[tuple[str, str, str], float] = {}  # by nickname, step and text
        self._host, self._code, self._let = host, code, let
        self._tab = Tab(host, cookie=let.cookie)

    async def __aenter__(self) -> "Desk":
        await self._tab.__aenter__()
        await self._tab.open(DESK.format(self._code))
        self._listening = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listening.cancel()
        await self._tab.__aexit__(None, None, None)

    async def _listen(self) -> None:
        async with heard(self._host, f"watch/desk/{self._code}", self._let.cookie) as messages:
            async for message in messages:
                now = time.perf_counter()
                for row in _DESK.decode(message).rows:
                    for step, cell in row.cells.items():
                        self.seen.setdefault((row.called, step, cell.text), now)

    async def lead_on(self) -> float:
        """Lead the class to the next step; gives when the button was pressed."""
        button, start = self._tab.element(NEXT), time.perf_counter()
        await self._tab.send(clicked(button.id), fragment=button.fragment)
        return start


def bench_lesson(given: Given) -> Taken:
    """Give the lesson to a class of its own."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with closing(Store(home / "runs.sqlite")) as store:
            text = shipped_file(LESSON).read_text("utf-8")
            code = Rooms(store.room_events).open(TEACHER, lesson=LESSON, text=text).code
        teacher_code = read_classroom(home).teacher_code
        with serve(home, *A_CLASS) as served:
            return asyncio.run(_give(given, served, code, teacher_code))


async def _give(given: Given, served: Served, code: str, teacher_code: str) -> Taken:
    await wait_for_server(served.host)
    let = await asyncio.to_thread(join, served.host, teacher_code, TEACHER.nickname)
    async with Desk(served.host, code, let) as desk, _members(given, served, code) as members:
        await asyncio.sleep(given.settle)
        return await _go_through(given, served, desk, members)


@asynccontextmanager
async def _members(given: Given, served: Served, code: str) -> AsyncIterator[list[Member]]:
    """Let members come one after the other, as many a second as a server opens pages for."""
    found, attending = [], []
    async with AsyncExitStack() as leaving:
        for number in range(given.students):
            name, ready = f"Student {number}", asyncio.Event()
            let = await asyncio.to_thread(join, served.host, code, name)
            member = Member(served.host, code, name, let, random_source=random.Random(number))
            attending.append(asyncio.create_task(member.attend(ready)))
            leaving.callback(attending[-1].cancel)
            await asyncio.wait((attending[-1], asyncio.create_task(ready.wait())), return_when=asyncio.FIRST_COMPLETED)
            if attending[-1].done():
                raise RuntimeError(f"{name} was sent away: {attending[-1].exception()!r}.")
            found.append(member)
            await asyncio.sleep(1 / OPENED_AT_ONCE / 2)
        yield found
        if sent_away := [task.exception() for task in attending if task.done()]:
            raise RuntimeError(f"{len(sent_away)} were sent away: {sent_away[0]!r}.")


async def _go_through(given: Given, served: Served, desk: Desk, members: Sequence[Member]) -> Taken:
    steps, sent, kept, edits = shipped(LESSON).steps, {}, [], []
    led: dict[str, float] = {}
    start, server, players = time.monotonic(), served.seconds, time.process_time()
    for place, step in enumerate(steps):
        if place:
            led[step.name] = await desk.lead_on()
            await asyncio.sleep(given.settle)
        for member, (text, at, seconds) in await _answers(given, step, members):
            sent[member.nickname, step.name, text] = at
            kept.append(seconds)
        if step.name == EDITED:
            edits = [each for found in await asyncio.gather(*(_edit(given, one) for one in members)) for each in found]
        await asyncio.sleep(SETTLE)
    lasted = time.monotonic() - start
    changes = {name: [one.steps[name] - at for one in members if name in one.steps] for name, at in led.items()}
    return Taken(
        students=len(members),
        answers=[desk.seen[key] - at for key, at in sent.items() if key in desk.seen],
        missing=sum(key not in desk.seen for key in sent),
        changes=[each for found in changes.values() for each in found],
        last_changes=[max(found) for found in changes.values() if len(found) == len(members)],
        follows=[each for member in members for each in member.follows],
        kept=kept,
        edits=edits,
        server=(served.seconds - server) / lasted,
        players=(time.process_time() - players) / lasted,
        memory=served.memory,
    )


async def _answers(
    given: Given, step: LessonStep, members: Sequence[Member]
) -> list[tuple[Member, tuple[str, float, float]]]:
    """Have all answer once, each at some moment of a step; nobody where nothing is asked for."""
    if not isinstance(step.task, (*PREDICTIONS, Explain)):
        return []

    async def answer(member: Member) -> tuple[str, float, float]:
        await asyncio.sleep(random.Random(f"{member.nickname} {step.name}").uniform(0, given.seconds))
        return await member.answer(step)

    return list(zip(members, await asyncio.gather(*map(answer, members)), strict=True))


async def _edit(given: Given, member: Member) -> list[float]:
    """Have a member edit on and on for as long as a step lasts, the first time after a part of a pause."""
    taken, chance = [], random.Random(member.nickname)
    until = time.monotonic() + max(given.seconds, given.pause)
    await asyncio.sleep(chance.uniform(0, given.pause))
    while time.monotonic() < until:
        taken.append(await member.edit())
        await asyncio.sleep(chance.uniform(0.5, 1.5) * given.pause)
    return taken


def report(taken: Taken) -> Iterator[str]:
    """Say the figures, a line each."""
    yield (
        f"{taken.students} in a room · server {taken.server:.0%} of a core, {taken.memory / 10**6:,.0f} MB · "
        f"players {taken.players:.0%} of a core"
    )
    yield from times_words("an answer is on the desk", taken.answers)
    if taken.missing:
        yield f"{taken.missing} answers never came to the desk"
    yield from times_words("a step is on a screen", taken.changes)
    yield from times_words("a step is on the last one", taken.last_changes)
    yield from times_words("a page has followed", taken.follows)
    yield from times_words("an answer is kept", taken.kept)
    yield from times_words("edits", taken.edits)
