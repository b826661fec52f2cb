"""The loop tells what it does in numbers that are right, and ends where it should."""

from typing import Any

import msgspec
import numpy as np
import pytest
import torch
from torch import nn

from explorer.architecture.build import build
from explorer.architecture.presets import PRESETS
from explorer.data.datasets import Dataset, load
from explorer.training.events import Epoch, Failed, Finished, Started, Step
from explorer.training.loop import evaluate, meter, prepare
from explorer.training.loop.batches import draw_orders, to_input
from explorer.training.loop.train import train
from explorer.training.recipe.recipe import Job, Recipe
from explorer.training.threads import Threads
from tests.training.small_jobs import BASE, DROPPING, SMALL, losses, run, without_times


def test_the_data_set_is_the_one_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def load_negatives(name: str) -> Dataset:
        asked.append(name)
        data = load("fashion-mnist-subset")
        return msgspec.structs.replace(data, train=msgspec.structs.replace(data.train, images=255 - data.train.images))

    plain = losses(run(BASE))
    monkeypatch.setattr(prepare, "load", load_negatives)
    started, *told = run(msgspec.structs.replace(BASE, dataset="mnist"))
    assert isinstance(started, Started)
    assert (asked, started.dataset) == (["mnist"], "mnist")
    assert losses(told) != plain


def test_the_time_limit_ends_the_run_at_the_step_where_it_passes() -> None:
    events = run(msgspec.structs.replace(BASE, max_seconds=1e-9, epochs=50))
    steps = [event for event in events if isinstance(event, Step)]
    *_, epoch, finished = events
    assert [step.step for step in steps] == [1]
    assert isinstance(epoch, Epoch)
    assert (epoch.step, epoch.epoch, epoch.train_loss) == (1, 1 / 3, steps[0].train_loss)
    assert isinstance(finished, Finished)
    assert finished.reason == "max_seconds"


def test_a_generous_time_limit_changes_nothing() -> None:
    limited, free = run(msgspec.structs.replace(BASE, max_seconds=86_400)), run(BASE)
    assert without_times(limited) == without_times(free)
    assert without_times(free)[-1] == {"event": "finished", "reason": "epochs"}


def test_the_same_job_gives_the_same_numbers_even_beside_another_run() -> None:
    job = Job(architecture=DROPPING, recipe=BASE)
    alone = without_times(train(job))
    torch.manual_seed(99)
    before = torch.get_rng_state()
    both = list(zip(train(job), train(job), strict=True))
    assert without_times(first for first, _ in both) == alone
    assert without_times(second for _, second in both) == alone
    assert torch.equal(torch.get_rng_state(), before)


def test_the_first_loss_is_the_cross_entropy_of_the_first_batch() -> None:
    torch.manual_seed(BASE.seed)
    network, data = build(SMALL), load(BASE.dataset).train
    picked = next(draw_orders(6_000, train_size=96, seed=BASE.seed))[:32]
    with torch.no_grad():
        scores = network(data.images[picked] / 255).double().numpy()
    labels = data.labels[picked].numpy()
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    step = next(event for event in run(BASE) if isinstance(event, Step))
    assert step.train_loss == pytest.approx(-np.log(shares[np.arange(32), labels]).mean(), rel=1e-5)
    assert step.train_accuracy == pytest.approx((scores.argmax(axis=1) == labels).mean())


@pytest.mark.slow
def test_lenet_5_learns_by_the_nearest_code() -> None:
    """Its first loss is that of the distances written out: −log(exp(−d of the class) / sum of exp(−d))."""
    lenet, recipe = PRESETS["lenet5-1998"].architecture, Recipe(train_size=128, batch_size=128, epochs=12, device="cpu")
    torch.manual_seed(recipe.seed)
    network, data = build(lenet), load(recipe.dataset).train
    picked = next(draw_orders(6_000, train_size=128, seed=recipe.seed))
    with torch.no_grad():
        distances = network(to_input(data.images[picked], (1, 32, 32))).double().numpy()
    labels = data.labels[picked].numpy()
    own = distances[np.arange(128), labels]
    events = run(msgspec.structs.replace(recipe, optimizer="Adam", learning_rate=0.001), lenet)
    first, *_, last = (event for event in events if isinstance(event, Step))
    assert first.train_loss == pytest.approx((own + np.log(np.exp(-distances).sum(axis=1))).mean(), rel=1e-4)
    assert first.train_accuracy == pytest.approx((distances.argmin(axis=1) == labels).mean())
    assert last.train_loss < 0.75 * first.train_loss
    told = [event for event in events if isinstance(event, Epoch)]
    assert told[-1].test_accuracy > 0.2  # twice what guessing gives


def test_an_epochs_figures_are_the_means_over_its_pictures() -> None:
    events = run(msgspec.structs.replace(BASE, train_size=80))  # batches of 32, 32 and 16
    steps = [event for event in events if isinstance(event, Step)]
    epochs = [event for event in events if isinstance(event, Epoch)]
    for epoch, part in zip(epochs, (steps[:3], steps[3:]), strict=True):
        sizes = (32, 32, 16)
        loss = sum(step.train_loss * size for step, size in zip(part, sizes, strict=True)) / 80
        accuracy = sum(step.train_accuracy * size for step, size in zip(part, sizes, strict=True)) / 80
        assert (epoch.train_loss, epoch.train_accuracy) == pytest.approx((loss, accuracy))


@pytest.mark.parametrize("chunk", [1_000, 64])
def test_test_figures_are_measured_without_dropout_and_signs_of_life_come_meanwhile(
    chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(0)
    network, data = build(DROPPING), load("fashion-mnist-subset").test
    with torch.no_grad():
        scores = network.eval()(data.images / 255)
    network.train()
    monkeypatch.setattr(evaluate, "SIGN_SECONDS", 0)
    measuring = evaluate.evaluate(
        network, data.images, data.labels, input_shape=(1, 28, 28), chunk=chunk, threads=Threads(1)
    )
    signs: list[int] = []
    while True:
        try:
            signs.append(next(measuring).done)
        except StopIteration as stopped:
            tested = stopped.value
            break
    assert signs == [min(done, 1_000) for done in range(chunk, 1_000 + chunk, chunk)]
    assert tested.loss == pytest.approx(nn.functional.cross_entropy(scores, data.labels).item(), rel=1e-5)
    assert tested.accuracy == pytest.approx((scores.argmax(dim=1) == data.labels).float().mean().item())
    assert network.training


def test_a_loss_that_is_no_number_ends_the_run_in_words() -> None:
    recipe = Recipe(train_size=512, batch_size=64, learning_rate=100, init="xavier")
    *_, failed = run(recipe, PRESETS["lenet-keras"].architecture)
    assert isinstance(failed, Failed)
    assert "learning rate of 100 " in failed.cause
    assert failed.cause.endswith("Try a learning rate of 0.1.")


def test_a_test_loss_that_is_no_number_ends_the_run_too() -> None:
    # Each step multiplies the weights by 1 − 100, and the test pictures see it before the next step does.
    *told, step, failed = run(Recipe(train_size=64, batch_size=64, epochs=50, learning_rate=100, weight_decay=1))
    assert isinstance(step, Step)
    assert isinstance(failed, Failed)
    assert f"The loss at step {step.step} was not a finite number" in failed.cause
    assert [epoch.step for epoch in told if isinstance(epoch, Epoch)] == list(range(1, step.step))


def test_the_target_accuracy_ends_the_run_after_the_epoch_that_reaches_it() -> None:
    recipe = msgspec.structs.replace(BASE, epochs=30)
    reached = [event.test_accuracy for event in run(recipe) if isinstance(event, Epoch)]
    target = sorted(reached)[15]
    events = run(msgspec.structs.replace(recipe, target_accuracy=target))
    first = next(number for number, accuracy in enumerate(reached, 1) if accuracy >= target)
    assert [event.test_accuracy for event in events if isinstance(event, Epoch)] == reached[:first]
    assert 1 < first < 30
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert finished.reason == "target_accuracy"


def test_a_target_within_a_group_of_steps_still_tells_its_last_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meter, "MAX_POINTS", 3)  # groups of ten steps, epochs of three
    events = run(msgspec.structs.replace(BASE, epochs=10, target_accuracy=0.01))
    assert [event.step for event in events if isinstance(event, Step)] == [1, 3]


@pytest.mark.parametrize(
    "changes", [{"augmentation": "flip+crop"}, {"precision": "bfloat16"}, {"init": "lenet5"}, {"optimizer": "RMSprop"}]
)
def test_the_same_job_gives_the_same_numbers_with_each_new_field(changes: dict[str, Any]) -> None:
    recipe = msgspec.structs.replace(BASE, **changes)
    assert without_times(run(recipe)) == without_times(run(recipe))
