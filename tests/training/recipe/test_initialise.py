"""First weights against torch's own `nn.init` and the papers' words."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import nn

from explorer.architecture.build import build
from explorer.architecture.historic.modules import GaussianRBF, PartialConv2d, Subsample2d
from explorer.architecture.presets import PRESETS
from explorer.training.recipe.initialise import INITS

WITNESSES: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "xavier": nn.init.xavier_uniform_,
    "kaiming": lambda weight: nn.init.kaiming_normal_(weight, nonlinearity="relu"),
    "lecun": lambda weight: nn.init.kaiming_normal_(weight, nonlinearity="linear"),
}


def started(init: str, preset: str) -> nn.Sequential:
    network = build(PRESETS[preset].architecture)
    torch.manual_seed(3)
    INITS[init](network)
    return network


def weighted(network: nn.Sequential) -> list[nn.Conv2d | nn.Linear]:
    return [layer for layer in network if isinstance(layer, nn.Conv2d | nn.Linear)]


@pytest.mark.parametrize("init", WITNESSES)
def test_weights_are_those_of_torchs_own_function(init: str) -> None:
    layers = weighted(started(init, "lenet-d2l"))
    torch.manual_seed(3)
    for layer in layers:
        torch.testing.assert_close(layer.weight.detach(), WITNESSES[init](torch.empty_like(layer.weight)).detach())


@pytest.mark.parametrize("init", ["kaiming", "lecun", "zeros"])
def test_biases_begin_at_zero(init: str) -> None:
    biases = [param for name, param in started(init, "lenet5-1998").named_parameters() if name.endswith("bias")]
    assert biases
    assert not any(bias.any() for bias in biases)


def test_keras_is_xavier_with_biases_of_zero() -> None:
    ours, book = (started(init, "lenet-keras").state_dict() for init in ("keras", "xavier"))
    for name, value in ours.items():
        assert torch.equal(value, torch.zeros_like(value) if name.endswith("bias") else book[name])


def test_lenet_5_draws_within_its_papers_bound() -> None:
    """Each bound is 2.4 over the unit's inputs, and nearly reached: the draw is uniform."""
    network = started("lenet5", "lenet5-1998")
    c1, c5, f6 = weighted(network)
    for layer, fan_in in ((c1, 25), (c5, 400), (f6, 120)):
        bound = 2.4 / fan_in
        assert 0.9 * bound < layer.weight.abs().max() <= bound
        assert layer.weight.std().item() == pytest.approx(bound / math.sqrt(3), rel=0.15)
        assert layer.bias is not None
        assert layer.bias.abs().max() <= bound


def test_a_map_of_c3_counts_the_maps_it_sees() -> None:
    """The paper's table I: six maps see three others, nine see four, one sees all six."""
    c3 = next(layer for layer in started("lenet5", "lenet5-1998") if isinstance(layer, PartialConv2d))
    dense, sees = c3.dense_weight().detach(), [3] * 6 + [4] * 9 + [6]
    for kernels, bias, count in zip(dense, c3.bias, sees, strict=True):
        bound = 2.4 / (25 * count)
        assert 0.8 * bound < kernels.abs().max() <= bound
        assert bias.abs() <= bound


def test_subsampling_keeps_its_mean_and_the_codes_stay() -> None:
    for init in INITS:
        network = started(init, "lenet5-1998")
        assert all((layer.weight == 0.25).all() for layer in network if isinstance(layer, Subsample2d))
        codes = network[-1]
        assert isinstance(codes, GaussianRBF)
        assert bool((codes.weight.abs() == 1).all())


def test_alexnets_weights_are_small_and_the_papers_biases_are_one() -> None:
    layers = weighted(started("alexnet", "alexnet-28"))
    biases = [set(layer.bias.tolist()) for layer in layers if layer.bias is not None]
    assert biases == [{0}, {1}, {0}, {1}, {1}, {1}, {1}, {0}]
    for layer in layers[1:]:
        assert layer.weight.mean().item() == pytest.approx(0, abs=1e-3)
        assert layer.weight.std().item() == pytest.approx(0.01, rel=0.05)


def test_units_that_begin_equal_stay_equal() -> None:
    """With zeros only the last layer's biases learn: the scores are the same for every picture."""
    network = started("zeros", "lenet-d2l")
    optimizer = torch.optim.SGD(network.parameters(), lr=0.9)
    images, labels = torch.rand(8, 1, 28, 28), torch.arange(8)
    for _ in range(3):
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(images), labels).backward()  # type: ignore[no-untyped-call]  # torch has no types for it
        optimizer.step()
    for layer in weighted(network)[:-1]:
        assert torch.equal(layer.weight, layer.weight[:1].expand_as(layer.weight))
