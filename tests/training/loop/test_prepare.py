"""What cannot be trained is refused before the first step, in words with the repair."""

from typing import Any

import msgspec
import pytest

from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.normalisation import BatchNorm1d
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.data.datasets import DataError, Dataset
from explorer.training.cost import gate
from explorer.training.loop import prepare
from explorer.training.recipe import devices
from tests.training.small_jobs import BASE, cause_of


def test_bfloat16_is_refused_where_the_device_lacks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "has_precision", lambda _device, precision: precision == "float32")
    cause = cause_of(msgspec.structs.replace(BASE, precision="bfloat16"))
    assert cause == "cpu does not compute in bfloat16. Set precision to float32."


def with_layers(*layers: Layer, input_shape: tuple[int, int, int] = (1, 28, 28)) -> Architecture:
    return Architecture(name="odd", input_shape=input_shape, layers=layers)


DENSE = (Flatten(), Linear(out_features=10))
REFUSED: list[tuple[Architecture, dict[str, Any], tuple[str, ...]]] = [
    (with_layers(), {}, ("no layers", "Linear")),
    (with_layers(Flatten(), input_shape=(1, 2, 5)), {}, ("no parameters",)),
    (with_layers(Flatten(), Linear(out_features=7)), {}, ("7 numbers", "10 classes")),
    (with_layers(Conv2d(out_channels=10, kernel_size=5)), {}, ("10 × 24 × 24 numbers", "Flatten")),
    (with_layers(Conv2d(out_channels=2, kernel_size=29), *DENSE), {}, ("conv1 does not fit", "Set padding to 1")),
    (with_layers(*DENSE, input_shape=(2, 32, 32)), {"dataset": "cifar10"}, ("2 channels", "cifar10 have 3")),
    (with_layers(*DENSE), {"train_size": 6_001}, ("6,001", "6,000")),
    (with_layers(*DENSE, BatchNorm1d()), {"train_size": 65}, ("norm1", "65 pictures", "batches of 32")),
    (with_layers(*DENSE, BatchNorm1d()), {"train_size": 1}, ("norm1", "1 pictures")),
]


@pytest.mark.parametrize(("architecture", "changes", "words"), REFUSED)
def test_a_job_that_cannot_be_trained_is_refused_in_words(
    architecture: Architecture, changes: dict[str, Any], words: tuple[str, ...]
) -> None:
    cause = cause_of(msgspec.structs.replace(BASE, **changes), architecture)
    assert all(word in cause for word in words), cause


def test_missing_pictures_are_told_in_the_data_sets_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> Dataset:
        raise DataError(f"{name} is not here; download it")

    monkeypatch.setattr(prepare, "load", refuse)
    assert cause_of(BASE) == "fashion-mnist-subset is not here; download it"


def test_a_device_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(devices.PRESENT, "cuda", lambda: False)
    assert "no device cuda" in cause_of(msgspec.structs.replace(BASE, device="cuda"))


def test_a_batch_that_does_not_fit_into_memory_is_refused_with_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "free_bytes", lambda _device: 2**28)
    cause = cause_of(
        msgspec.structs.replace(BASE, batch_size=60_000, train_size=6_000), PRESETS["lenet-keras"].architecture
    )
    assert "has 0.2 GiB for it" in cause
    assert "smaller batch_size than 60,000" in cause
