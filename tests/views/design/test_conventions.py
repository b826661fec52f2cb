"""The counts of different texts, against torch's own counters and the texts' numbers."""

import pytest
import torch
from hypothesis import given
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from explorer.architecture.build import build
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import trace
from explorer.views.design.conventions import conventions, parts
from tests.architecture.stacks import architectures

SMALL = ["lenet-d2l", "lenet-ng", "alexnet-28"]


def counted(preset: str) -> dict[str, str]:
    return {count.what: count.value for count in conventions(trace(PRESETS[preset].architecture))}


@pytest.mark.parametrize("preset", SMALL)
def test_flops_are_those_of_torchs_counter(preset: str) -> None:
    architecture = PRESETS[preset].architecture
    network = build(architecture).eval()
    with FlopCounterMode(display=False) as counter:
        network(torch.zeros(1, *architecture.input_shape))
    assert counted(preset)["FLOPs, two for each"] == f"{counter.get_total_flops():,}"


@pytest.mark.parametrize("preset", SMALL)
def test_weights_without_biases_are_torchs(preset: str) -> None:
    network = build(PRESETS[preset].architecture)
    weights = sum(part.weight.numel() for part in network if isinstance(part, nn.Conv2d | nn.Linear))
    assert counted(preset)["Weights without biases"] == f"{weights:,}"


def test_the_texts_count_lenets_layers_as_seven_five_and_four() -> None:
    found = counted("lenet-d2l")
    layers = "Layers with poolings", "Layers with weights", "Layers before the output"
    assert [found[name] for name in layers] == ["7", "5 = 2 + 3", "4"]


def test_the_books_alexnet_in_megabytes_and_mebibytes() -> None:
    found = counted("alexnet-d2l")
    assert (found["Parameters in MB"], found["Parameters in MiB"]) == ("187.06 MB", "178.39 MiB")


@given(architectures())
def test_the_parts_make_the_totals(architecture: Architecture) -> None:
    traced = trace(architecture)
    found = parts(traced)
    assert sum(part.num_params for part in found) == traced.totals.num_params
    assert sum(part.mult_adds for part in found) == traced.totals.mult_adds


@pytest.mark.parametrize(("preset", "dense", "conv"), [("lenet-d2l", 0.958, 0.859), ("alexnet-d2l", 0.920, 0.954)])
def test_shares_of_the_course(preset: str, dense: float, conv: float) -> None:
    traced = trace(PRESETS[preset].architecture)
    by_name = {part.name: part for part in parts(traced)}
    assert by_name["dense"].num_params / traced.totals.num_params == pytest.approx(dense, abs=5e-4)
    assert by_name["convolution"].mult_adds / traced.totals.mult_adds == pytest.approx(conv, abs=5e-4)
