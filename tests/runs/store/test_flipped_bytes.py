"""A file with one flipped byte: only `StoreError` is raised, and no job and no event silently reads otherwise."""

import itertools
import random
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from explorer.experiments.sweep.sweep import Choices, Sweep
from explorer.runs.store.backups import back_up
from explorer.runs.store.damage.recovery import open_store
from explorer.runs.store.database import StoreError
from explorer.runs.store.reader import Reader
from explorer.runs.store.room_events import Row
from explorer.runs.store.rows import Run
from explorer.runs.store.store import Store
from explorer.training.events import Event, Finished
from explorer.training.recipe.recipe import Job
from tests.runs.scene import events, find, job, race
from tests.runs.scripted_worker import started, step

FLIPS = 256
ROOM = "ABCDEF"

pytestmark = pytest.mark.slow


class Kept(NamedTuple):
    """What was written of a run."""

    job: Job
    events: list[Event]


class Written(NamedTuple):
    """A file as it was written, and what is in it."""

    path: Path
    runs: dict[str, Kept]
    groups: tuple[str, str]
    in_room: tuple[Row, ...]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    path = tmp_path_factory.mktemp("whole") / "runs.sqlite"
    with closing(Store(path)) as store:
        held = store.create_race(race("a", "b", seeds=2), "me")
        varied = store.create_sweep(Sweep(base=job("c"), axes=(Choices("batch_size", (8, 16)),)), "me")
        runs = [*(store.create(job(f"run {number}"), "you") for number in range(8))]
        runs += [run.id for run in (*store.race_runs(held), *store.sweep_runs(varied))]
        for number, run_id in enumerate(runs[2:]):
            store.claim([run_id])
            store.append(run_id, [started("a"), *map(step, range(1, 10 * number))])
            store.append(run_id, [Finished(reason="epochs", seconds=1.0)])
        kept = {run_id: Kept(find(store, run_id).job, events(store, run_id)) for run_id in runs}
        store.room_events.rows(ROOM)
        in_room = tuple(Row(number, float(number), f"p{number}", "{}" * number) for number in range(1, 40))
        for row in in_room:
            store.room_events.append(ROOM, row)
    return Written(path, kept, (held, varied), in_room)


def flips(size: int) -> Iterator[tuple[int, int]]:
    """Give places of a file, the first hundred bytes among them more often, and by what each is changed."""
    chance = random.Random(7)
    places = [*chance.sample(range(100), 16), *chance.sample(range(size), FLIPS - 16)]
    return ((place, chance.randrange(1, 256)) for place in places)


def flipped(written: Written, folder: Path, place: int, mask: int) -> Path:
    content = bytearray(written.path.read_bytes())
    content[place] ^= mask
    path = folder / "runs.sqlite"
    path.write_bytes(content)
    return path


def look_everywhere(reader: Reader, written: Written) -> None:
    """Read as the pages do."""
    reader.history(100)
    reader.group_titles()
    reader.list_runs(100)
    reader.unfinished()
    reader.last_starts()
    reader.ended_in_sweeps()
    reader.interrupted_in_sweeps()
    held, varied = written.groups
    reader.race_runs(held)
    reader.sweep_runs(varied)
    reader.race(held)
    reader.sweep(varied)


def differs(reader: Reader, run_id: str, kept: Kept) -> str:
    """Say what silently reads otherwise of a run; nothing where all is as it was, or said to be damaged."""
    found = reader.run(run_id)
    if found is None:
        return "is gone"
    read = [event for _, event in reader.events(run_id)]
    if any(event not in kept.events for event in read):
        return "has other events"
    if not found.is_readable:
        return ""
    if found.job != kept.job:
        return "has another job"
    return "lacks events" if len(read) < len(kept.events) and len(read) >= found.num_events else ""


def words_of(reader: Reader, written: Written) -> tuple[list[str], list[str]]:
    """Look at everything; gives the errors, which are typed, and what silently reads otherwise."""
    errors, found = [], []
    try:
        look_everywhere(reader, written)
    except StoreError as error:
        errors.append(str(error))
    for run_id, kept in written.runs.items():
        try:
            if other := differs(reader, run_id, kept):
                found.append(f"{run_id} {other}")
        except StoreError as error:
            errors.append(str(error))
    try:
        if any(row.line and row not in written.in_room for row in reader.room_events.rows(ROOM)):
            found.append("a room has other events")
    except StoreError as error:
        errors.append(str(error))
    return errors, found


@pytest.mark.parametrize("is_backed_up", [False, True], ids=["alone", "with a backup"])
def test_a_server_that_starts_on_a_flipped_byte_tells_all_that_is_not_as_it_was(
    written: Written, tmp_path: Path, is_backed_up: bool
) -> None:
    backup = back_up(written.path, tmp_path / "backup.sqlite")
    silent, lost, refused = {}, {}, {}
    chosen = itertools.islice(flips(written.path.stat().st_size), FLIPS // 4 if is_backed_up else FLIPS)
    for number, (place, mask) in enumerate(chosen):
        folder = tmp_path / str(number)
        (folder / "backups").mkdir(parents=True)
        if is_backed_up:
            shutil.copy(backup, folder / "backups" / "runs-2026.sqlite")
        path = flipped(written, folder, place, mask)
        try:
            store, notice = open_store(path)
        except StoreError as error:
            refused[place, mask] = str(error)
            continue
        with closing(store):
            errors, found = words_of(store, written)
        if others := [words for words in errors if not words.startswith(("The race", "The sweep"))]:
            silent[place, mask] = others
        if found and not notice:
            silent[place, mask] = found
        if len(found) > len(written.runs) // 2 or (found and is_backed_up):
            lost[place, mask] = found
        shutil.rmtree(folder)
    assert (silent, lost) == ({}, {})
    assert all("newer version" in words for words in refused.values()), refused


def test_a_server_that_runs_says_in_words_what_it_cannot_read(written: Written, tmp_path: Path) -> None:
    silent = {}
    for place, mask in flips(written.path.stat().st_size):
        _, found = words_of(Reader(flipped(written, tmp_path, place, mask)), written)
        if others := [words for words in found if not words.endswith("is gone")]:
            silent[place, mask] = others
    assert silent == {}


def test_a_run_that_is_not_as_it_was_written_is_listed_as_that(written: Written, tmp_path: Path) -> None:
    named = b'"name":"run '
    place = written.path.read_bytes().index(named) + len(named)
    path = flipped(written, tmp_path, place, ord("0") ^ ord("8"))
    listed: list[Run] = Reader(path).history(100)
    marked = [run for run in listed if run.state == "unreadable"]
    assert (len(listed), len(marked)) == (len(written.runs), 1)
    assert "checksum" in (marked[0].cause or "")
