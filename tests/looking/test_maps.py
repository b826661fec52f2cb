"""What is shown of a network is what torch computes: every preset's maps, answer and weights."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from explorer.architecture.build import build
from explorer.architecture.historic.modules import GaussianRBF
from explorer.architecture.presets import PRESETS
from explorer.looking.maps import INPUT, PROBABILITIES, maps, network_with, weights
from explorer.training.weights.weight_files import WeightsError
from tests.training.small_jobs import DROPPING

QUICK = [name for name, preset in PRESETS.items() if preset.architecture.input_shape[-1] < 100]


@pytest.mark.parametrize("name", QUICK)
def test_maps_and_answer_are_those_of_the_network(name: str) -> None:
    torch.manual_seed(3)
    design = PRESETS[name].architecture
    network, inputs = build(design).eval(), torch.rand(design.input_shape)
    found = maps(network, inputs)
    assert list(found) == [INPUT, *dict(network.named_children()), PROBABILITIES]
    with torch.no_grad():
        outputs = network(inputs[None])[0]
    assert torch.equal(found[INPUT], inputs)
    assert torch.equal(found[list(found)[-2]], outputs)
    likeliest = outputs.argmin() if isinstance(network[-1], GaussianRBF) else outputs.argmax()
    assert found[PROBABILITIES].argmax() == likeliest
    assert found[PROBABILITIES].sum().item() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("name", QUICK)
def test_a_pixel_of_a_convolution_is_the_sum_of_its_window(name: str) -> None:
    torch.manual_seed(4)
    network = build(PRESETS[name].architecture).eval()
    found, told = maps(network, torch.rand(PRESETS[name].architecture.input_shape)), weights(network)
    names = list(found)
    kernels = {
        layer: value for layer in names if (value := told.get(f"{layer}.weight")) is not None and value.dim() == 4
    }
    assert kernels
    for layer, kernel in kernels.items():
        top, left = padding_of(network.get_submodule(layer))
        before = functional.pad(found[names[names.index(layer) - 1]], (left, 0, top, 0))
        window = before[: kernel.shape[1], : kernel.shape[2], : kernel.shape[3]]
        by_hand = (window * kernel[1]).sum() + told[f"{layer}.bias"][1]
        assert found[layer][1, 0, 0].item() == pytest.approx(by_hand.item(), abs=1e-5)


def padding_of(module: nn.Module) -> tuple[int, int]:
    top, left = getattr(module, "padding", (0, 0))
    return top, left


def test_dropout_drops_nothing_and_normalisation_takes_what_it_kept() -> None:
    network = network_with(DROPPING, build(DROPPING).state_dict())
    inputs = torch.rand(DROPPING.input_shape)
    one, two = maps(network, inputs), maps(network, inputs)
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert torch.equal(one["dropout1"], one["flatten1"])


def test_weights_of_another_network_are_refused_in_words() -> None:
    with pytest.raises(WeightsError, match=r"These weights are not those of LeNet"):
        network_with(PRESETS["lenet-d2l"].architecture, build(DROPPING).state_dict())
