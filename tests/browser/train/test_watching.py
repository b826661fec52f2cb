"""Watching in Chromium: a run's numbers reach its watchers while their pages stand still, its end draws them anew."""

import math
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Page, WebSocket, expect

from explorer.architecture.presets import PRESETS
from explorer.runs.store.store import Store
from explorer.training.events import Started, Step
from explorer.training.recipe.recipe import Job, Recipe
from tests.browser.conftest import ROOT, OpenPage, Serve
from tests.browser.steps import curve, epochs_shown, points, wait_for_more_points, zoom

STARTED = Started(
    device="cpu", dataset="d", train_size=6_000, test_size=1, num_params=1, num_steps=1_000, steps_per_epoch=10
)


class Script:
    """A run that goes as a test says: this process writes its events, as the server does that trains."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.id = store.create(Job(PRESETS["lenet-d2l"].architecture, Recipe(epochs=100)), "somebody")
        self.steps = 0
        store.claim([self.id])
        store.append(self.id, [STARTED])

    def grow(self, steps: int) -> None:
        """Take some steps."""
        told = range(self.steps + 1, self.steps + steps + 1)
        self._store.append(self.id, [Step(n, n / 10, n / 5, math.exp(-n / 100), n / 1_000, 50.0) for n in told])
        self.steps += steps

    def stop(self) -> None:
        """End it."""
        self._store.move(self.id, ["running"], "cancelled")


@pytest.fixture(scope="module")
def store(file_home: Path) -> Iterator[Store]:
    """The runs of another server, which holds the folder."""
    file_home.mkdir()
    with FileLock(file_home / "server.lock"), closing(Store(file_home / "runs.sqlite")) as opened:
        yield opened


@pytest.fixture(scope="module")
def address(store: Store, serve_file: Serve) -> str:  # it begins as one that only shows
    """A server below a path, as behind a proxy: what is watched, and the chart's library, are found there too."""
    return serve_file(ROOT / "app.py", "--server.baseUrlPath=class") + "/class"


@pytest.fixture
def script(store: Store) -> Script:
    return Script(store)


def page_messages(page: Page) -> list[str]:
    """Collect the messages by which Streamlit draws a page, from its next load on."""
    received: list[str] = []

    def listen(socket: WebSocket) -> None:
        if "_stcore/stream" in socket.url:
            socket.on("framereceived", lambda _: received.append(socket.url))

    page.on("websocket", listen)
    return received


def test_a_page_stands_still_while_its_run_goes_on_and_hears_of_its_end(
    address: str, open_page: OpenPage, script: Script
) -> None:
    script.grow(5)
    page = open_page(address)
    messages = page_messages(page)
    page.goto(f"{address}/train?run={script.id}")
    wait_for_more_points(page, 4)
    expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "0")
    limits = zoom(page)
    curve(page).evaluate("(frame) => { frame.mark = 'the first' }")
    page.wait_for_load_state("networkidle")
    drawn = len(messages)

    for steps in range(25, 206, 20):
        script.grow(20)
        wait_for_more_points(page, steps - 1)
    expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "20")
    page.get_by_text(re.compile(r"^Epoch 20\.5 of 100 · 50 pictures a second · about .+ left$")).wait_for()
    assert len(messages) == drawn, "the page was drawn anew for numbers"
    assert points(page) == 205

    script.stop()
    page.get_by_text(re.compile(r"^Stopped: 205 steps in ")).wait_for()
    expect(page.get_by_role("progressbar")).to_have_count(0)
    assert len(messages) > drawn
    assert epochs_shown(page) == limits
    assert curve(page).evaluate("(frame) => frame.mark") == "the first"


def test_a_tab_that_lost_its_stream_goes_on_where_it_was(address: str, open_page: OpenPage, script: Script) -> None:
    page = open_page(address)
    page.goto(f"{address}/train?run={script.id}")
    script.grow(10)
    wait_for_more_points(page, 9)
    page.evaluate("window.explorerLine.socket.close()")
    script.grow(10)
    wait_for_more_points(page, 19)

    steps = curve(page).evaluate("(frame) => frame.data[0].x.map((epoch) => Math.round(10 * epoch))")
    assert steps == list(range(1, 21))
