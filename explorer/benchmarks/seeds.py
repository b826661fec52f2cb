"""Whether seeds of one small network train faster together than one after another, on the CPU.

Together means one step for all: the weights of the seeds are one tensor a layer, and each seed has a batch of its own.
Absolute figures mean little on a shared machine: quote the ratios.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy

import msgspec
import torch
import torch.nn.functional as F  # noqa: N812  # torch's own name for it
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state, vmap

from explorer.architecture.presets import PRESETS
from explorer.training.batches import to_input
from explorer.training.evaluate import count_hits
from explorer.training.prepare import Run, prepare
from explorer.training.recipe import Job, Recipe
from explorer.training.stacked import Stack
from explorer.training.step import take_step

PRESET = "lenet-d2l"
SEEDS = (3, 5)
BATCH_SIZES = (256, 32)
SECONDS = 0.5  # of each way a round
TOGETHER = ("vmap", "groups")

Step = Callable[[Tensor], object]  # takes the numbers of the pictures in each seed's batch: seeds × batch size
Scores = Callable[[Tensor], Tensor]  # from seeds × pictures × C×H×W to seeds × pictures × classes


class SeedSpeeds(msgspec.Struct, frozen=True):
    """Milliseconds in which all seeds take a step, three ways: medians over the rounds, and of the rounds' ratios."""

    seeds: int
    batch_size: int
    rounds: int
    one_after_another: float  # the program's own step, a seed at a time
    vmap: float  # torch's vmap over the stacked networks
    groups: float  # as the program does it: a convolution with a group a seed, one batched product a dense layer
    one_after_another_over_vmap: float
    one_after_another_over_groups: float
    spreads: dict[str, tuple[float, float]]  # lowest and highest of each ratio


def bench_seeds(*, rounds: int = 7) -> Iterator[SeedSpeeds]:
    """Measure the three ways in turn, `rounds` times, for each number of seeds and each batch size."""
    for batch_size in BATCH_SIZES:
        for seeds in SEEDS:
            yield _measure(seeds, batch_size, rounds)


def _measure(seeds: int, batch_size: int, rounds: int) -> SeedSpeeds:
    steps = ways(range(seeds), batch_size)
    picked = torch.randint(6_000, (seeds, batch_size))
    many = max(1, round(SECONDS / statistics.median(_seconds(steps["one_after_another"], picked, 1) for _ in range(9))))
    for step in steps.values():
        _seconds(step, picked, many)  # the first use of torch's kernels is slower
    times = [{name: 1_000 * _seconds(step, picked, many) for name, step in steps.items()} for _ in range(rounds)]
    return _summarise(times, seeds=seeds, batch_size=batch_size)


def _summarise(times: Sequence[dict[str, float]], *, seeds: int, batch_size: int) -> SeedSpeeds:
    medians = {name: statistics.median(each[name] for each in times) for name in times[0]}
    ratios = {
        f"one_after_another_over_{name}": [each["one_after_another"] / each[name] for each in times]
        for name in TOGETHER
    }
    return SeedSpeeds(
        seeds=seeds,
        batch_size=batch_size,
        rounds=len(times),
        spreads={name: (min(values), max(values)) for name, values in ratios.items()},
        **medians,
        **{name: statistics.median(values) for name, values in ratios.items()},
    )


def _seconds(step: Step, picked: Tensor, many: int) -> float:
    """Give the mean seconds of so many steps."""
    begun = time.perf_counter()
    for _ in range(many):
        step(picked)
    return (time.perf_counter() - begun) / many


def first_run(seed: int, batch_size: int) -> Run:
    """Prepare the book's LeNet with the first weights of a seed."""
    recipe = Recipe(batch_size=batch_size, learning_rate=0.9, init="xavier", device="cpu", seed=seed)
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(seed)
        return prepare(Job(PRESETS[PRESET].architecture, recipe))


def ways(numbers: Sequence[int], batch_size: int) -> dict[str, Step]:
    """Give the three ways to take a step of all seeds, each with runs of its own."""
    apart, mapped, grouped = ([first_run(seed, batch_size) for seed in numbers] for _ in range(3))

    def one_after_another(picked: Tensor) -> None:
        for run, pictures in zip(apart, picked, strict=True):
            take_step(run, pictures)

    stack = Stack(grouped)
    return {
        "one_after_another": one_after_another,
        "vmap": stepping(mapped[0], *by_vmap([run.network for run in mapped])),
        "groups": lambda picked: stack.take(tuple(picked)),
    }


def stepping(run: Run, scores_of: Scores, weights: Sequence[Tensor]) -> Step:
    """Do for all seeds at once what the program's step does for one, the recipe being plain SGD."""
    optimizer = torch.optim.SGD(weights, lr=run.recipe.learning_rate, fused=True)

    def step(picked: Tensor) -> None:
        inputs = to_input(run.train_images[picked.flatten()], run.input_shape).reshape(*picked.shape, *run.input_shape)
        labels = run.train_labels[picked.flatten()]
        scores = scores_of(inputs).flatten(0, 1)
        loss = F.cross_entropy(scores, labels, reduction="sum") / picked.shape[1]
        if loss.isfinite().item():
            loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it unannotated
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        count_hits(scores.detach(), labels)

    return step


def by_vmap(networks: Sequence[nn.Sequential]) -> tuple[Scores, list[Tensor]]:
    """Map one network over the stacked weights of all; gives its scores and those weights."""
    weights, buffers = stack_module_state(list(networks))
    bare = deepcopy(networks[0]).to("meta")

    def scores(weights: dict[str, Tensor], buffers: dict[str, Tensor], inputs: Tensor) -> Tensor:
        found: Tensor = functional_call(bare, (weights, buffers), (inputs,))
        return found

    return lambda inputs: vmap(scores)(weights, buffers, inputs), list(weights.values())


def report(speeds: SeedSpeeds) -> str:
    """Say what came of one number of seeds and one batch size."""
    together = ", ".join(f"by {name} {_ratio(speeds, f'one_after_another_over_{name}')} × as fast" for name in TOGETHER)
    apart = f"one after another {speeds.one_after_another:.1f} ms a step of all"
    return f"batch {speeds.batch_size:3}, {speeds.seeds} seeds: {apart}; together {together}"


def _ratio(speeds: SeedSpeeds, name: str) -> str:
    low, high = speeds.spreads[name]
    return f"{getattr(speeds, name):.2f} ({low:.2f} to {high:.2f})"
