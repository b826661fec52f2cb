"""All contenders of a race begin with the same weights and see the same pictures in the same order, bit for bit."""

import pytest
import torch
from msgspec.structs import replace
from torch import Tensor, nn

from explorer.architecture.edit import replace_activations, replace_poolings
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.experiments.race.race import Contender, Race
from explorer.training.events import Failed
from explorer.training.loop.first_weights import first_network
from explorer.training.loop.prepare import PreparedRun
from explorer.training.loop.step import take_step
from explorer.training.loop.train import train
from explorer.training.recipe.recipe import Job, Recipe

LENET = PRESETS["lenet-d2l"].architecture
ALEXNET = PRESETS["alexnet-28"].architecture
WIDER = replace(LENET, layers=(Conv2d(out_channels=6, kernel_size=7, padding=3), *LENET.layers[1:]))
DEEPER = replace(LENET, layers=(*LENET.layers[:-1], Linear(out_features=84), *LENET.layers[-2:]))
RECIPE = Recipe(train_size=96, epochs=1, batch_size=32, device="cpu", init="xavier", seed=3)


def drawn(job: Job) -> nn.Sequential:
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(job.recipe.seed)
        return first_network(job)


def weights(network: nn.Sequential) -> dict[str, Tensor]:
    return {name: value for name, value in network.state_dict().items() if "weight" in name}


def same(one: nn.Sequential, other: nn.Sequential) -> set[str]:
    """Name the weights that two networks have in common, bit for bit."""
    others = weights(other)
    return {name for name, value in weights(one).items() if name in others and torch.equal(value, others[name])}


@pytest.mark.parametrize(
    ("architecture", "shared"),
    [
        (replace_activations(LENET, "ReLU"), {"conv1", "conv2", "fc3", "fc4", "fc5"}),
        (replace_poolings(LENET, "MaxPool2d"), {"conv1", "conv2", "fc3", "fc4", "fc5"}),
        (WIDER, {"conv2", "fc3", "fc4", "fc5"}),
    ],
)
def test_layers_of_one_shape_start_with_the_same_weights(architecture: Architecture, shared: set[str]) -> None:
    first, other = drawn(Job(LENET, RECIPE)), drawn(Job(architecture, RECIPE, LENET))
    assert same(first, other) == {f"{name}.weight" for name in shared}


def test_an_inserted_layer_moves_no_weights() -> None:
    """The output layer is one further then."""
    first, other = drawn(Job(LENET, RECIPE)), drawn(Job(DEEPER, RECIPE, LENET))
    assert torch.equal(weights(first)["fc3.weight"], weights(other)["fc3.weight"])
    assert torch.equal(weights(first)["fc5.weight"], weights(other)["fc6.weight"])


def test_another_seed_starts_elsewhere() -> None:
    later = replace(RECIPE, seed=4)
    assert not same(drawn(Job(LENET, RECIPE)), drawn(Job(replace_activations(LENET, "ReLU"), later, LENET)))


def test_dropout_drops_the_same_as_in_the_first_contender() -> None:
    """The generator stands where the first network left it, though a second one was built."""
    states = []
    for job in (Job(ALEXNET, RECIPE), Job(replace_activations(ALEXNET, "Tanh"), RECIPE, ALEXNET)):
        with torch.random.fork_rng(devices=()):
            torch.manual_seed(0)
            first_network(job)
            states.append(torch.rand(8))
    assert torch.equal(*states)


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[Tensor]:
    """Record the pictures of each step."""
    seen: list[Tensor] = []

    def recorded(run: PreparedRun, picked: Tensor) -> tuple[Tensor, Tensor]:
        seen.append(run.train_images[picked].clone())
        return take_step(run, picked)

    monkeypatch.setattr("explorer.training.loop.train.take_step", recorded)
    return seen


def test_contenders_see_the_same_batches_in_the_same_order(batches: list[Tensor]) -> None:
    race = Race(
        question="LeNet or AlexNet?",
        contenders=(Contender("LeNet", LENET, RECIPE), Contender("AlexNet", ALEXNET, RECIPE)),
        seeds=3,
    )
    for heat in race.heats:
        batches.clear()
        for job in heat:
            list(train(job))
        assert len(batches) == 6
        assert all(map(torch.equal, batches[:3], batches[3:]))


def test_a_reference_that_does_not_fit_fails_in_words() -> None:
    (failed,) = train(Job(LENET, RECIPE, replace(LENET, input_shape=(1, 9, 9))))
    assert isinstance(failed, Failed)
    assert "whose first weights this one takes does not fit together at conv2" in failed.cause
