"""All that only a CUDA GPU can show, within ten minutes: speed, several workers, memory, and what is said when it ends.

No GPU has seen this yet: it is tested on the CPU, with stand-ins for the graph, the counters and the shortage.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

import msgspec
import torch
from msgspec.structs import replace
from torch import Tensor

from explorer.architecture.trace import trace
from explorer.benchmarks.bare import BareStep
from explorer.benchmarks.contests import CONTESTS, Contest
from explorer.benchmarks.train import bench_train
from explorer.benchmarks.workers import seconds_at_once, seconds_by_turns
from explorer.training.cost.forecast import forecast
from explorer.training.events import Event, Failed
from explorer.training.loop.capture import WARM_UPS, CudaGraph, Graph
from explorer.training.loop.step import Figures
from explorer.training.loop.train import train
from explorer.training.recipe.recipe import Job

ROOT = Path(__file__).parents[2]
TESTS = ("tests/training/loop/test_capture.py", "-q", "-n0")
WORKERS = 8
TOLD = (0.67, 1.5)  # of the memory that is taken, how much is told before
SHORT = 0.01  # of the device's memory, which no AlexNet fits into


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at: what, what was found, and whether that is within its bound; None: only told."""

    what: str
    found: str
    holds: bool | None = None


class Device(msgspec.Struct, frozen=True):
    """What is asked of the device beyond training; a test has stand-ins."""

    name: str = "cuda"
    make_graph: Callable[[], Graph] = lambda: CudaGraph(())
    reset_peak: Callable[[], None] = torch.cuda.reset_peak_memory_stats
    peak: Callable[[], int] = torch.cuda.max_memory_allocated
    limit_memory: Callable[[float], None] = torch.cuda.set_per_process_memory_fraction


def bench_gpu(device: Device | None = None, contests: dict[str, Contest] | None = None) -> Iterator[Finding]:
    """Look at all of it in turn; the shortage of memory comes last."""
    device, contests = device or Device(), contests or CONTESTS
    yield _tests()
    yield from _speeds(device, contests)
    yield from _workers(device, contests["lenet-d2l"])
    yield from (_memory(device, contest) for contest in contests.values())
    yield _shortage(device, contests["alexnet-d2l"])


def _tests() -> Finding:
    """Run the tests that are skipped without a GPU."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *TESTS], cwd=ROOT, capture_output=True, text=True, check=False
    )
    last = (done.stdout.strip().splitlines() or ["no tests here"])[-1]
    return Finding("tests of the captured step", last, done.returncode == 0)


def _speeds(device: Device, contests: dict[str, Contest]) -> Iterator[Finding]:
    lenet = bench_train(contests["lenet-d2l"], device=device.name, rounds=1)
    ratio = lenet.ratios["ours_over_book_4_workers"].median
    yield Finding("LeNet over the book's loop, 4 workers (at least 10 ×)", f"{ratio:.2f} ×", ratio >= 10)
    large = contests["alexnet-d2l"].on(device.name)
    ours = bench_train(large, device=device.name, rounds=1).speeds["ours"]
    ratio = ours / measure_captured_step(large, device.make_graph())
    yield Finding("AlexNet at 224 over the bare captured step (at least 0.9 ×)", f"{ratio:.2f} ×", ratio >= 0.9)


def measure_captured_step(contest: Contest, graph: Graph) -> float:
    """Repeat the bare step, captured, and give pictures a second: what the hardware allows."""
    step = BareStep(contest)

    def take(picked: Tensor) -> Figures:
        step.take()
        return picked, picked

    for _ in range(WARM_UPS):
        graph.aside(take, torch.zeros(0))
    graph.capture(step.take)
    begun = perf_counter()
    for _ in range(contest.steps):
        graph.replay()
    step.wait()
    return contest.steps * contest.run.batch_size / (perf_counter() - begun)


def _workers(device: Device, contest: Contest) -> Iterator[Finding]:
    run = replace(contest.on(device.name).run, device=device.name)
    jobs = [Job(contest.architecture, replace(run, seed=seed)) for seed in range(WORKERS)]
    turns, at_once = seconds_by_turns(jobs), seconds_at_once(jobs)
    yield Finding(f"{WORKERS} runs of LeNet by turns in one worker", f"{turns:.1f} s")
    yield Finding(f"{WORKERS} runs of LeNet at once in {WORKERS} workers", f"{at_once:.1f} s, {turns / at_once:.2f} ×")


def _memory(device: Device, contest: Contest) -> Finding:
    recipe = replace(contest.run, device=device.name, epochs=1, train_size=2 * contest.run.batch_size)
    device.reset_peak()
    _train(Job(contest.architecture, recipe))
    told, taken = forecast(trace(contest.architecture), recipe, None).memory_bytes, device.peak()
    share = told / taken
    words = f"{taken / 10**9:.2f} GB taken, {share:.2f} × told"
    return Finding(f"memory of {contest.network}", words, TOLD[0] <= share <= TOLD[1])


def _shortage(device: Device, contest: Contest) -> Finding:
    """Take the device's memory away and train: the run has to fail in words."""
    device.limit_memory(SHORT)
    last = _train(Job(contest.architecture, replace(contest.run, device=device.name)))
    cause = last.cause if isinstance(last, Failed) else "it trained all the same"
    return Finding("too little memory, in words", cause, isinstance(last, Failed) and "memory" in cause)


def _train(job: Job) -> Event:
    *_, last = train(job)
    return last
