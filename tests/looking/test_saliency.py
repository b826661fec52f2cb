"""What an answer hangs on is what captum finds with the same network; and it hangs on the weights."""

from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import cast

import pytest
import torch
from captum.attr import LayerGradCam, Occlusion, Saliency
from msgspec.structs import replace
from torch import Tensor, nn

from explorer.architecture.build import build
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import trace
from explorer.looking.saliency import (
    CAM,
    GRADIENT,
    METHODS,
    OCCLUSION,
    PRODUCT,
    SMOOTHED,
    Square,
    before_softmax,
    last_convolution,
    map_layers,
    noise,
    occlusion,
    saliency,
)
from explorer.training.loop.evaluate import score
from tests.architecture.random_stacks import random_stack
from tests.training.small_jobs import DROPPING, SMALL

ENDS = {True: (Linear(out_features=5),), False: (Flatten(), Linear(out_features=5))}
LENET = PRESETS["lenet-d2l"].architecture
DESIGNS = {
    "lenet-d2l": LENET,
    "lenet5-1998": PRESETS["lenet5-1998"].architecture,
    "lenet-keras": PRESETS["lenet-keras"].architecture,
    "small": SMALL,
    "dropping": DROPPING,
}


def drawn() -> Iterator[Architecture]:
    """Draw small stacks of any kinds of layers that have maps, each ended by a dense layer."""
    found = (random_stack(seed) for seed in range(400))
    ended = (
        replace(stack, layers=(*stack.layers, *ENDS[any(isinstance(layer, Flatten) for layer in stack.layers)]))
        for stack in found
        if min(stack.input_shape[1:]) >= 5 and stack.layers and not isinstance(stack.layers[0], Flatten)
    )
    return islice((stack for stack in ended if trace(stack).error is None), 12)


class Scored(nn.Module):
    """A network whose outputs are its scores, as captum takes it."""

    def __init__(self, network: nn.Sequential) -> None:
        super().__init__()
        self.network = network

    def forward(self, inputs: Tensor) -> Tensor:
        return score(self.network, inputs)


def scene(design: Architecture, seed: int = 1) -> tuple[nn.Sequential, Tensor]:
    torch.manual_seed(seed)
    network = before_softmax(build(design).eval()).double()
    return network, torch.rand(design.input_shape, dtype=torch.float64)


def maps_of(network: nn.Sequential, inputs: Tensor, *, target: int = 3) -> dict[str, Tensor]:
    layer = last_convolution(network, map_layers(network, inputs))
    square = Square(5, 1, torch.zeros_like(inputs))
    hidden = occlusion(network, inputs, square)[target]
    return {OCCLUSION: hidden, **saliency(network, inputs, target=target, layer=layer)}


@pytest.mark.parametrize("design", [*DESIGNS.values(), *drawn()], ids=lambda design: design.name)
def test_each_method_finds_what_captum_finds(design: Architecture) -> None:
    network, inputs = scene(design)
    found, scored, batch = maps_of(network, inputs), Scored(network), inputs[None]
    layer = network.get_submodule(cast(str, last_convolution(network, map_layers(network, inputs))))
    channels = inputs.shape[0]
    hidden = Occlusion(scored).attribute(batch, (channels, 5, 5), strides=1, target=3, perturbations_per_eval=64)
    slope = Saliency(scored).attribute(batch.clone().requires_grad_(), target=3, abs=False)[0]
    cam = LayerGradCam(scored, layer).attribute(batch, target=3)[0, 0]
    noisy = inputs + noise(inputs)
    slopes = Saliency(scored).attribute(noisy.requires_grad_(), target=3, abs=False)
    near = partial(torch.testing.assert_close, rtol=1e-6, atol=1e-9)
    torch.testing.assert_close(found[OCCLUSION].float(), hidden[0, 0].float(), rtol=1e-5, atol=1e-6)
    near(found[GRADIENT], slope.sum(dim=0))
    near(found[PRODUCT], (slope * inputs).sum(dim=0))
    near(found[SMOOTHED], slopes.mean(dim=0).sum(dim=0))
    near(found[CAM], cam.detach())


def test_a_gradient_is_what_a_small_step_changes() -> None:
    network, inputs = scene(LENET)
    slope = maps_of(network, inputs)[GRADIENT]
    for row, column in ((0, 0), (9, 14), (27, 5)):
        step = torch.zeros_like(inputs)
        step[0, row, column] = 1e-4
        rise = score(network, (inputs + step)[None]) - score(network, (inputs - step)[None])
        assert slope[row, column].item() == pytest.approx(rise[0, 3].item() / 2e-4, rel=1e-4)


@pytest.mark.parametrize("ground", [0.0, 0.4])
def test_wide_steps_of_the_square_reach_every_pixel_and_show_its_ground(ground: float) -> None:
    network, inputs = scene(LENET)
    found = occlusion(network, inputs, Square(4, 3, torch.full_like(inputs, ground)))
    falls = []
    for top, left in ((0, 0), (0, 3), (3, 0), (3, 3)):  # the four squares over the pixel 3, 3
        hidden = inputs.clone()
        hidden[:, top : top + 4, left : left + 4] = ground
        falls.append(score(network, inputs[None])[0] - score(network, hidden[None])[0])
    torch.testing.assert_close(found[:, 3, 3], torch.stack(falls).mean(dim=0))
    assert found.isfinite().all()


@pytest.mark.parametrize("method", METHODS)
def test_other_weights_give_other_maps(method: str) -> None:
    (one, inputs), (two, _) = scene(LENET, seed=1), scene(LENET, seed=2)
    assert not torch.allclose(maps_of(one, inputs)[method], maps_of(two, inputs)[method])
    assert not torch.allclose(maps_of(one, inputs)[method], maps_of(one, inputs, target=4)[method])
    assert torch.equal(maps_of(one, inputs)[method], maps_of(one, inputs)[method])


def test_a_softmax_at_the_end_is_left_out() -> None:
    network, inputs = scene(LENET)
    for last in (nn.Softmax(dim=1), nn.LogSoftmax(dim=1)):
        found = maps_of(before_softmax(nn.Sequential(*network, last)), inputs)
        assert torch.equal(found[GRADIENT], maps_of(network, inputs)[GRADIENT])


def test_a_dead_network_has_maps_of_zero() -> None:
    network, inputs = scene(SMALL)
    nn.init.constant_(cast(Tensor, network.get_submodule("conv1").bias), -100.0)
    assert {name: value.count_nonzero().item() for name, value in maps_of(network, inputs).items()} == dict.fromkeys(
        METHODS, 0
    )


def test_the_usual_layer_is_the_last_convolution_with_more_than_one_place() -> None:
    for name, layer in {"lenet-d2l": "conv2", "lenet5-1998": "conv2", "small": "conv1"}.items():
        network, inputs = scene(DESIGNS[name])
        assert last_convolution(network, map_layers(network, inputs)) == layer
    assert last_convolution(nn.Sequential(), {}) is None
