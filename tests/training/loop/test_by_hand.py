"""Each field of a recipe trains as the same arithmetic written out by hand."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
import torch
from torch import Tensor, nn

from explorer.architecture.build import build
from explorer.data.datasets import load
from explorer.training.events import Started
from explorer.training.loop.batches import draw_orders
from explorer.training.recipe.recipe import Recipe
from tests.training.small_jobs import BASE, SMALL, losses, run

BASE_ADAM = msgspec.structs.replace(BASE, optimizer="Adam", learning_rate=0.01)
BASE_SPEED = msgspec.structs.replace(BASE, momentum=0.9)
BASE_ADAMW = msgspec.structs.replace(BASE_ADAM, optimizer="AdamW")
BASE_RMS = msgspec.structs.replace(BASE, optimizer="RMSprop", learning_rate=0.001)
Update = Callable[[tuple[Tensor, ...]], None]


def train_by_hand(recipe: Recipe) -> list[float]:
    """Train SMALL as a book would: plain updates, written out, on pictures that are all floats; gives the losses."""
    torch.manual_seed(recipe.seed)
    network = build(SMALL)
    if recipe.init == "xavier":
        for layer in network:
            if isinstance(layer, nn.Conv2d | nn.Linear):
                bound = (6 / sum(fans(layer))) ** 0.5
                layer.weight.data.uniform_(-bound, bound)
    data = load(recipe.dataset).train
    images, size = data.images / 255, recipe.train_size or len(data.labels)
    orders = draw_orders(len(images), train_size=size, seed=recipe.seed)
    update = UPDATES[recipe.optimizer](list(network.parameters()), recipe)
    found = []
    for _ in range(recipe.epochs):
        for picked in torch.split(next(orders), recipe.batch_size):
            loss = smoothed_loss(network(images[picked]), data.labels[picked], recipe.label_smoothing)
            update(clipped(torch.autograd.grad(loss, list(network.parameters())), recipe.clip_grad_norm))
            found.append(loss.item())
    return found


def smoothed_loss(scores: Tensor, labels: Tensor, smoothing: float) -> Tensor:
    """Cross-entropy against a truth of which a share is spread evenly over the classes (Szegedy et al. 2016)."""
    truth = (1 - smoothing) * nn.functional.one_hot(labels, 10) + smoothing / 10
    return -(truth * scores.log_softmax(dim=1)).sum(dim=1).mean()


def clipped(gradients: tuple[Tensor, ...], bound: float | None) -> tuple[Tensor, ...]:
    norm = sum(float((gradient**2).sum()) for gradient in gradients) ** 0.5
    share = 1.0 if bound is None else min(1.0, bound / norm)
    return tuple(share * gradient for gradient in gradients)


def fans(layer: nn.Conv2d | nn.Linear) -> tuple[int, int]:
    """Count the inputs and the outputs of a unit, kernel positions included."""
    area = layer.weight[0, 0].numel()
    return layer.weight.shape[1] * area, layer.weight.shape[0] * area


def descend(params: list[nn.Parameter], recipe: Recipe) -> Update:
    speeds = [torch.zeros_like(param) for param in params]

    def update(gradients: tuple[Tensor, ...]) -> None:
        for param, speed, plain in zip(params, speeds, gradients, strict=True):
            gradient = plain + recipe.weight_decay * param.data
            speed.mul_(recipe.momentum).add_(gradient)
            param.data -= recipe.learning_rate * (gradient + recipe.momentum * speed if recipe.nesterov else speed)

    return update


def adapt(params: list[nn.Parameter], recipe: Recipe) -> Update:
    """Adam as Kingma and Ba's algorithm 1 has it, with an L2 penalty in the gradient.

    AdamW takes the decay off the weight instead: Loshchilov and Hutter 2019, algorithm 2.
    """
    first, second = ([torch.zeros_like(param) for param in params] for _ in range(2))
    time, decoupled = 0, recipe.optimizer == "AdamW"

    def update(gradients: tuple[Tensor, ...]) -> None:
        nonlocal time
        time += 1
        for param, mean, square, plain in zip(params, first, second, gradients, strict=True):
            gradient = plain if decoupled else plain + recipe.weight_decay * param.data
            mean.mul_(0.9).add_(0.1 * gradient)
            square.mul_(0.999).add_(0.001 * gradient**2)
            step = (mean / (1 - 0.9**time)) / ((square / (1 - 0.999**time)).sqrt() + 1e-8)
            decay = recipe.weight_decay * param.data if decoupled else 0.0
            param.data -= recipe.learning_rate * (step + decay)

    return update


def normalise(params: list[nn.Parameter], recipe: Recipe) -> Update:
    """RMSprop as Hinton's lecture 6e has it, with torch's averaging over 0.99 and momentum on what it gives."""
    squares, speeds = ([torch.zeros_like(param) for param in params] for _ in range(2))

    def update(gradients: tuple[Tensor, ...]) -> None:
        for param, square, speed, plain in zip(params, squares, speeds, gradients, strict=True):
            gradient = plain + recipe.weight_decay * param.data
            square.mul_(0.99).add_(0.01 * gradient**2)
            speed.mul_(recipe.momentum).add_(gradient / (square.sqrt() + 1e-8))
            param.data -= recipe.learning_rate * speed

    return update


UPDATES = {"SGD": descend, "Adam": adapt, "AdamW": adapt, "RMSprop": normalise}
UPDATES = {"SGD": descend, "Adam": adapt, "AdamW": adapt, "RMSprop": normalise}


@pytest.mark.parametrize(
    ("base", "changes"),
    [
        (BASE, {"train_size": 80}),  # its last batch is a half one
        (BASE, {"epochs": 3}),
        (BASE, {"batch_size": 96}),
        (BASE, {"batch_size": 100}),  # larger than the training set: one batch
        (BASE, {"optimizer": "Adam"}),
        (BASE, {"learning_rate": 0.2}),
        (BASE, {"momentum": 0.9}),
        (BASE, {"weight_decay": 1.0}),
        (BASE, {"init": "xavier"}),
        (BASE, {"seed": 1}),
        (BASE_ADAM, {"learning_rate": 0.02}),
        (BASE_ADAM, {"weight_decay": 0.1}),
        (BASE_SPEED, {"nesterov": True}),
        (BASE, {"label_smoothing": 0.1}),
        (BASE, {"clip_grad_norm": 0.5}),
        (BASE_ADAM, {"optimizer": "RMSprop"}),
        (BASE_ADAMW, {"weight_decay": 1.0}),
        (BASE_RMS, {"momentum": 0.9}),
        (BASE_RMS, {"weight_decay": 1.0}),
    ],
)
def test_a_changed_field_trains_as_written_out_by_hand(base: Recipe, changes: dict[str, Any]) -> None:
    recipe = msgspec.structs.replace(base, **changes)
    trained = losses(run(recipe))
    assert trained == pytest.approx(train_by_hand(recipe), rel=1e-4)
    assert trained != pytest.approx(losses(run(base)), rel=1e-3)


def test_all_pictures_are_used_where_train_size_is_left_empty() -> None:
    recipe = msgspec.structs.replace(BASE, train_size=None, epochs=1, batch_size=1_000)
    started, *told = run(recipe)
    assert isinstance(started, Started)
    assert (started.train_size, started.num_steps) == (6_000, 6)
    assert losses(told) == pytest.approx(train_by_hand(recipe), rel=1e-4)
