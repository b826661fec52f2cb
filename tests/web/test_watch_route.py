"""The stream of what is watched, from the store to a socket: one reader for many, refusals, the end."""

import asyncio
import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.types import ASGIApp

from explorer.runs.scheduler.server import Runs
from explorer.runs.store.store import Store
from explorer.training.events import Started, Step
from explorer.web.base import once
from explorer.web.served import routes
from explorer.web.watching import subjects, watch_route
from explorer.web.watching.asked import Asked
from explorer.web.watching.feed import Feed
from tests.runs.scene import job, race
from tests.web.asgi_socket import AsgiSocket

STARTED = Started(
    device="cpu", dataset="d", train_size=640, test_size=1, num_params=1, num_steps=100, steps_per_epoch=10
)


def steps(first: int, last: int) -> list[Step]:
    return [Step(n, n / 10, n / 5, math.exp(-n / 100), n / 1_000, 50.0) for n in range(first, last + 1)]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    opened = Store(tmp_path / "runs.sqlite")
    runs = Runs(opened, ())
    for module in ("watching.subjects", "base.shared"):
        monkeypatch.setattr(f"explorer.web.{module}.runs", lambda: runs)
    once.forget_all()
    yield opened
    opened.close()
    once.forget_all()


@pytest.fixture
def app() -> ASGIApp:
    return Starlette(routes=routes())


def begun(store: Store) -> str:
    run = store.create(job("0"), "me")
    store.claim([run])
    store.append(run, [STARTED, *steps(1, 5)])
    return run


def refusal(app: ASGIApp, address: str) -> tuple[int, str]:
    """Give the status and the words by which an address is refused."""

    async def open_it() -> tuple[int, str]:
        async with AsgiSocket(app, address) as socket:
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


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/watch/run/nowhere", 404),
        ("/watch/race/nowhere", 404),
        ("/watch/sweep/a", 400),
        ("/watch/run/a?after=x", 400),
        ("/watch/run/" + "a" * 65, 400),
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


def test_nobody_watches_what_they_may_not_see(store: Store, app: ASGIApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_route, "may_watch", lambda *_: False)
    assert refusal(app, f"/watch/run/{begun(store)}")[0] == 404


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
