"""How a class fares at one server: how long edits take, how old numbers are when they are seen, and what that costs.

Who edits and who watches is played by this process, on the same computer: what that takes is said, and is missing to
the server and to the training. A browser's own work is in none of the figures.
"""

import asyncio
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from statistics import mean, quantiles
from urllib.request import urlopen

import msgspec
from msgspec.structs import replace

from explorer.architecture.presets import PRESETS
from explorer.benchmarks.classroom.served import Served, serve
from explorer.benchmarks.classroom.student import Student
from explorer.benchmarks.classroom.watcher import EventClock, watch
from explorer.runs.store.reader import Reader
from explorer.runs.store.store import Store
from explorer.training.recipe.recipe import Job, Recipe

LONG = Recipe(epochs=1_000)  # a run that outlasts the yardstick
OPENED_AT_ONCE = 10  # students
STARTS = 60.0  # seconds within which a server answers and a run trains


class Phase(msgspec.Struct, frozen=True):
    """A time of the class: what it took, each second of it."""

    title: str
    pictures: float  # that the run trained on, a second
    server: float  # of a core
    players: float  # of a core: this process
    memory: int  # bytes of the server at its end
    descriptors: dict[str, int]  # of the server at its end, by kind
    edits: Sequence[float] = ()  # seconds from sending until the page was drawn
    updates: Sequence[float] = ()  # seconds from an event until a watcher had it


class Class(msgspec.Struct, frozen=True):
    """Who comes, and for how long each phase is."""

    students: int
    watchers: int
    seconds: float
    pause: float  # seconds between two edits of a student
    turns: int = 4  # of the run alone and watched
    settle: float = 5.0  # seconds that are left out while everybody comes


class Room(msgspec.Struct, frozen=True):
    """Where they meet: a server, and the run that all watch."""

    served: Served
    reader: Reader
    run: str


def bench_class(held: Class) -> Sequence[Phase]:
    """Give the run alone, watched, and watched while students edit.

    The first two come by turns, as a computer that others share is not as fast at one time as at another.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "runs.sqlite"
        with closing(Store(path)) as store:
            run = store.create(Job(PRESETS["lenet-d2l"].architecture, LONG), "teacher")
        with serve(Path(folder)) as served:
            return asyncio.run(_hold(held, Room(served, Reader(path), run)))


async def _hold(held: Class, room: Room) -> Sequence[Phase]:
    await _begin(room)
    alone, watched = [], []
    for _ in range(held.turns):
        alone.append(await _phase("trains alone", room, held.seconds / held.turns))
        async with _Watchers(room, held) as watchers:
            phase = await _phase("is watched", room, held.seconds / held.turns)
        watched.append(replace(phase, updates=watchers.ages))
    since = time.monotonic() + held.students / OPENED_AT_ONCE + 2 * held.settle
    editing = await _open(room, held, since=since, until=since + held.seconds)
    async with _Watchers(room, held) as watchers:
        phase = await _phase("is watched, others edit", room, since + held.seconds - time.monotonic())
    edits = [taken for each in await asyncio.gather(*editing) for taken in each]
    return [_mean(alone), _mean(watched), replace(phase, edits=edits, updates=watchers.ages)]


def _mean(phases: Sequence[Phase]) -> Phase:
    """Give the phase that several turns were, as a whole."""
    return replace(
        phases[-1],
        pictures=mean(each.pictures for each in phases),
        server=mean(each.server for each in phases),
        players=mean(each.players for each in phases),
        updates=[age for each in phases for age in each.updates],
    )


class _Watchers:
    """Who watches in `async with`; `ages` has what each of them heard, once they have left."""

    def __init__(self, room: Room, held: Class) -> None:
        self.ages: list[float] = []
        self._room, self._held = room, held

    async def __aenter__(self) -> "_Watchers":
        clock = EventClock(self._room.reader, self._room.run)
        self._ticking = asyncio.create_task(clock.tick())
        watching = (
            watch(self._room.served.host, self._room.run, times=clock.times) for _ in range(self._held.watchers)
        )
        self._listening = [asyncio.create_task(each) for each in watching]
        await asyncio.sleep(self._held.settle)
        for task in self._listening:
            if task.done():
                raise RuntimeError(f"A watcher was sent away: {task.exception()!r}.")
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in (*self._listening, self._ticking):
            task.cancel()
        heard = await asyncio.gather(*self._listening, return_exceptions=True)
        self.ages = [age for each in heard if isinstance(each, list) for age in each]


async def _begin(room: Room) -> None:
    """Wait until the server answers, visit it once, and have it open its runs, which begins what waits."""
    deadline = time.monotonic() + STARTS
    await wait_for_server(room.served.host)
    await Student(room.served.host, random.Random(0)).edit(since=0.0, until=0.0, pause=0.0)
    listening = asyncio.create_task(watch(room.served.host, room.run, times={}))
    while not _pictures(room):
        await _wait_a_little(deadline, "The run did not begin")
    listening.cancel()


async def wait_for_server(host: str) -> None:
    """Wait until a server answers."""
    deadline = time.monotonic() + STARTS
    while not await asyncio.to_thread(_answers, host):
        await _wait_a_little(deadline, "The server did not answer")


async def _wait_a_little(deadline: float, what: str) -> None:
    if time.monotonic() > deadline:
        raise TimeoutError(f"{what} within {STARTS:.0f} s. Try again when the computer has less to do.")
    await asyncio.sleep(0.2)


def _answers(host: str) -> bool:
    try:
        with urlopen(f"http://{host}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


async def _open(room: Room, held: Class, *, since: float, until: float) -> Sequence[asyncio.Task[list[float]]]:
    """Let students come one after the other, as many a second as a server opens pages for."""
    opened = []
    for i in range(held.students):
        student = Student(room.served.host, random.Random(i))
        opened.append(asyncio.create_task(student.edit(since=since, until=until, pause=held.pause)))
        await asyncio.sleep(1 / OPENED_AT_ONCE)
    return opened


async def _phase(title: str, room: Room, seconds: float) -> Phase:
    start, pictures = time.monotonic(), _pictures(room)
    server, players = room.served.seconds, time.process_time()
    await asyncio.sleep(seconds)
    lasted = time.monotonic() - start
    return Phase(
        title=title,
        pictures=(_pictures(room) - pictures) / lasted,
        server=(room.served.seconds - server) / lasted,
        players=(time.process_time() - players) / lasted,
        memory=room.served.memory,
        descriptors=dict(room.served.descriptors()),
    )


def _pictures(room: Room) -> int:
    found = room.reader.run(room.run)
    return found.step * LONG.batch_size if found else 0


def report(phases: Sequence[Phase]) -> Iterator[str]:
    """Say the figures, a line each."""
    alone = phases[0].pictures
    for phase in phases:
        yield (
            f"{phase.title:24} {phase.pictures:7,.0f} pictures a second ({phase.pictures / alone:.2f} ×) · server "
            f"{phase.server:.0%} of a core, {phase.memory / 10**6:,.0f} MB · players {phase.players:.0%} of a core"
        )
        yield f"{'':24} open: " + ", ".join(f"{count} {kind}" for kind, count in sorted(phase.descriptors.items()))
        yield from times_words("updates", phase.updates)
        yield from times_words("edits", phase.edits)


def times_words(what: str, seconds: Sequence[float]) -> Iterator[str]:
    """Say how long something took at most for half of the times, and for nearly all."""
    if len(seconds) > 1:
        cuts = quantiles(seconds, n=100, method="inclusive")
        parts = ", ".join(f"p{share} {1_000 * cuts[share - 1]:,.0f} ms" for share in (50, 95, 99))
        yield f"{what:24} {parts}, of {len(seconds):,}"
