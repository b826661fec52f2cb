"""The sums of Look inside as Chromium computes them, for each kind of layer: each comes to what torch puts out."""

import random
from itertools import pairwise
from typing import Any

import pytest
import torch
from playwright.sync_api import BrowserContext
from torch import Tensor, nn

from explorer.architecture.build import build
from explorer.architecture.kinds import KINDS
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.historic import GaussianRBF
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.normalisation import BatchNorm1d, BatchNorm2d, LocalResponseNorm
from explorer.architecture.kinds.output import LogSoftmax, Softmax
from explorer.architecture.kinds.pooling import AdaptiveAvgPool2d, AdaptiveMaxPool2d, AvgPool2d, MaxPool2d
from explorer.architecture.kinds.regularisation import Dropout, Dropout2d
from explorer.architecture.kinds.shape import Flatten, Identity, ZeroPad2d
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.looking.maps import maps, weights
from explorer.ui.inside.inside_view import CODE
from explorer.views.inside.layers import InsideLayer, inside_of

PLACES = 6  # of each layer
MAPS: tuple[Layer, ...] = (
    Conv2d(out_channels=6, kernel_size=(3, 2), stride=(1, 2), padding=(1, 0), dilation=(1, 2)),
    BatchNorm2d(eps=0.01),
    LocalResponseNorm(size=4, alpha=0.5, k=2.0),
    Dropout2d(),
    AvgPool2d(kernel_size=4, stride=3, padding=1, ceil_mode=True),
    ZeroPad2d(padding=(1, 0, 2, 1)),
    Conv2d(out_channels=8, kernel_size=3, groups=2, bias=False),
    MaxPool2d(kernel_size=3, stride=2, padding=1, ceil_mode=True),
    AdaptiveAvgPool2d(output_size=(4, 3)),
    AdaptiveMaxPool2d(output_size=2),
    Identity(),
)
ROWS: tuple[Layer, ...] = (Flatten(), Linear(out_features=84), BatchNorm1d(), Dropout(), Linear(out_features=12))
STACKS = {
    "maps and rows": (*MAPS, *ROWS, Softmax(dim=1)),
    "logarithms": (*MAPS[:1], *ROWS, LogSoftmax(dim=1)),
    "codes": (*MAPS[:1], *ROWS[:2], GaussianRBF(out_features=10)),
}
DESIGNS = {name: Architecture(name, (3, 19, 23), layers) for name, layers in STACKS.items()} | {
    name: PRESETS[name].architecture for name in ("lenet-d2l", "lenet5-1998", "lenet-keras", "lenet-ng")
}
TENSORS = """(found) => {
    const read = ([name, { shape, values }]) => [name, { shape, values: new Float32Array(values) }];
    window.read = (found) => Object.fromEntries(Object.entries(found).map(read));
    window.torchs = Object.fromEntries(Object.entries(found).map(([what, tensors]) => [what, window.read(tensors)]));
}"""
SUM = """([layer, before, place]) => {
    const { tensors, weights } = window.torchs;
    const found = mapsOf(tensors[layer.name]);
    Object.assign(layer, { height: found.height, width: found.width, values: found.values.length });
    const { lines, total } = sumOf(layer, place, mapsOf(tensors[before]), weights);
    return { lines: lines.map(({ value }) => value), total: total ?? null, value: valueAt(found, place) };
}"""


def told(tensors: dict[str, Tensor]) -> dict[str, Any]:
    return {
        name: {"shape": list(value.shape), "values": value.flatten().tolist()}
        for name, value in tensors.items()
        if value.is_floating_point()
    }


def fields(layer: InsideLayer) -> dict[str, Any]:
    return {name: getattr(layer, name) for name in InsideLayer.__annotations__}


def places(values: Tensor) -> list[list[int]]:
    """Choose places of a layer's output: the corners, where padding is, and others."""
    channels, height, width = values.shape if values.dim() == 3 else (1, values.shape[0], 1)
    ends = [[0, 0, 0], [channels - 1, height - 1, width - 1]]
    drawn = random.Random(0)
    return ends + [[drawn.randrange(size) for size in (channels, height, width)] for _ in range(PLACES)]


@pytest.mark.parametrize("name", DESIGNS)
def test_a_sum_comes_to_torchs_value(chromium: BrowserContext, name: str) -> None:
    torch.manual_seed(1)
    design = DESIGNS[name]
    network = build(design).eval()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            assert module.running_mean is not None
            assert module.running_var is not None
            nn.init.uniform_(module.running_mean, -1, 1)
            nn.init.uniform_(module.running_var, 0.5, 2)
            nn.init.uniform_(module.weight, 0.5, 2)
            nn.init.uniform_(module.bias, -1, 1)
    found = maps(network, torch.rand(design.input_shape))
    layers = inside_of(design, [0], [], []).layers
    with chromium.new_page() as page:
        page.add_script_tag(content=CODE)
        page.evaluate(TENSORS, {"tensors": told(found), "weights": told(weights(network))})
        for before, layer in pairwise(layers):
            for place in places(found[layer.name]):
                summed = page.evaluate(SUM, [fields(layer), before.name, place])
                if summed["total"] is None:  # on each value alone
                    expected = found[before.name].reshape(found[layer.name].shape)
                    at = place if expected.dim() == 3 else place[1:2]
                    assert summed["lines"] == [pytest.approx(expected[tuple(at)].item())], (layer, place)
                else:
                    near = pytest.approx(summed["value"], rel=1e-4, abs=1e-5)
                    assert summed["total"] == near, (layer, place)


def test_each_kind_stands_in_one_of_these_stacks() -> None:
    tried = {type(layer).__name__ for design in DESIGNS.values() for layer in design.layers}
    activations = {name for name, kind in KINDS.items() if kind.role == "activation"}
    assert set(KINDS) - activations <= tried
