"""The modules of LeNet-5 against its formulas, written out by hand, and that they train and stay what they are."""

import math

import pytest
import torch
import torch.nn.functional as F  # noqa: N812  # torch's own name for it
from torch import Tensor, nn

from explorer.architecture.build import build
from explorer.architecture.historic.modules import GaussianRBF, PartialConv2d, ScaledTanh, Subsample2d
from explorer.architecture.kinds import KINDS
from explorer.architecture.presets import C3, PRESETS


def test_scaled_tanh_takes_one_to_one() -> None:
    values = ScaledTanh()(torch.tensor([-1.0, 0.0, 1.0, 30.0])).tolist()
    assert values == pytest.approx([-1, 0, 1, 1.7159], abs=1e-4)


def test_subsampling_scales_the_sum_of_each_window_and_adds_its_maps_bias() -> None:
    module, x = Subsample2d(num_features=2, kernel_size=2), torch.rand(3, 2, 5, 4)
    nn.init.uniform_(module.weight)
    nn.init.uniform_(module.bias)
    out = module(x)
    assert out.shape == (3, 2, 2, 2)
    for n, c, i, j in torch.cartesian_prod(*map(torch.arange, out.shape)).tolist():
        window = x[n, c, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].sum()
        assert out[n, c, i, j].item() == pytest.approx((window * module.weight[c] + module.bias[c]).item())


def test_c3_is_a_convolution_of_its_own_for_each_map() -> None:
    module, x = _c3(), torch.rand(2, 6, 14, 14)
    kernels = iter(module.weight)
    maps = []
    for inputs, bias in zip(C3, module.bias, strict=True):
        weight = torch.stack([next(kernels) for _ in inputs])[None]
        maps.append(F.conv2d(x[:, list(inputs)], weight, bias[None]))
    assert torch.allclose(module(x), torch.cat(maps, dim=1), atol=1e-5)


def _c3() -> PartialConv2d:
    return PartialConv2d(in_channels=6, out_channels=16, kernel_size=5, connections=C3)


def test_c3_connects_as_the_papers_table_1() -> None:
    """Its text: six maps see three neighbours, six see four, three see four with a gap, and one sees all."""
    rings = [tuple(sorted((first + step) % 6 for step in range(size))) for size in (3, 4) for first in range(6)]
    assert sorted(C3[:12]) == sorted(rings)
    assert [len(inputs) for inputs in C3] == [3] * 6 + [4] * 9 + [6]
    assert not set(C3[12:15]) & set(rings)


def test_each_weight_of_c3_learns() -> None:
    module = _c3()
    module(torch.rand(2, 6, 14, 14)).square().sum().backward()
    gradients = [parameter.grad for parameter in module.parameters()]
    assert sum(int(gradient.count_nonzero()) for gradient in gradients if gradient is not None) == 1_516


def test_first_weights_are_drawn_within_each_maps_own_limit() -> None:
    weight = torch.cat([_c3().weight.flatten(1) for _ in range(20)], dim=1).abs().amax(dim=1)
    limits = torch.tensor([1 / math.sqrt(25 * len(inputs)) for inputs in C3 for _ in inputs])
    assert torch.all(weight <= limits)
    assert torch.all(weight > 0.95 * limits)


@pytest.mark.parametrize(("in_features", "out_features"), [(84, 10), (84, 7), (5, 10)])
def test_outputs_are_squared_distances_to_fixed_codes_of_plus_and_minus_one(
    in_features: int, out_features: int
) -> None:
    module, x = GaussianRBF(in_features, out_features), torch.randn(4, in_features)
    codes = module.weight
    assert set(codes.flatten().tolist()) == {-1, 1}
    by_hand = [[((row - code) ** 2).sum().item() for code in codes] for row in x]
    assert torch.allclose(module(x), torch.tensor(by_hand), rtol=1e-4)
    assert torch.equal(codes, GaussianRBF(in_features, out_features).weight)
    assert not any(parameter.requires_grad for parameter in module.parameters())


def test_the_ten_digits_differ_in_many_dots_and_the_nearest_code_is_its_own() -> None:
    module = GaussianRBF(84, 10)
    between = module(module.weight) + torch.diag(torch.full((10,), math.inf))
    assert between.min() >= 4 * 6  # a dot that differs is a distance of 4
    assert module(module.weight).argmin(dim=1).tolist() == list(range(10))


def test_lenet_5_moves_between_devices_and_precisions_as_a_whole() -> None:
    network = build(PRESETS["lenet5-1998"].architecture)
    x = torch.rand(2, 1, 32, 32)
    double: Tensor = network.double()(x.double())
    assert torch.allclose(double.float(), network.float()(x), rtol=1e-4)
    assert network.to("meta")(x.to("meta")).shape == (2, 10)


def test_no_kind_is_looked_up_in_torch_by_a_name_that_torch_lacks() -> None:
    ours = {"ScaledTanh", "Subsample2d", "PartialConv2d", "GaussianRBF"}
    assert {kind for kind in KINDS if not hasattr(nn, kind)} == ours
