"""Schedules, augmentation and bfloat16 train as torch's own scheduler and autocast do."""

from collections.abc import Callable

import msgspec
import pytest
import torch
from torch import nn
from torch.optim.lr_scheduler import ConstantLR, CosineAnnealingLR, LRScheduler, OneCycleLR, StepLR

from explorer.architecture.build import build
from explorer.data.datasets import load
from explorer.training.events import Epoch, Step
from explorer.training.loop.batches import draw_orders
from explorer.training.recipe.augment import Augment, make_augment
from explorer.training.recipe.recipe import Recipe
from tests.training.small_jobs import BASE, SMALL, losses, run

SCHEDULERS: dict[str, Callable[[torch.optim.Optimizer], LRScheduler]] = {  # for 6 steps, 3 an epoch
    "constant": lambda optimizer: ConstantLR(optimizer, factor=1),
    "step": lambda optimizer: StepLR(optimizer, step_size=2),
    "cosine": lambda optimizer: CosineAnnealingLR(optimizer, T_max=6),
    "one-cycle": lambda optimizer: OneCycleLR(
        optimizer, max_lr=BASE.learning_rate, total_steps=6, cycle_momentum=False
    ),
}


def train_by_torch(recipe: Recipe, augment: Augment) -> nn.Sequential:
    """Train SMALL with torch's own optimizer and scheduler, on pictures that `augment` changes."""
    torch.manual_seed(recipe.seed)
    network, data = build(SMALL), load(recipe.dataset).train
    optimizer = torch.optim.SGD(network.parameters(), lr=recipe.learning_rate)
    scheduler = SCHEDULERS[recipe.schedule](optimizer)
    orders = draw_orders(6_000, train_size=recipe.train_size or 6_000, seed=recipe.seed)
    for picked in (picked for _ in range(recipe.epochs) for picked in torch.split(next(orders), recipe.batch_size)):
        optimizer.zero_grad()
        nn.CrossEntropyLoss()(network(augment(data.images[picked]) / 255), data.labels[picked]).backward()
        optimizer.step()
        scheduler.step()
    return network


def check_test_loss(recipe: Recipe, network: nn.Sequential) -> float:
    """Hold the run's last test loss against a network's on the plain test pictures."""
    data = load(recipe.dataset).test
    with torch.no_grad():
        expected = nn.functional.cross_entropy(network(data.images / 255), data.labels).item()
    *_, last = (event for event in run(recipe) if isinstance(event, Epoch))
    assert last.test_loss == pytest.approx(expected, rel=1e-5)
    return last.test_loss


@pytest.mark.parametrize("schedule", SCHEDULERS)
def test_the_learning_rate_goes_as_torchs_own_scheduler_has_it(schedule: str) -> None:
    recipe = msgspec.structs.replace(BASE, schedule=schedule, step_size=2 / 3 if schedule == "step" else None)
    found = check_test_loss(recipe, train_by_torch(recipe, lambda images: images))
    constant = check_test_loss(BASE, train_by_torch(BASE, lambda images: images))
    assert (found == constant) == (schedule == "constant")


def test_a_warm_up_counts_in_epochs() -> None:
    """Two steps of the first epoch's three rise: to a half, then to the whole learning rate."""
    half = msgspec.structs.replace(BASE, train_size=32, epochs=1, learning_rate=BASE.learning_rate / 2)
    warm = msgspec.structs.replace(BASE, train_size=32, epochs=3, warmup_epochs=2.0)
    first = next(event for event in run(warm) if isinstance(event, Epoch))
    assert first.test_loss == check_test_loss(half, train_by_torch(half, lambda images: images))
    assert losses(run(warm)) != losses(run(msgspec.structs.replace(warm, warmup_epochs=0.0)))


def test_training_pictures_are_augmented_and_test_pictures_are_not() -> None:
    recipe = msgspec.structs.replace(BASE, augmentation="flip+crop")
    augment = make_augment("flip+crop", seed=recipe.seed, device=torch.device("cpu"))
    assert augment is not None
    check_test_loss(recipe, train_by_torch(recipe, augment))
    assert losses(run(recipe)) != pytest.approx(losses(run(BASE)), rel=1e-3)


def test_bfloat16_computes_as_torchs_autocast_does() -> None:
    torch.manual_seed(BASE.seed)
    network, data = build(SMALL), load(BASE.dataset).train
    picked = next(draw_orders(6_000, train_size=96, seed=BASE.seed))[:32]
    with torch.autocast("cpu", torch.bfloat16):
        scores = network(data.images[picked] / 255)
    expected = nn.functional.cross_entropy(scores.float(), data.labels[picked]).item()
    step = next(e for e in run(msgspec.structs.replace(BASE, precision="bfloat16")) if isinstance(e, Step))
    assert scores.dtype == torch.bfloat16
    assert step.train_loss == pytest.approx(expected, rel=1e-6)
    assert step.train_loss != pytest.approx(losses(run(BASE))[0], rel=1e-6)
