"""Probes: their numbers are autograd's, they leave no trace in the training, and they come when they should."""

import math
import weakref
from copy import deepcopy

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from torch import Tensor, nn

from explorer.architecture.build import build
from explorer.architecture.kinds import ACTIVATIONS
from explorer.architecture.kinds.activation import ScaledTanh, Sigmoid, Tanh
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.pooling import MaxPool2d
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.training.events import Epoch, Event, Failed, LayerProbe, Probe, Step, read_line, to_lines
from explorer.training.loop.probes import Prober, measure
from explorer.training.loop.train import train
from explorer.training.recipe.probe_steps import MOST_PROBES, PICTURES, is_probed, spacing
from explorer.training.recipe.recipe import Job, Recipe
from tests.training.small_jobs import DROPPING

RECIPE = Recipe(train_size=160, epochs=4, batch_size=32, device="cpu")


def run(recipe: Recipe = RECIPE, architecture: Architecture = DROPPING) -> list[Event]:
    return list(train(Job(architecture=architecture, recipe=recipe)))


def told(events: list[Event]) -> list[Probe]:
    return [event for event in events if isinstance(event, Probe)]


def measured(network: nn.Sequential, inputs: Tensor, labels: Tensor) -> dict[str, LayerProbe]:
    layers = measure(network, inputs, labels, before={})
    assert layers is not None
    return {layer.name: layer for layer in layers}


def two_layers() -> nn.Sequential:
    """One weight of 0, a sigmoid, one weight of 2 for class 0 and none for class 1, no biases."""
    first, second = nn.Linear(1, 1, bias=False), nn.Linear(1, 2, bias=False)
    first.weight.data.fill_(0.0)
    second.weight.data = torch.tensor([[2.0], [0.0]])
    network = nn.Sequential()
    for name, layer in (("fc1", first), ("sigmoid1", nn.Sigmoid()), ("fc2", second)):
        network.add_module(name, layer)
    return network


def test_a_network_worked_by_hand() -> None:
    """The input 3 gives sigmoid(0) = ½, so scores 1 and 0; with p = e / (e + 1), the loss −log(1 − p) of class 1 has
    the derivatives p and −p by the scores, ½p and −½p by the last weights, and p · 2 · ¼ · 3 by the first."""
    layers = measured(two_layers(), torch.tensor([[3.0]]), torch.tensor([1]))
    p = math.e / (math.e + 1)
    assert layers["fc2"].grad_rms == pytest.approx(p / 2)
    assert layers["fc1"].grad_rms == pytest.approx(p * 2 / 4 * 3)
    assert (layers["sigmoid1"].slope, layers["sigmoid1"].saturated, layers["sigmoid1"].mean) == (0.25, 0.0, 0.5)
    assert (layers["fc2"].mean, layers["fc2"].std) == (0.5, 0.5)
    assert (layers["fc1"].num_weights, layers["fc2"].num_weights, layers["sigmoid1"].num_weights) == (1, 2, 0)
    # log10 of 0.37 lies in the bin from −0.5 to 0, the 20th of the half decades from −10 on.
    gradients = layers["fc2"].gradients
    assert gradients is not None
    assert np.flatnonzero(gradients.counts).tolist() == [19]


@settings(max_examples=25)
@given(
    kinds=st.lists(st.sampled_from(list(ACTIVATIONS.values())), min_size=1, max_size=4),
    seed=st.integers(0, 2**31),
    spread=st.sampled_from([1.0, 6.0]),
)
def test_a_random_stack_is_measured_as_autograd_and_numpy_do(kinds: list[type], seed: int, spread: float) -> None:
    torch.manual_seed(seed)
    layers = [Conv2d(out_channels=3, kernel_size=3), *(part for kind in kinds for part in (kind(), MaxPool2d(2, 1)))]
    stack = Architecture("random", (2, 9, 9), (*layers, Flatten(), Linear(out_features=5)))
    network = build(stack)
    inputs, labels = spread * torch.randn(6, 2, 9, 9), torch.randint(5, (6,))
    found = measured(network, inputs.clone(), labels)

    loss = nn.CrossEntropyLoss()(network(inputs), labels)
    values = inputs
    for name, layer in network.named_children():
        before, values = values, layer(values)
        params = list(layer.parameters())
        if params:
            flat = np.concatenate(
                [grad.numpy().ravel() for grad in torch.autograd.grad(loss, params, retain_graph=True)]
            )
            assert found[name].grad_rms == pytest.approx(float(np.sqrt((flat.astype(float) ** 2).mean())), rel=1e-4)
        if type(layer).__name__ in ACTIVATIONS:
            assert_activation(found[name], layer, before.detach(), values.detach().numpy())
        if name in found:
            given_out = values.detach().double().numpy()
            assert found[name].mean == pytest.approx(float(given_out.mean()), abs=1e-5, rel=1e-4)
            assert found[name].std == pytest.approx(float(given_out.std()), abs=1e-5, rel=1e-4)
            assert sum(found[name].outputs.counts) == values.numel()
    assert all(param.grad is None for param in network.parameters())
    first = weakref.ref(network[0](inputs))
    assert first() is None, "what a layer gives out is still kept"


def assert_activation(found: LayerProbe, layer: nn.Module, inputs: Tensor, outputs: np.ndarray) -> None:
    """Its slope by a difference quotient in float64, its stuck share by counting."""
    wide, step = deepcopy(layer).requires_grad_(False).double(), 1e-6
    here = inputs.double()
    slopes = ((wide(here) - wide(here - step)) / step).abs()  # from the left, where torch takes a corner's slope
    assert found.slope == pytest.approx(float(slopes.mean()), abs=1e-4)
    ends = {Sigmoid: (0, 1), Tanh: (-1, 1), ScaledTanh: (-1.7159, 1.7159)}.get(ACTIVATIONS[found.kind])
    if ends is not None:
        distances = np.min([abs(outputs - end) for end in ends], axis=0)
        assert found.saturated == pytest.approx(float((distances < 0.05).mean()))
    if found.kind in ("ReLU", "ReLU6"):
        assert found.dead == pytest.approx(float((outputs.max(axis=(0, 2, 3)) == 0).mean()))


def test_a_channel_is_dead_only_where_no_position_of_any_picture_is_above_0() -> None:
    relu = nn.Sequential()
    relu.add_module("conv1", conv := nn.Conv2d(1, 4, 1))
    relu.add_module("relu1", nn.ReLU())
    relu.add_module("flatten1", nn.Flatten())
    conv.weight.data.fill_(1.0)
    conv.bias = nn.Parameter(torch.tensor([0.0, -1.0, -2.0, -9.0]))
    inputs = torch.zeros(2, 1, 2, 2)
    inputs[1, 0, 1, 1] = 2.0
    layer = measured(relu, inputs, torch.tensor([0, 1]))["relu1"]
    assert layer.dead == 0.5
    assert layer.slope == pytest.approx(2 / 32)


def test_training_goes_on_as_if_nobody_had_looked(monkeypatch: pytest.MonkeyPatch) -> None:
    def trained() -> tuple[list[Event], list[float]]:
        events = run()
        return events, [event.train_loss for event in events if isinstance(event, Step)]

    seen, with_probes = trained()
    monkeypatch.setattr(Prober, "is_due", lambda *_: False)
    monkeypatch.setattr(Prober, "probe", lambda *_: iter(()))
    unseen, without = trained()
    assert told(seen)
    assert not told(unseen)
    assert with_probes == without
    tested, tested_unseen = (
        [event.test_loss for event in events if isinstance(event, Epoch)] for events in (seen, unseen)
    )
    assert tested == tested_unseen  # by the running statistics
    assert len(tested) == RECIPE.epochs


def test_an_update_is_the_step_that_was_taken() -> None:
    """Plain gradient descent on the very pictures of the probe moves each layer by the rate times its gradient."""
    recipe = Recipe(train_size=PICTURES, batch_size=PICTURES, epochs=1, learning_rate=0.1, device="cpu")
    before, after = told(run(recipe, PRESETS["lenet-keras"].architecture))
    torch.manual_seed(recipe.seed)
    network = build(PRESETS["lenet-keras"].architecture)
    for old, new in zip(before.layers, after.layers, strict=True):
        assert old.update_ratio is None
        if old.grad_rms is not None:
            weights = torch.cat([param.detach().flatten() for param in network.get_submodule(old.name).parameters()])
            expected = 0.1 * old.grad_rms * math.sqrt(old.num_weights) / float(weights.norm())
            assert new.update_ratio == pytest.approx(expected, rel=1e-3)


def test_the_gradient_is_that_of_the_loss_that_is_trained() -> None:
    """With half of the truth spread over two classes, class 0 is wanted by ¼: the derivative by its score is p − ¼."""
    layers = measure(two_layers(), torch.tensor([[3.0]]), torch.tensor([1]), before={}, label_smoothing=0.5)
    assert layers is not None
    assert layers[-1].grad_rms == pytest.approx((math.e / (math.e + 1) - 0.25) / 2)
    plain, smoothed = (told(run(replace(RECIPE, label_smoothing=share)))[0] for share in (0.0, 0.5))
    assert plain.layers[-1].grad_rms != smoothed.layers[-1].grad_rms


def test_a_probe_looks_at_the_same_pictures_each_time_and_says_how_many() -> None:
    still = replace(RECIPE, learning_rate=1e-30)
    first, *others = told(run(still, PRESETS["lenet-keras"].architecture))
    assert first.pictures == PICTURES
    for other in others:
        assert [replace(layer, update_ratio=None) for layer in other.layers] == list(first.layers)


@given(num_steps=st.integers(1, 10**6), pictures=st.integers(1, 128), batch_size=st.integers(1, 100_000))
def test_probes_are_dense_at_first_then_even_few_in_all_and_the_last_step_is_one(
    num_steps: int, pictures: int, batch_size: int
) -> None:
    wide = spacing(num_steps, pictures=pictures, batch_size=batch_size)
    powers = [2**i for i in range(20)]
    candidates = {0, num_steps, *powers, *range(0, num_steps + 1, wide)}
    due = sorted(
        step for step in candidates if step <= num_steps and is_probed(step, num_steps=num_steps, spacing=wide)
    )
    assert due[0] == 0
    assert due[-1] == num_steps
    assert {step for step in powers if step < min(wide, num_steps)} <= set(due)
    assert len(due) <= MOST_PROBES + 2 + math.log2(wide) + 1
    assert 2 * max(pictures / batch_size, 0.5) / wide <= 0.025  # of the steps' time, once the first ones are over
    assert not is_probed(wide + 1, num_steps=10 * wide, spacing=wide) or wide == 1


def test_a_probe_comes_back_from_its_line_as_it_was() -> None:
    (line,) = to_lines([probe := told(run())[1]])
    assert read_line(line) == probe


def test_a_figure_that_no_float_holds_is_left_out_and_the_failure_names_the_layer() -> None:
    recipe = Recipe(train_size=512, batch_size=64, learning_rate=100, init="xavier", device="cpu")
    events = run(recipe, PRESETS["lenet-keras"].architecture)
    failed = events[-1]
    assert isinstance(failed, Failed)
    assert "was the first layer from the input whose outputs were not finite numbers." in failed.cause
    last = told(events)[-1]
    assert f"Step {last.step} alone changed " in failed.cause
