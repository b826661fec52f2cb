"""A device is measured in a process of its own, which gives way and outlives nobody; kept while runs bear it out."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from explorer.architecture.presets import PRESETS
from explorer.architecture.trace import trace
from explorer.runs.background.calibration import COMMAND, LEAST_SHARE, REST, TRIES, Calibration
from explorer.runs.child_process import ROOT
from explorer.runs.store.rows import Run, State
from explorer.training.cost.forecast import forecast
from explorer.training.cost.measurement import Measurement
from explorer.training.recipe.recipe import Job, Recipe
from tests.runs.scene import wait_until
from tests.training.laptop import LAPTOP, know_the_cpu, measured

ONCE = """
import sys
with open(sys.argv[1], "a") as told: told.write("x")
print(sys.argv[2])
"""
FOREVER = "import sys; sys.stdin.read()"
FAILING = "import sys; sys.exit(3)"
LENET = PRESETS["lenet-d2l"].architecture
LONG = Recipe(epochs=100, device="cpu")


class Now:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def _measuring(home: Path, script: str, *arguments: str, clock: Now | None = None) -> Calibration:
    return Calibration(home, command=(sys.executable, "-c", script, *arguments), clock=clock or Now())


def _finding(home: Path, found: Measurement, *, clock: Now | None = None) -> Calibration:
    """Give one whose process finds this, and tells the file `told` of each time."""
    return _measuring(home, ONCE, str(home / "told"), msgspec.json.encode(found).decode(), clock=clock)


def _measure(calibration: Calibration) -> None:
    """Measure the CPU, which nobody else needs, if it is to be; and wait for the end."""
    calibration.measure("cpu", {}, is_free=lambda: True)
    wait_until(lambda: not calibration.is_measuring("cpu"))


def _times(home: Path) -> int:
    return len((home / "told").read_text())


def _run(
    name: str,
    *,
    seconds: float,
    started: float = 1.0,
    state: State = "finished",
    step: int = 2400,
    recipe: Recipe = LONG,
) -> Run:
    return Run(
        id=name,
        owner="me",
        state=state,
        name="LeNet",
        dataset="fashion-mnist-subset",
        job_json=msgspec.json.encode(Job(LENET, recipe)).decode(),
        wanted_device="cpu",
        created=started,
        started=started,
        device="cpu",
        num_steps=2400,
        step=step,
        seconds=seconds,
    )


def _told() -> float:
    seconds = forecast(trace(LENET), LONG, LAPTOP).seconds
    assert seconds is not None
    return seconds


def test_a_device_is_measured_once_and_known_after_a_restart(tmp_path: Path) -> None:
    first = _finding(tmp_path, measured())
    _measure(first)
    assert first.speed("cpu") == LAPTOP
    _measure(first)
    second = _finding(tmp_path, measured())
    _measure(second)
    assert second.speed("cpu") == LAPTOP
    assert _times(tmp_path) == 1


def test_measuring_gives_way_to_a_run_and_can_begin_again(tmp_path: Path) -> None:
    calibration = _measuring(tmp_path, FOREVER)
    for _ in range(2):
        calibration.measure("cpu", {}, is_free=lambda: True)
        assert calibration.is_measuring("cpu")
        calibration.give_way()
        wait_until(lambda: not calibration.is_measuring("cpu"))
    assert calibration.speed("cpu") is None


def test_a_run_that_is_launched_while_measuring_begins_ends_it(tmp_path: Path) -> None:
    """It gave way a moment before there was anything to give way, and its row came a moment after the look."""
    calibration = _measuring(tmp_path, FOREVER)
    looks = iter([True, True, False])
    calibration.measure("cpu", {}, is_free=lambda: next(looks))
    wait_until(lambda: not calibration.is_measuring("cpu"))
    assert calibration.speed("cpu") is None
    calibration.measure("cpu", {}, is_free=lambda: False)
    assert not calibration.is_measuring("cpu")


def test_what_was_measured_on_a_busy_processor_is_not_kept_and_measured_again_later(tmp_path: Path) -> None:
    clock = Now()
    calibration = _finding(tmp_path, measured(cpu_share=LEAST_SHARE / 2), clock=clock)
    for times in range(1, TRIES + 1):
        assert calibration.speed("cpu") is None
        _measure(calibration)
        _measure(calibration)  # it rests
        assert _times(tmp_path) == times
        clock.seconds += REST
    assert calibration.speed("cpu") == LAPTOP, "a computer that is always busy is told nothing"
    assert Calibration(tmp_path).speed("cpu") is None


@pytest.mark.parametrize(
    ("run", "is_doubted"),
    [
        (_run("as told", seconds=_told()), False),
        (_run("slower", seconds=1.6 * _told()), True),
        (_run("quicker", seconds=_told() / 20), True),
        (_run("before", seconds=20 * _told(), started=-1.0), False),
        (_run("stopped", seconds=20 * _told(), state="cancelled"), False),
        (_run("at a limit", seconds=20 * _told(), step=12), False),
        (msgspec.structs.replace(_run("race", seconds=20 * _told()), race="r"), False),
        (_run("bfloat16", seconds=20 * _told(), recipe=replace(LONG, precision="bfloat16")), False),
        (_run("augmented", seconds=20 * _told(), recipe=replace(LONG, augmentation="flip")), False),
    ],
    ids=lambda value: value.id if isinstance(value, Run) else "",
)
def test_a_device_is_measured_anew_once_a_run_took_another_time_than_was_told(
    tmp_path: Path, run: Run, *, is_doubted: bool
) -> None:
    know_the_cpu(tmp_path)
    calibration = _finding(tmp_path, measured(at=2.0))
    calibration.judge("cpu", [run])
    assert calibration.is_wanted("cpu") == is_doubted
    assert calibration.speed("cpu") == LAPTOP
    if is_doubted:
        _measure(calibration)
        for known in (calibration, Calibration(tmp_path)):
            known.judge("cpu", [run])  # it began before what is known now was measured
            assert not known.is_wanted("cpu")


def test_a_run_beside_another_says_nothing_of_a_run_alone(tmp_path: Path) -> None:
    know_the_cpu(tmp_path)
    calibration, slow = Calibration(tmp_path), _run("slow", seconds=3 * _told())
    beside = replace(_run("beside", seconds=1.0, started=0.5), ended=None, state="running")
    calibration.judge("cpu", [slow, beside])
    assert not calibration.is_wanted("cpu")
    calibration.judge("cpu", [slow, replace(beside, ended=0.8)])
    assert calibration.is_wanted("cpu")


def test_what_is_known_stays_where_a_busy_processor_gives_nothing_better(tmp_path: Path) -> None:
    know_the_cpu(tmp_path)
    clock, slow = Now(), msgspec.structs.replace(LAPTOP, per_layer=1.0)
    calibration = _finding(tmp_path, Measurement(slow, cpu_share=0.1, at=2.0), clock=clock)
    calibration.judge("cpu", [_run("slower", seconds=2 * _told())])
    for _ in range(TRIES):
        _measure(calibration)
        clock.seconds += REST
    assert not calibration.is_wanted("cpu")
    assert calibration.speed("cpu") == Calibration(tmp_path).speed("cpu") == LAPTOP


def test_a_device_that_cannot_be_measured_is_left_alone(tmp_path: Path) -> None:
    calibration = _measuring(tmp_path, FAILING)
    _measure(calibration)
    assert not calibration.is_wanted("cpu")


@pytest.mark.parametrize("content", [b"", b"{", b'{"per_layer": "fast"}'])
def test_a_broken_file_is_no_speed(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "speed-cpu.json").write_bytes(content)
    assert Calibration(tmp_path).speed("cpu") is None


@pytest.mark.slow
def test_the_real_process_ends_with_who_asked_for_it() -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen([*COMMAND, "cpu"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as process:
        printed, _ = process.communicate(timeout=120)  # closes its input
    assert (printed, process.returncode) == (b"", 0)


def test_a_run_that_disagrees_with_rates_just_renewed_is_no_reason_to_measure_for_ever(tmp_path: Path) -> None:
    know_the_cpu(tmp_path)
    calibration = _finding(tmp_path, measured(at=2.0))
    for number in range(3):
        calibration.judge("cpu", [_run(f"slow {number}", seconds=20 * _told(), started=3.0 + number)])
        _measure(calibration)
    assert _times(tmp_path) == 1
