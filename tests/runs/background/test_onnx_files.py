"""The ONNX files that a server prepares: real processes, one at a time, whose end and failure are told."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import onnx
import pytest
from msgspec.structs import replace

from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture, to_json
from explorer.runs.background import onnx_files
from explorer.runs.background.onnx_files import NOT_READY, TOO_MANY, UNUSED, OnnxFile, OnnxFiles
from explorer.runs.child_process import ROOT, ChildProcess, module_command
from explorer.runs.scratch_folder import clear_abandoned
from tests.runs.scene import child_pids, is_alive, wait_until

LENET = PRESETS["lenet-d2l"].architecture
PATIENCE = 120  # seconds
MAKER = "explorer.runs.background.onnx_maker"


SERVER = """
import sys, threading
from pathlib import Path
from explorer.architecture.presets import PRESETS
from explorer.runs.background.onnx_files import OnnxFiles

files = OnnxFiles(Path(sys.argv[1]))
files.prepare(PRESETS["lenet-d2l"].architecture, "me")
threading.Event().wait()
"""


STAND_IN = """
import json, sys
size = int(json.loads(input())["name"].split()[-1])
open(sys.argv[1], "wb").write(bytes(size))
"""


@pytest.fixture
def files(tmp_path: Path) -> Iterator[OnnxFiles]:
    files = OnnxFiles(tmp_path)
    yield files
    files.close()


def prepared(files: OnnxFiles, design: Architecture, person: str = "me") -> OnnxFile:
    files.prepare(design, person)
    file = files.find(design)
    assert file is not None
    return file


@pytest.mark.slow
def test_a_file_is_made_once_and_can_be_read(files: OnnxFiles) -> None:
    assert files.find(LENET) is None
    file = prepared(files, LENET)
    assert prepared(files, LENET) is file
    assert file.wait(PATIENCE)
    assert file.cause == ""
    with file.open() as made:
        onnx.checker.check_model(onnx.load_model(made))


@pytest.mark.slow
def test_a_file_that_cannot_be_made_says_why_and_can_be_tried_again(files: OnnxFiles) -> None:
    misfit = replace(LENET, input_shape=(1, 9, 9))
    file = prepared(files, misfit)
    assert file.wait(PATIENCE)
    assert file.cause.startswith("Layer 4 (conv2): The 5×5 kernel is larger")
    assert prepared(files, misfit) is not file


@pytest.mark.slow
def test_an_old_file_makes_room_for_a_new_one(files: OnnxFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_files, "KEPT", 1)
    designs = [replace(LENET, name=name, layers=()) for name in ("old", "new")]  # of them no file can be made
    for design in designs:
        assert prepared(files, design).wait(PATIENCE)
    assert [files.find(design) is None for design in designs] == [True, False]


def made(files: OnnxFiles, name: str, *, size: int = 1_000, person: str = "me") -> OnnxFile:
    """Have the stand-in for the maker make a file."""
    file = prepared(files, replace(LENET, name=f"{name} {size}"), person)
    assert file.wait(PATIENCE)
    assert file.cause == ""
    return file


def is_there(files: OnnxFiles, file: OnnxFile) -> bool:
    """Try to save a file."""
    found = files.open(file.id)
    if found:
        found.close()
    return found is not None


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a process of a moment make the files: as large as a design's name says."""
    monkeypatch.setattr(onnx_files, "module_command", lambda _, path: [sys.executable, "-c", STAND_IN, path])


@pytest.mark.usefixtures("stand_in")
def test_a_made_file_is_opened_by_its_id_alone(files: OnnxFiles) -> None:
    file = made(files, "a")
    with files.open(file.id) or pytest.fail("it is not there") as found:
        assert len(found.read()) == 1_000
    assert files.open("1.onnx") is None
    file.remove()
    assert files.open(file.id) is None


@pytest.mark.usefixtures("stand_in")
def test_files_are_too_large_together_and_the_oldest_make_room(
    files: OnnxFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnx_files, "MOST_BYTES", 2_500)
    old, newer, newest = (made(files, name) for name in ("old", "newer", "newest"))
    assert files.find(LENET) is None  # a look is enough
    assert [is_there(files, each) for each in (old, newer, newest)] == [False, True, True]
    assert len(list((tmp_path / "scratch").glob("*/*.onnx"))) == 2


def test_one_person_takes_no_others_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = "import sys; sys.stdin.read()"
    monkeypatch.setattr(onnx_files, "module_command", lambda _, path: [sys.executable, "-c", endless, path])
    with closing(OnnxFiles(tmp_path)) as files:
        greedy = [prepared(files, replace(LENET, name=f"{number}")) for number in range(NOT_READY)]
        refused = prepared(files, replace(LENET, name="one more"))
        assert (refused.ended, refused.cause) == (True, TOO_MANY)
        assert not prepared(files, LENET, "other").ended
        assert not any(file.ended for file in greedy)


@pytest.mark.usefixtures("stand_in")
def test_who_has_many_files_makes_room_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_files, "KEPT", 3)
    with closing(OnnxFiles(tmp_path)) as files:
        others = made(files, "others", person="other")
        greedy = [made(files, f"greedy {number}") for number in range(5)]
        assert files.find(LENET) is None  # a look is enough
        assert is_there(files, others)
        assert [is_there(files, file) for file in greedy] == [False, False, False, True, True]


@pytest.mark.usefixtures("stand_in")
def test_a_file_that_nobody_saves_goes_after_a_while(files: OnnxFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_000.0]
    monkeypatch.setattr("explorer.runs.background.onnx_files.time.monotonic", lambda: now[0])
    saved, left = made(files, "saved"), made(files, "left")
    now[0] += 0.7 * UNUSED
    assert is_there(files, saved)
    now[0] += 0.7 * UNUSED
    files.find(LENET)
    assert [is_there(files, each) for each in (saved, left)] == [True, False]


@pytest.mark.usefixtures("stand_in")
def test_what_failed_leaves_nothing_on_the_disk(
    files: OnnxFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "import sys; open(sys.argv[1], 'wb').write(bytes(9)); sys.exit('The disk is full.')"
    monkeypatch.setattr(onnx_files, "module_command", lambda _, path: [sys.executable, "-c", script, path])
    file = prepared(files, LENET)
    assert file.wait(PATIENCE)
    assert file.cause == "The disk is full."
    assert list((tmp_path / "scratch").glob("*/*.onnx")) == []


def test_closing_ends_what_is_made(files: OnnxFiles) -> None:
    file = prepared(files, LENET)
    files.close()
    assert file.ended
    with pytest.raises(FileNotFoundError):
        file.open()


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    file = prepared(OnnxFiles(tmp_path / "home"), LENET)
    assert file.wait(PATIENCE)
    assert file.cause == "The process that makes it did not start (Not a directory). Try again later."


def test_the_process_that_makes_a_file_ends_with_its_input(tmp_path: Path) -> None:
    """Here it would wait for ever to write."""
    os.mkfifo(tmp_path / "file")
    process = ChildProcess(module_command(MAKER, str(tmp_path / "file")))
    process.send(to_json(LENET).encode() + b"\n")
    process.close_input()
    assert process.wait(PATIENCE)
    assert process.end is not None
    assert process.end.status == 0


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="of other systems, none ends a process that is stopped")
def test_a_server_that_is_killed_leaves_no_process_and_the_next_start_no_file(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", SERVER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE) as server:
        wait_until(lambda: child_pids(MAKER, of=server.pid))
        (maker,) = child_pids(MAKER, of=server.pid)
        wait_until(lambda: len(list(Path(f"/proc/{maker}/task").iterdir())) > 1)  # one hears the end of input
        os.kill(maker, signal.SIGSTOP)  # so that it does not end by itself
        server.kill()
    wait_until(lambda: not is_alive(maker))
    (left,) = (path for path in (tmp_path / "scratch").iterdir() if path.is_dir())
    (left / "1.onnx").write_bytes(bytes(1_000))
    clear_abandoned(tmp_path)
    assert list((tmp_path / "scratch").iterdir()) == []
