"""A device is measured once, in a process of its own that gives way and never outlives who asked for it."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from explorer.runs.calibration import COMMAND, Calibration
from explorer.runs.module import ROOT
from tests.laptop import LAPTOP
from tests.runs.scene import wait_until

ONCE = """
import pathlib, sys
with open(sys.argv[1], "a") as told: told.write("x")
print(sys.argv[2])
"""
FOREVER = "import sys; sys.stdin.read()"
FAILING = "import sys; sys.exit(3)"


def _measuring(home: Path, script: str, *arguments: str) -> Calibration:
    return Calibration(home, command=(sys.executable, "-c", script, *arguments))


def test_a_device_is_measured_once_and_known_after_a_restart(tmp_path: Path) -> None:
    told = tmp_path / "told"
    first = _measuring(tmp_path, ONCE, str(told), msgspec.json.encode(LAPTOP).decode())
    first.measure("cpu", {})
    wait_until(lambda: first.speed("cpu") == LAPTOP)
    first.measure("cpu", {})
    second = Calibration(tmp_path)
    second.measure("cpu", {})
    assert second.speed("cpu") == LAPTOP
    assert not second.is_measuring("cpu")
    assert told.read_text() == "x"


def test_measuring_gives_way_to_a_run_and_can_begin_again(tmp_path: Path) -> None:
    calibration = _measuring(tmp_path, FOREVER)
    for _ in range(2):
        calibration.measure("cpu", {})
        assert calibration.is_measuring("cpu")
        calibration.give_way()
        wait_until(lambda: not calibration.is_measuring("cpu"))
    assert calibration.speed("cpu") is None


def test_a_device_that_cannot_be_measured_is_left_alone(tmp_path: Path) -> None:
    calibration = _measuring(tmp_path, FAILING)
    calibration.measure("cpu", {})
    wait_until(lambda: not calibration.is_measuring("cpu"))
    calibration.measure("cpu", {})
    assert not calibration.is_measuring("cpu")


@pytest.mark.parametrize("content", [b"", b"{", b'{"per_layer": "fast"}'])
def test_a_broken_file_is_no_speed(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "speed-cpu.json").write_bytes(content)
    assert Calibration(tmp_path).speed("cpu") is None


def test_the_real_process_ends_with_who_asked_for_it() -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen([*COMMAND, "cpu"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as process:
        printed, _ = process.communicate(timeout=120)  # closes its input
    assert (printed, process.returncode) == (b"", 0)
