"""How long the Runs page's own work takes on a history of a thousand runs, next to reading that history alone."""

import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median

import msgspec
from msgspec.structs import replace

from explorer.architecture.kinds.dense import Linear
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.runs.store.reader import Reader
from explorer.runs.store.store import Store
from explorer.training.events import Epoch, Event, Finished, Started, Step
from explorer.training.recipe.recipe import Job, Recipe
from explorer.views.drawing.thumbnail import Thumbnails, thumbnail
from explorer.views.runs.history import Search, entries, matching, ordered, told
from explorer.views.runs.history_table import HistoryTable, history_table

BOUND = 300.0  # ms
RUNS, STEPS, EPOCHS = 1_000, 1_000, 10
DESIGNS = 50  # a class's: nobody's thousand runs are of a thousand networks
ROUNDS = 7
PATIENCE = 0.15  # seconds for new small pictures in one drawing, as the page has it


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """Medians in ms of what one run of the page does for its list."""

    runs: int
    events: int
    cold: float  # the first time, when no job was read and no picture drawn
    page: float  # read, search, sort, and lay the first hundred rows out
    all_rows: float  # the same with a row for every run
    read: float  # of that, reading the rows alone


def bench_runs(*, runs: int = RUNS, steps: int = STEPS) -> Listed:
    """Fill a store in a folder of its own, then list it; the filling takes most of the time."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "runs.sqlite"
        with closing(Store(path)) as store:
            for number in range(runs):
                _fill(store, number, steps=steps)
        reader, pictures = Reader(path), Thumbnails()
        thumbnail(PRESETS["alexnet-28"].architecture)  # torch's own start is no part of it
        told.cache_clear()
        return Listed(
            runs=runs,
            events=runs * (steps + EPOCHS + 2),
            cold=_milliseconds(lambda: _page(reader, pictures, Search()), rounds=1),
            page=_milliseconds(lambda: _page(reader, pictures, Search(query="adam fashion"))),
            all_rows=_milliseconds(lambda: _page(reader, pictures, Search(most=runs))),
            read=_milliseconds(lambda: reader.history(runs)),
        )


def _page(reader: Reader, pictures: Thumbnails, search: Search) -> bytes:
    found = matching(entries(reader.history(RUNS), reader.group_titles()), search.query)
    shown = ordered(found, search.column, falling=search.falling)[: search.most]
    designs = [told(run.job_json).job.architecture for entry in shown for run in entry.runs]
    drawn = pictures.find(designs, seconds=PATIENCE)
    table: HistoryTable = history_table(shown, pictures=drawn, column=search.column, falling=search.falling)
    return msgspec.json.encode(table)


def _milliseconds(action: Callable[[], object], *, rounds: int = ROUNDS) -> float:
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        action()
        taken.append(1_000 * (time.perf_counter() - start))
    return median(taken)


def _fill(store: Store, number: int, *, steps: int) -> None:
    recipe = Recipe(optimizer=("SGD", "Adam")[number % 2], learning_rate=0.001, seed=number)
    run = store.create(Job(_design(number), recipe), "bench")
    store.move(run, ["queued"], "starting")
    store.append(run, list(_events(steps)))


def _design(number: int) -> Architecture:
    """Give LeNet with another number of hidden units."""
    lenet = PRESETS["lenet-d2l"].architecture
    place = next(i for i, layer in enumerate(lenet.layers) if isinstance(layer, Linear))
    layers = list(lenet.layers)
    layers[place] = Linear(out_features=100 + number % DESIGNS)
    return replace(lenet, layers=tuple(layers))


def _events(steps: int) -> list[Event]:
    events: list[Event] = [
        Started(
            device="cpu",
            dataset="fashion-mnist-subset",
            train_size=6_000,
            test_size=1_000,
            num_params=61_706,
            num_steps=steps,
            steps_per_epoch=steps // EPOCHS,
        )
    ]
    for step in range(1, steps + 1):
        epoch, seconds, loss, share = EPOCHS * step / steps, step / 50, 2.3 / step**0.3, 1 - 0.9 / step**0.3
        events.append(Step(step, epoch, seconds, loss, share, 9_000.0))
        if step % (steps // EPOCHS) == 0:
            events.append(Epoch(step, epoch, seconds, loss, share, loss, share))
    return [*events, Finished(reason="epochs", seconds=steps / 50)]


def report(listed: Listed) -> list[str]:
    """Say the figures, a line each."""
    return [
        f"{listed.runs:,} runs with {listed.events:,} events, medians of {ROUNDS} rounds:",
        f"first list, with new pictures  {listed.cold:7.0f} ms",
        f"list of a search, 100 rows     {listed.page:7.0f} ms  (bound: at most {BOUND:g} ms)",
        f"list of all rows               {listed.all_rows:7.0f} ms  (bound: at most {BOUND:g} ms)",
        f"of that, reading alone         {listed.read:7.0f} ms, so all is {listed.all_rows / listed.read:.1f} × that",
    ]
