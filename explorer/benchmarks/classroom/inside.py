"""How fast one looks inside: beside bare forward passes, as a share of a run that keeps weights, and thirty at once.

Absolute figures mean little on a shared machine: quote the ratios.
"""

import asyncio
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

import msgspec
import torch
from msgspec.structs import replace
from safetensors.torch import save
from torch import Tensor, nn

from explorer.architecture.build import build
from explorer.architecture.presets import PRESETS
from explorer.benchmarks.classroom.served import serve
from explorer.benchmarks.classroom.student import Student
from explorer.data.datasets import load
from explorer.looking.ascent import ascent
from explorer.looking.exciting import nine_strongest, responses
from explorer.looking.maps import maps
from explorer.runs.store.run_files import kept_files
from explorer.runs.store.store import Store
from explorer.training.events import Event, Failed
from explorer.training.loop.batches import to_input
from explorer.training.loop.control import Control
from explorer.training.loop.train import train
from explorer.training.recipe.recipe import Job, Recipe
from explorer.training.weights.weight_files import FileWeightKeeper

LENET = PRESETS["lenet-d2l"].architecture
PICTURES = 1_000
LAYER = "conv2"
PEOPLE, LOOKS = 30, 10  # at once, each so many pictures one after another
SETTLE, EDITING, PAUSE = 8.0, 20.0, 2.0  # seconds: until all are there, that they edit, between two edits or looks
STARTS = 60.0  # seconds within which a server answers
TRAINED = Job(LENET, Recipe(epochs=4, device="cpu"))


class Look(msgspec.Struct, frozen=True):
    """One kind of look: milliseconds of it, and over its yardstick's."""

    what: str
    milliseconds: float
    yardstick: str
    ratio: float


def looks(*, rounds: int) -> Iterator[Look]:
    """Measure each kind of look beside its yardstick, in turn; medians."""
    network, inputs = build(LENET).eval(), to_input(load("fashion-mnist-subset").test.images[:PICTURES], (1, 28, 28))
    ground = torch.zeros(LENET.input_shape)
    one, all_of_them = _forward(network, inputs[:1]), _forward(network, inputs)
    yield _look(
        "all maps of a picture, as a file", lambda: save(_own(maps(network, inputs[0]))), one, rounds=20 * rounds
    )
    yield _look(f"nine strongest of {PICTURES:,}", lambda: _nine(network, inputs), all_of_them, rounds=rounds)
    yield _look("a climbed picture", lambda: ascent(network, ground, layer=LAYER, channel=0), one, rounds=rounds)


def _look(what: str, look: Callable[[], object], bare: Callable[[], object], *, rounds: int) -> Look:
    pairs = [(_milliseconds(look), _milliseconds(bare)) for _ in range(rounds + 1)][1:]
    mine, other = zip(*pairs, strict=True)
    ratio = statistics.median(one / two for one, two in pairs)
    return Look(what, statistics.median(mine), f"a bare forward pass, {statistics.median(other):.1f} ms", ratio)


def _forward(network: nn.Sequential, inputs: Tensor) -> Callable[[], object]:
    def forward() -> None:
        with torch.inference_mode():
            network(inputs)

    return forward


def _own(found: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: value.clone(memory_format=torch.contiguous_format) for name, value in found.items()}


def _nine(network: nn.Sequential, inputs: Tensor) -> Tensor:
    return nine_strongest(responses(network, inputs, layer=LAYER), channel=0)


class _TimedKeeper:
    """Keeps weights in a folder, and counts the seconds that this takes from the run."""

    def __init__(self, folder: Path) -> None:
        self._keeper = FileWeightKeeper(folder)
        self.seconds = 0.0

    def keep(self, network: nn.Sequential, *, step: int, looks: int) -> Iterator[Event]:
        """Keep them."""
        started = time.perf_counter()
        yield from self._keeper.keep(network, step=step, looks=looks)
        self.seconds += time.perf_counter() - started


def keeping(*, rounds: int) -> Look:
    """Measure what a run's time goes to keeping its weights at each look inside."""
    shares = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            keeper, started = _TimedKeeper(Path(folder)), time.perf_counter()
            for event in train(TRAINED, control=Control(weight_keeper=keeper)):
                if isinstance(event, Failed):
                    raise RuntimeError(event.cause)
            shares.append((1e3 * keeper.seconds, keeper.seconds / (time.perf_counter() - started)))
    milliseconds, ratio = map(statistics.median, zip(*shares, strict=True))
    return Look("keeping a run's weights", milliseconds, "the run", ratio)


def at_once() -> list[float]:
    """Give the milliseconds until each of thirty people has each of ten pictures' maps, all asking at the same time."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        run = _kept_run(home)
        with serve(home) as served:
            address = f"http://{served.host}/look/{run}/0/test"
            _wait_for(f"{address}/0")
            with ThreadPoolExecutor(PEOPLE) as people:
                waits = people.map(partial(_look_through, address), range(PEOPLE))
                return sorted(wait for each in waits for wait in each)


class Edits(NamedTuple):
    """Seconds from each edit until its page was drawn: with nothing else to do, and while as many people look."""

    alone: list[float]
    beside: list[float]


def edits_beside_looks() -> Edits:
    """Let a class edit, and the same class while others look at one new picture after another."""
    with tempfile.TemporaryDirectory() as folder:
        run = _kept_run(Path(folder))
        with serve(Path(folder)) as served:
            address = f"http://{served.host}/look/{run}/0/test"
            _wait_for(f"{address}/0")
            alone = asyncio.run(_edits(served.host))
            over = threading.Event()
            with ThreadPoolExecutor(PEOPLE) as people:
                looking = [people.submit(_look_on, address, person, over) for person in range(PEOPLE)]
                beside = asyncio.run(_edits(served.host))
                over.set()
            for each in looking:
                each.result()
    return Edits(alone, beside)


async def _edits(host: str) -> list[float]:
    since = time.monotonic() + SETTLE
    students = [Student(host, random.Random(person)) for person in range(PEOPLE)]
    editing = (student.edit(since=since, until=since + EDITING, pause=PAUSE) for student in students)
    return sorted(taken for each in await asyncio.gather(*editing) for taken in each)


def _look_on(address: str, person: int, over: threading.Event) -> None:
    picture = person
    while not over.wait(PAUSE):
        _read(f"{address}/{picture % PICTURES}")
        picture += PEOPLE


def _look_through(address: str, person: int) -> list[float]:
    return [_milliseconds(partial(_read, f"{address}/{LOOKS * person + i}")) for i in range(LOOKS)]


def _kept_run(home: Path) -> str:
    with closing(Store(home / "runs.sqlite")) as store:
        run = store.create(replace(TRAINED, recipe=replace(TRAINED.recipe, epochs=1)), "someone")
        store.move(run, ["queued"], "cancelled")
    for event in FileWeightKeeper(kept_files(home).weights.path(run)).keep(build(LENET), step=0, looks=1):
        raise RuntimeError(str(event))
    return run


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + STARTS
    while True:
        try:
            _read(address)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return


def _read(address: str) -> None:
    with urlopen(address, timeout=STARTS) as answer:
        answer.read()


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return 1e3 * (time.perf_counter() - started)
