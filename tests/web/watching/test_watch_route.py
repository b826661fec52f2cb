"""The stream of what is watched, from the store to a socket: one reader for many, refusals, the end."""

import asyncio
import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.types import ASGIApp

from explorer.runs.access.person import ALONE, Person
from explorer.runs.scheduler.server import Runs
from explorer.runs.store.rows import Run
from explorer.runs.store.store import Store
from explorer.training.events import Started, Step
from explorer.web.base import once
from explorer.web.door.classroom import Classroom
from explorer.web.door.persons import COOKIE, new_person, sign
from explorer.web.served import routes
from explorer.web.watching import subjects, watch_route
from explorer.web.watching.asked import Asked
from explorer.web.watching.feed import Feed
from explorer.web.watching.goings_on import goings_on
from tests.runs.scene import job, race
from tests.web.asgi_socket import AsgiSocket

ROOM = Classroom("ABC", "DEF", "secret")
MEMBER, OWNER, TEACHER = Person("other"), Person("me"), Person("t", is_teacher=True)
STARTED = Started(
    device="cpu", dataset="d", train_size=640, test_size=1, num_params=1, num_steps=100, steps_per_epoch=10
)


def steps(first: int, last: int) -> list[Step]:
    return [Step(n, n / 10, n / 5, math.exp(-n / 100), n / 1_000, 50.0) for n in range(first, last + 1)]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    opened = Store(tmp_path / "runs.sqlite")
    runs = Runs(opened, ())
    for module in ("watching.subjects", "watching.goings_on", "base.shared"):
        monkeypatch.setattr(f"explorer.web.{module}.runs", lambda: runs)
    once.forget_all()
    yield opened
    opened.close()
    once.forget_all()


@pytest.fixture
def app() -> ASGIApp:
    return Starlette(routes=routes())


@pytest.fixture
def class_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have others reach the server."""
    monkeypatch.setattr("explorer.web.door.persons.the_classroom", lambda: ROOM)


def cookie_of(person: Person) -> str:
    return f"{COOKIE}={sign(ROOM, person)}"


def begun(store: Store) -> str:
    run = store.create(job("0"), "me")
    store.claim([run])
    store.append(run, [STARTED, *steps(1, 5)])
    return run


def refusal(app: ASGIApp, address: str, *, who: Person | None = None) -> tuple[int, str]:
    """Give the status and the words by which an address is refused; 101 where it is not."""

    async def open_it() -> tuple[int, str]:
        async with AsgiSocket(app, address, cookie=cookie_of(who) if who else "") as socket:
            return socket.status, socket.words

    return asyncio.run(open_it())


def test_a_watcher_hears_all_then_what_is_new_then_the_end(store: Store, app: ASGIApp) -> None:
    run = begun(store)

    async def watch() -> None:
        async with AsgiSocket(app, f"/watch/run/{run}") as socket:
            first = await socket.hear()
            assert [(line["from"], line["total"]) for line in first["series"]] == [(0, 5), (0, 0), (0, 5), (0, 0)]
            store.append(run, steps(6, 8))
            second = await socket.hear()
            assert [(line["from"], line["total"]) for line in second["series"]] == [(5, 8), (0, 0), (5, 8), (0, 0)]
            assert second["page"] == first["page"]
            assert second["words"].startswith("Epoch 0.8 of")
            store.move(run, ["running"], "cancelled")
            last = await socket.hear()
            assert last["ended"]
            assert last["page"] != first["page"]
            await socket.hear_close()

    asyncio.run(watch())


def test_a_race_is_watched_along_an_axis(store: Store, app: ASGIApp) -> None:
    held = store.create_race(race("0", "1"), "me")
    runs = [run.id for run in store.race_runs(held)]
    store.claim(runs)
    for run in runs:
        store.append(run, [STARTED, *steps(1, 5)])

    async def watch() -> None:
        async with AsgiSocket(app, f"/watch/race/{held}?axis=By%20time") as socket:
            told = await socket.hear()
            assert len(told["series"]) == 4
            assert told["series"][0]["x"] == [0.2, 0.4, 0.6, 0.8, 1.0]

    asyncio.run(watch())


def test_a_person_hears_of_their_own_alone_and_of_its_end(store: Store, app: ASGIApp) -> None:
    mine, _ = store.create(job("mine"), ALONE.id), store.create(job("other"), "another")

    async def watch() -> None:
        async with AsgiSocket(app, "/watch/mine/all") as socket:
            told = await socket.hear()
            assert [entry["id"] for entry in told["entries"]] == [mine]
            assert told["address"] == "watch/mine/all"
            store.move(mine, ["queued"], "cancelled")
            last = await socket.hear()
            (how,) = last["entries"]
            assert (how["id"], how["words"], how["ended"], last["ended"]) == (
                mine,
                "Stopped before it began.",
                True,
                True,
            )
            await socket.hear_close()

    asyncio.run(watch())


@pytest.mark.usefixtures("class_room")
def test_in_a_class_a_persons_cookie_says_whose_it_is(store: Store, app: ASGIApp) -> None:
    store.create(job("mine"), ALONE.id)

    async def watch(cookie: str = "") -> list[str]:
        async with AsgiSocket(app, "/watch/mine/all", cookie=cookie) as socket:
            return [entry["id"] for entry in (await socket.hear())["entries"]]

    ann = new_person("Ann", is_teacher=True)
    hers = store.create(job("hers"), ann.id)
    assert asyncio.run(watch()) == []
    assert asyncio.run(watch(f"{COOKIE}={sign(ROOM, ann)}")) == [hers]


def test_one_socket_tells_of_several_and_leaves_out_what_is_not_there(store: Store, app: ASGIApp) -> None:
    run = begun(store)
    also = "&".join(f"also=watch/run/{name}?after=-1" for name in (run, "nowhere"))

    async def watch() -> set[str]:
        async with AsgiSocket(app, f"/watch/mine/all?{also}") as socket:
            return {(await socket.hear())["address"] for _ in range(2)}

    assert asyncio.run(watch()) == {"watch/mine/all", f"watch/run/{run}"}


def test_what_goes_on_is_read_for_everyone_at_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [store.create(job("0"), f"person {number}") for number in range(5)]
    looks: list[str | None] = []
    unfinished = store.unfinished

    def look(*, owner: str | None = None) -> list[Run]:
        looks.append(owner)
        return unfinished(owner=owner)

    monkeypatch.setattr(store, "unfinished", look)
    found = [goings_on().of(f"person {number}") for number in range(5)]
    assert [entry.id for entries in found for entry in entries] == runs
    assert looks == [None]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/watch/run/nowhere", 404),
        ("/watch/race/nowhere", 404),
        ("/watch/sweep/a", 400),
        ("/watch/run/a?after=x", 400),
        ("/watch/run/" + "a" * 65, 400),
        ("/watch/mine/all?also=watch/sweep/a", 400),
        ("/watch/mine/all?" + "&".join(["also=watch/run/a"] * 4), 400),
    ],
)
@pytest.mark.usefixtures("store")
def test_what_nobody_may_watch_is_refused_in_words(app: ASGIApp, address: str, status: int) -> None:
    found, words = refusal(app, address)
    assert found == status
    assert words.strip()


def test_a_race_has_no_other_axes(store: Store, app: ASGIApp) -> None:
    held = store.create_race(race("0", "1"), "me")
    assert refusal(app, f"/watch/race/{held}?axis=sideways")[0] == 404


@pytest.mark.usefixtures("class_room")
def test_a_deleted_run_is_watched_by_its_owner_and_the_teacher_alone(store: Store, app: ASGIApp) -> None:
    run = begun(store)
    store.move(run, ["running"], "cancelled")
    assert [refusal(app, f"/watch/run/{run}", who=who)[0] for who in (MEMBER, OWNER, TEACHER)] == [101, 101, 101]
    store.delete([run])
    assert [refusal(app, f"/watch/run/{run}", who=who)[0] for who in (MEMBER, OWNER, TEACHER)] == [404, 101, 101]
    assert refusal(app, f"/watch/run/{run}", who=MEMBER) == (404, f"There is no run '{run}' on this server.\n")


def begun_race(store: Store) -> tuple[str, list[str]]:
    """Begin a race, the first run of which was stopped; give its id and its runs'."""
    held = store.create_race(race("0", "1"), "me")
    runs = [run.id for run in store.race_runs(held)]
    store.claim(runs)
    for run in runs:
        store.append(run, [STARTED, *steps(1, 5)])
    store.move(runs[0], ["running"], "cancelled")
    return held, runs


async def lines_heard(app: ASGIApp, held: str, who: Person) -> list[int]:
    async with AsgiSocket(app, f"/watch/race/{held}", cookie=cookie_of(who)) as socket:
        return [line["total"] for line in (await socket.hear())["series"]]


@pytest.mark.usefixtures("class_room")
def test_of_a_race_others_hear_of_the_runs_that_are_in_the_history(store: Store, app: ASGIApp) -> None:
    held, runs = begun_race(store)
    store.delete(runs[:1])
    assert asyncio.run(lines_heard(app, held, OWNER)) == [5, 0, 5, 0]
    assert asyncio.run(lines_heard(app, held, MEMBER)) == [5, 0]


@pytest.mark.usefixtures("class_room")
def test_who_watches_a_race_hears_no_more_of_a_run_that_is_deleted_meanwhile(store: Store, app: ASGIApp) -> None:
    held, runs = begun_race(store)

    async def watch() -> None:
        async with AsgiSocket(app, f"/watch/race/{held}", cookie=cookie_of(MEMBER)) as socket:
            assert (await socket.hear())["series"]
            store.delete(runs[:1])
            store.append(runs[1], steps(6, 8))
            await socket.hear_close()

    asyncio.run(watch())


def test_no_more_watch_than_the_bound(store: Store, app: ASGIApp, monkeypatch: pytest.MonkeyPatch) -> None:
    run = begun(store)
    monkeypatch.setattr(watch_route, "MOST_WATCHERS", 1)

    async def watch() -> int:
        async with AsgiSocket(app, f"/watch/run/{run}") as first:
            await first.hear()
            async with AsgiSocket(app, f"/watch/run/{run}") as second:
                status = second.status
        async with AsgiSocket(app, f"/watch/run/{run}") as third:
            assert third.status == 101, "who left is still counted"
        return status

    assert asyncio.run(watch()) == 503


def test_many_watchers_read_the_store_as_often_as_one(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    run = begun(store)
    looks: list[Asked] = []
    read = subjects.read

    def look(asked: Asked) -> subjects.Rows | None:
        looks.append(asked)
        return read(asked)

    monkeypatch.setattr(subjects, "read", look)

    async def watch() -> list[bytes]:
        feed = Feed(Asked(kind="run", id=run))
        for _ in range(300):
            feed.join()
        told = await asyncio.gather(*(feed.after(-1) for _ in range(300)))
        assert [feed.leave() for _ in range(300)] == [False] * 299 + [True]
        return [message for _, message in told]

    messages = asyncio.run(watch())
    assert len(looks) == 1
    assert len({id(message) for message in messages}) == 1
