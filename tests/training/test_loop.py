"""The loop does what the recipe says and nothing else, and tells it in numbers that are right."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec
import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import ConstantLR, CosineAnnealingLR, LRScheduler, OneCycleLR, StepLR

from explorer.architecture.build import build
from explorer.architecture.layers import BatchNorm1d, BatchNorm2d, Conv2d, Dropout, Flatten, Layer, Linear, ReLU
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.training import devices, evaluate, meter, prepare
from explorer.training.augment import Augment, make_augment
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
BASE_SPEED = msgspec.structs.replace(BASE, momentum=0.9)
BASE_ADAMW = msgspec.structs.replace(BASE_ADAM, optimizer="AdamW")
BASE_RMS = msgspec.structs.replace(BASE, optimizer="RMSprop", learning_rate=0.001)
Update = Callable[[tuple[Tensor, ...]], None]


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


def test_bfloat16_is_refused_where_the_device_lacks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare, "has_precision", lambda _device, precision: precision == "float32")
    cause = cause_of(msgspec.structs.replace(BASE, precision="bfloat16"))
    assert cause == "cpu does not compute in bfloat16. Set precision to float32."


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
