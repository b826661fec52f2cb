"""A step is computed in the way that a computer's rates say is fastest."""

from pathlib import Path

import msgspec
import pytest

from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.normalisation import BatchNorm1d, BatchNorm2d
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import trace
from explorer.training.cost.measurement import Measurement, measurement_file, read_measurement
from explorer.training.cost.speed import Speed
from explorer.training.cost.way import choose_way
from explorer.training.events import Way
from explorer.training.recipe.recipe import Recipe
from tests.training.laptop import LAPTOP, measured

LENET = PRESETS["lenet-d2l"].architecture
NORMED = Architecture("normed", (1, 28, 28), (BatchNorm2d(), Flatten(), Linear(out_features=32), BatchNorm1d()))


def times(factor: float) -> Speed:
    return Speed(*(factor * rate for rate in msgspec.structs.astuple(LAPTOP)))


def found(*, beside: float, whole: float) -> Measurement:
    return msgspec.structs.replace(measured(), beside=times(beside), whole=times(whole))


@pytest.mark.parametrize(
    ("batch_size", "beside", "whole", "way"),
    [
        (256, 2.0, 1.2, Way(parts=4)),
        (256, 2.0, 0.9, Way(parts=4)),  # hardly faster whole: other programs would slow that down
        (256, 2.0, 0.5, Way(threads=4)),
        (16, 2.0, 1.2, Way(threads=4)),
        (16, 2.0, 2.5, Way()),  # waiting for each other costs more than the other threads give
    ],
)
def test_the_fastest_way_is_chosen(batch_size: int, beside: float, whole: float, way: Way) -> None:
    recipe, rates = Recipe(batch_size=batch_size), found(beside=beside, whole=whole)
    assert choose_way(trace(LENET), recipe, cores=4, found=rates) == way


def test_pictures_that_need_each_other_are_never_in_parts() -> None:
    for rates in (None, found(beside=2.0, whole=1.2), found(beside=2.0, whole=2.5)):
        assert choose_way(trace(NORMED), Recipe(batch_size=256), cores=4, found=rates).parts == 1


def test_rates_of_an_older_program_are_measured_anew(tmp_path: Path) -> None:
    file = measurement_file(tmp_path, "cpu")
    assert read_measurement(tmp_path, "cpu") is None
    file.write_bytes(msgspec.json.encode(msgspec.structs.replace(measured(), beside=None, whole=None)))
    assert read_measurement(tmp_path, "cpu") is None
    file.write_bytes(msgspec.json.encode(measured()))
    assert read_measurement(tmp_path, "cpu") == measured()
    file.write_bytes(b"{")
    assert read_measurement(tmp_path, "cpu") is None


def test_a_run_beside_others_has_rates_of_its_own() -> None:
    rates = found(beside=2.0, whole=1.2)
    assert (rates.of(beside=False), rates.of(beside=True)) == (LAPTOP, times(2.0))
    gpu = Measurement(LAPTOP, 1.0, 0.0)
    assert gpu.of(beside=True) == LAPTOP
