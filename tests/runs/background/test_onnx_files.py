"""The ONNX files that a server prepares: real processes, one at a time, whose end and failure are told."""

from collections.abc import Iterator

import onnx
import pytest
from msgspec.structs import replace

from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.runs.background import onnx_files
from explorer.runs.background.onnx_files import OnnxFile, OnnxFiles

LENET = PRESETS["lenet-d2l"].architecture
PATIENCE = 120  # seconds


@pytest.fixture
def files() -> Iterator[OnnxFiles]:
    files = OnnxFiles()
    yield files
    files.close()


def prepared(files: OnnxFiles, design: Architecture) -> OnnxFile:
    files.prepare(design)
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
    onnx.checker.check_model(onnx.load_from_string(file.read()))


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


def test_closing_ends_what_is_made(files: OnnxFiles) -> None:
    file = prepared(files, LENET)
    files.close()
    assert file.ended
