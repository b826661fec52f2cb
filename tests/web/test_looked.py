"""What may be looked into: nothing that would keep the others of a server waiting, whoever asks."""

from pathlib import Path

import pytest
import torch

from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.looking.choices import ChoiceError
from explorer.runs.store.run_files import kept_files
from explorer.training.recipe.recipe import Job, Recipe
from explorer.training.tensor_file import write_soon
from explorer.training.weights.weight_files import WeightsError
from explorer.web.looking.look_route import find_weights
from explorer.web.looking.looked import (
    MOST_PARAMS,
    MOST_VALUES,
    filter_steps_of,
    first_inputs,
    network_of,
    plane_of,
    shift_accuracies,
)
from explorer.web.looking.subject import Subject, TooLargeError

HUGE = Architecture("huge", (1, 28, 28), (Flatten(), Linear(out_features=120_000)))


def test_a_network_that_is_too_large_is_refused_before_anything_is_read() -> None:
    with pytest.raises(TooLargeError, match=rf"94,200,000 parameters.* at most {MOST_PARAMS:,}"):
        network_of("nowhere", HUGE, 0)


def test_nobody_has_a_server_lay_out_pictures_that_fill_its_memory() -> None:
    with pytest.raises(TooLargeError):
        plane_of("nowhere", HUGE, "fashion-mnist-subset", 0, "input")
    vast = Architecture("vast", (1, 512, 512), (Conv2d(out_channels=128, kernel_size=3, padding=1),))
    with pytest.raises(TooLargeError, match="33,554,432 values for one picture"):
        network_of("nowhere", vast, 0)
    wide = Architecture("wide", (1, 224, 224), (Conv2d(out_channels=64, kernel_size=3, padding=1),))
    assert len(first_inputs("fashion-mnist-subset", wide)) * 64 * 224 * 224 <= MOST_VALUES
    assert len(first_inputs("fashion-mnist-subset", PRESETS["lenet-d2l"].architecture)) == 1_000


def test_first_filters_are_given_at_steps_at_which_nothing_else_was_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path))
    folder = kept_files(tmp_path).weights.path("run")
    filters = torch.rand(96, 1, 11, 11)
    for step in (0, 4):
        write_soon({"conv1.weight": filters + step, "conv1.bias": torch.rand(96)}, folder / f"{step}.safetensors")
    alexnet = Subject("run", Job(PRESETS["alexnet-d2l"].architecture, Recipe()), "fashion-mnist-subset")
    assert filter_steps_of("run", "conv1") == [0, 4]
    assert filter_steps_of("run", "conv2") == []
    found = find_weights(alexnet, {"step": 4, "layer": "conv1"})
    assert found["conv1.weight"].equal(filters + 4)
    with pytest.raises(WeightsError):
        find_weights(alexnet, {"step": 4, "layer": "conv2"})


def test_shifts_of_a_network_with_other_classes_are_refused_in_words() -> None:
    twenty = Architecture("twenty", (1, 28, 28), (Flatten(), Linear(out_features=20)))
    with pytest.raises(ChoiceError, match="gives 20 numbers for each picture"):
        shift_accuracies(Subject("0123456789", Job(twenty, Recipe()), "fashion-mnist-subset"), 1, 0, None)
