"""The loop does what the recipe says and nothing else, and tells it in numbers that are right."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec
import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explorer.architecture.build import build
from explorer.architecture.layers import BatchNorm1d, BatchNorm2d, Conv2d, Dropout, Flatten, Layer, Linear, ReLU
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.training import devices, evaluate, prepare
from explorer.training.batches import draw_orders, to_input
from explorer.training.datasets import DataError, Dataset, load
from explorer.training.events import Epoch, Evaluating, Event, Failed, Finished, Started, Step
from explorer.training.loop import train
from explorer.training.recipe import Job, Recipe

SMALL = Architecture(
    name="small",
    input_shape=(1, 28, 28),
    layers=(Conv2d(out_channels=4, kernel_size=7, stride=5), ReLU(), Flatten(), Linear(out_features=10)),
)
DROPPING = Architecture(
    name="dropping",
    input_shape=(1, 28, 28),
    layers=(
        Conv2d(out_channels=4, kernel_size=7, stride=5),
        BatchNorm2d(),
        ReLU(),
        Flatten(),
        Dropout(),
        Linear(out_features=10),
    ),
)
BASE = Recipe(train_size=96, epochs=2, batch_size=32, learning_rate=0.1, device="cpu")
BASE_ADAM = msgspec.structs.replace(BASE, optimizer="Adam", learning_rate=0.01)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Compute with one thread: on a busy machine several wait for each other, for a minute instead of a second."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def run(recipe: Recipe, architecture: Architecture = SMALL) -> list[Event]:
    return list(train(Job(architecture=architecture, recipe=recipe)))


def losses(events: Iterable[Event]) -> list[float]:
    return [event.train_loss for event in events if isinstance(event, Step)]


def without_times(events: Iterable[Event]) -> list[dict[str, Any]]:
    """Give the events as JSON has them, less what a clock says."""
    shown = (msgspec.to_builtins(event) for event in events if not isinstance(event, Evaluating))
    return [
        {key: value for key, value in event.items() if key not in {"seconds", "images_per_second"}} for event in shown
    ]


def cause_of(recipe: Recipe, architecture: Architecture = SMALL) -> str:
    """Give the words of a job that fails before its first step."""
    (event,) = run(recipe, architecture)
    assert isinstance(event, Failed)
    return event.cause


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
    update = {"SGD": descend, "Adam": adapt}[recipe.optimizer](list(network.parameters()), recipe)
    found = []
    for _ in range(recipe.epochs):
        for picked in torch.split(next(orders), recipe.batch_size):
            loss = nn.CrossEntropyLoss()(network(images[picked]), data.labels[picked])
            update(torch.autograd.grad(loss, list(network.parameters())))
            found.append(loss.item())
    return found


def fans(layer: nn.Conv2d | nn.Linear) -> tuple[int, int]:
    """Count the inputs and the outputs of a unit, kernel positions included."""
    area = layer.weight[0, 0].numel()
    return layer.weight.shape[1] * area, layer.weight.shape[0] * area


def descend(params: list[nn.Parameter], recipe: Recipe) -> Callable[[tuple[Tensor, ...]], None]:
    speeds = [torch.zeros_like(param) for param in params]

    def update(gradients: tuple[Tensor, ...]) -> None:
        for param, speed, gradient in zip(params, speeds, gradients, strict=True):
            speed.mul_(recipe.momentum).add_(gradient + recipe.weight_decay * param.data)
            param.data -= recipe.learning_rate * speed

    return update


def adapt(params: list[nn.Parameter], recipe: Recipe) -> Callable[[tuple[Tensor, ...]], None]:
    """Adam as Kingma and Ba's algorithm 1 has it, with an L2 penalty in the gradient."""
    first, second = ([torch.zeros_like(param) for param in params] for _ in range(2))
    time = 0

    def update(gradients: tuple[Tensor, ...]) -> None:
        nonlocal time
        time += 1
        for param, mean, square, plain in zip(params, first, second, gradients, strict=True):
            gradient = plain + recipe.weight_decay * param.data
            mean.mul_(0.9).add_(0.1 * gradient)
            square.mul_(0.999).add_(0.001 * gradient**2)
            step = (mean / (1 - 0.9**time)) / ((square / (1 - 0.999**time)).sqrt() + 1e-8)
            param.data -= recipe.learning_rate * step

    return update


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
    measuring = evaluate.evaluate(network, data.images, data.labels, input_shape=(1, 28, 28), chunk=chunk)
    signs: list[int] = []
    while True:
        try:
            signs.append(next(measuring).done)
        except StopIteration as stopped:
            loss, accuracy = stopped.value
            break
    assert signs == [min(done, 1_000) for done in range(chunk, 1_000 + chunk, chunk)]
    assert loss == pytest.approx(nn.functional.cross_entropy(scores, data.labels).item(), rel=1e-5)
    assert accuracy == pytest.approx((scores.argmax(dim=1) == data.labels).float().mean().item())
    assert network.training


def test_a_loss_that_is_no_number_ends_the_run_in_words() -> None:
    recipe = Recipe(train_size=512, batch_size=64, learning_rate=100, init="xavier")
    *_, failed = run(recipe, PRESETS["lenet-keras"].architecture)
    assert isinstance(failed, Failed)
    assert "learning rate of 100 " in failed.cause
    assert failed.cause.endswith("Try a learning rate of 10.")


def test_a_test_loss_that_is_no_number_ends_the_run_too() -> None:
    # Each step multiplies the weights by 1 − 100, and the test pictures see it before the next step does.
    *told, step, failed = run(Recipe(train_size=64, batch_size=64, epochs=50, learning_rate=100, weight_decay=1))
    assert isinstance(step, Step)
    assert isinstance(failed, Failed)
    assert f"The loss at step {step.step} was no finite number" in failed.cause
    assert [epoch.step for epoch in told if isinstance(epoch, Epoch)] == list(range(1, step.step))


def with_layers(*layers: Layer, input_shape: tuple[int, int, int] = (1, 28, 28)) -> Architecture:
    return Architecture(name="odd", input_shape=input_shape, layers=layers)


DENSE = (Flatten(), Linear(out_features=10))
REFUSED: list[tuple[Architecture, dict[str, Any], tuple[str, ...]]] = [
    (with_layers(), {}, ("no layers", "Linear")),
    (with_layers(Flatten(), input_shape=(1, 2, 5)), {}, ("no parameters",)),
    (with_layers(Flatten(), Linear(out_features=7)), {}, ("7 numbers", "10 classes")),
    (with_layers(Conv2d(out_channels=10, kernel_size=5)), {}, ("10×24×24 numbers", "Flatten")),
    (with_layers(Conv2d(out_channels=2, kernel_size=29), *DENSE), {}, ("layer 1 (conv1)", "Set padding to 1")),
    (with_layers(*DENSE, input_shape=(2, 32, 32)), {"dataset": "cifar10"}, ("2 channels", "cifar10 have 3")),
    (with_layers(*DENSE), {"train_size": 6_001}, ("6,001", "6,000")),
    (with_layers(*DENSE, BatchNorm1d()), {"train_size": 65}, ("norm1", "65 pictures", "batches of 32")),
    (with_layers(*DENSE, BatchNorm1d()), {"train_size": 1}, ("norm1", "1 pictures")),
]


@pytest.mark.parametrize(("architecture", "changes", "words"), REFUSED)
def test_a_job_that_cannot_be_trained_is_refused_in_words(
    architecture: Architecture, changes: dict[str, Any], words: tuple[str, ...]
) -> None:
    cause = cause_of(msgspec.structs.replace(BASE, **changes), architecture)
    assert all(word in cause for word in words), cause


def test_missing_pictures_are_told_in_the_data_sets_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> Dataset:
        raise DataError(f"{name} is not here; download it")

    monkeypatch.setattr(prepare, "load", refuse)
    assert cause_of(BASE) == "fashion-mnist-subset is not here; download it"


def test_a_device_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(devices.PRESENT, "cuda", lambda: False)
    assert "no device cuda" in cause_of(msgspec.structs.replace(BASE, device="cuda"))


def test_a_batch_that_does_not_fit_into_memory_is_refused_with_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare, "free_bytes", lambda _device: 2**28)
    cause = cause_of(
        msgspec.structs.replace(BASE, batch_size=60_000, train_size=6_000), PRESETS["lenet-keras"].architecture
    )
    assert "has 0.2 GiB free" in cause
    assert "smaller batch_size than 60,000" in cause
