"""The folder of runs under a running server: read-only, removed, held by another program, private."""

import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from explorer.runs.child_process import ROOT
from explorer.runs.scheduler.server import open_runs
from explorer.runs.store.database import BusyError, StoreError
from explorer.runs.store.reader import Reader
from explorer.runs.store.store import Store
from tests.runs.scene import allocations, events, find, job, wait_for_state
from tests.runs.scripted_worker import started, step

TOLD = 2.0  # seconds in which a person hears why nothing can be done
posix = pytest.mark.skipif(os.name != "posix", reason="rights are the system's own there")
SHOW = """
import json, os, sys
from pathlib import Path
from contextlib import closing
from explorer.runs.scheduler.server import ReadOnlyError, open_runs
from tests.runs.scene import job

if os.getuid() == 0:  # who may write everywhere
    os.setgid(65534)
    os.setuid(65534)
with closing(open_runs(Path(sys.argv[1]), allocations=())) as runs:
    shown = [[run.state, run.step, len(runs.store.events(run.id))] for run in runs.store.history(9)]
    try:
        runs.submit(job("a"), "me")
    except ReadOnlyError as error:
        print(json.dumps([shown, str(error)]))
"""


def shown_read_only(home: Path) -> tuple[list[list[object]], str]:
    """Open a folder in a process that may not write there; gives its runs, and why nothing is launched."""
    home.chmod(0o555)
    try:
        done = subprocess.run(
            [sys.executable, "-c", SHOW, str(home)],
            capture_output=True,
            env={"PYTHONPATH": str(ROOT), "PATH": ""},
            check=False,
        )
    finally:
        home.chmod(0o755)
    assert not done.returncode, done.stderr.decode()
    shown, words = json.loads(done.stdout)
    return shown, words


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder to which no closed one leads, as pytest's do."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        yield Path(made)


@posix
@pytest.mark.slow
@pytest.mark.parametrize("is_closed", [True, False], ids=["closed", "killed while it wrote"])
def test_a_folder_that_can_only_be_read_shows_its_history(open_folder: Path, tmp_path: Path, is_closed: bool) -> None:
    home = open_folder / "home"
    home.mkdir()
    with closing(Store(tmp_path / "runs.sqlite")) as store:
        run_id = store.create(job("a"), "me")
        store.append(run_id, [started("a"), step(1)])
        if is_closed:
            store.close()
        for path in tmp_path.glob("runs.sqlite*"):
            shutil.copyfile(path, home / path.name)
    shown, words = shown_read_only(home)
    assert shown == [["running", 1, 2]]
    assert "cannot be used" in words
    assert "only shows its runs" in words


@posix
def test_nothing_is_launched_into_a_folder_that_was_removed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with closing(open_runs(home, allocations=allocations(tmp_path))) as runs:
        wait_for_state(runs.store, runs.submit(job("steps 1"), "me"))
        shutil.rmtree(home)
        with pytest.raises(StoreError, match=r"was removed or replaced.*start it again"):
            runs.submit(job("steps 1"), "me")
        home.mkdir()
        with closing(Store(home / "runs.sqlite")), pytest.raises(StoreError, match="removed or replaced"):
            runs.submit(job("steps 1"), "me")


def test_what_another_program_holds_is_told_within_two_seconds_and_read_again_after(tmp_path: Path) -> None:
    with closing(Store(tmp_path / "runs.sqlite")) as store:
        run_id = store.create(job("a"), "me")
    reader = Reader(tmp_path / "runs.sqlite")
    with closing(sqlite3.connect(reader.path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        begun = time.monotonic()
        for _ in range(10):  # as a page asks
            with pytest.raises(BusyError, match="Close the other program"):
                reader.history(9)
        assert time.monotonic() - begun < TOLD
    assert find(reader, run_id).state == "queued"


@pytest.mark.slow
def test_what_is_asked_while_another_program_writes_is_refused_within_two_seconds(tmp_path: Path) -> None:
    with (
        closing(open_runs(tmp_path, allocations=allocations(tmp_path))) as runs,
        closing(sqlite3.connect(runs.store.path, isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        begun = time.monotonic()
        with pytest.raises(BusyError, match="Close the other program"):
            runs.submit(job("steps 1"), "me")
        assert time.monotonic() - begun < TOLD
        other.execute("ROLLBACK")
        assert wait_for_state(runs.store, runs.submit(job("steps 1"), "me")).state == "finished"


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@posix
def test_what_is_kept_is_its_owners_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with closing(open_runs(home, allocations=allocations(tmp_path))) as runs:
        wait_for_state(runs.store, runs.submit(job("steps 1"), "me"))
        kept = {path.name: rights(path) for path in home.iterdir() if path.name.startswith("runs.sqlite")}
    assert (rights(home), set(kept.values())) == (0o700, {0o600})
    home.chmod(0o755)
    (home / "runs.sqlite").chmod(0o644)
    (home / "checkpoints").mkdir(mode=0o755)
    (home / "checkpoints" / "a.safetensors").touch(mode=0o644)
    with closing(open_runs(home, allocations=allocations(tmp_path))):
        assert (rights(home), rights(home / "runs.sqlite")) == (0o700, 0o600)
        assert rights(home / "checkpoints" / "a.safetensors") == 0o600


@posix
def test_a_folder_that_others_write_to_stays_shared(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    with closing(open_runs(tmp_path, allocations=allocations(tmp_path))) as runs:
        assert rights(tmp_path) == 0o1777
        assert rights(runs.store.path) == 0o600


def test_a_damaged_file_is_told_for_as_long_as_the_server_runs(tmp_path: Path) -> None:
    with closing(open_runs(tmp_path, allocations=allocations(tmp_path))) as runs:
        run_id = runs.submit(job("steps 3"), "me")
        wait_for_state(runs.store, run_id)
        told = events(runs.store, run_id)
        assert runs.notice == ""
    content = bytearray((tmp_path / "runs.sqlite").read_bytes())
    content[:16] = bytes(16)
    (tmp_path / "runs.sqlite").write_bytes(content)
    with closing(open_runs(tmp_path, allocations=allocations(tmp_path))) as runs:
        assert "It was set aside as runs-damaged-" in runs.notice
        assert events(runs.store, run_id) == told
        assert wait_for_state(runs.store, runs.submit(job("steps 1"), "me")).state == "finished"
    (aside,) = tmp_path.glob("runs-damaged-*.sqlite")
    assert aside.read_bytes() == bytes(content)
