"""Measures a device with a few real training steps, and prints its rates: `python -m <this module> cpu`.

It takes some seconds. On a computer that does something else meanwhile it finds a slower device, and says for how
much of the time it was given a processor.
"""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import msgspec
import torch
from torch import Tensor

from explorer.architecture.kinds.activation import ReLU
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.pooling import AdaptiveAvgPool2d
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import trace
from explorer.data.pictures import Dataset, Pictures
from explorer.process.lifeline import die_with_server, end_with_input
from explorer.training.cost.measurement import Measurement
from explorer.training.cost.speed import Speed, Timing, fit
from explorer.training.cost.way import count_parts
from explorer.training.events import Way
from explorer.training.loop.parts import Parts
from explorer.training.loop.prepare import PreparedRun, assemble
from explorer.training.loop.step import take_step
from explorer.training.memory_reuse import reuse_memory
from explorer.training.no_compiler import leave_out_the_compiler
from explorer.training.recipe.devices import find_device
from explorer.training.recipe.recipe import Job, Recipe
from explorer.training.threads import Threads, count_cores

MEASURED_SECONDS = 0.4  # for each network, after a first step that torch takes longer for; the quickest step counts
STEPS = 1  # at least: a network that takes long takes evenly long


# Each leans on one rate: calls, values, multiply-adds in convolutions, parameters; the last two are whole AlexNets.
CONVOLUTIONS = Architecture(
    name="convolutions",
    input_shape=(64, 28, 28),
    layers=(
        *(Conv2d(out_channels=64, kernel_size=3, padding=1), ReLU()),
        *(Conv2d(out_channels=64, kernel_size=3, padding=1), ReLU()),
        *(AdaptiveAvgPool2d(output_size=1), Flatten(), Linear(out_features=10)),
    ),
)
DENSE = Architecture(
    name="dense",
    input_shape=(1, 32, 32),
    layers=(Flatten(), Linear(out_features=2048), ReLU(), Linear(out_features=2048), ReLU(), Linear(out_features=10)),
)
LENET, SMALL, LARGE = (PRESETS[name].architecture for name in ("lenet-d2l", "alexnet-28", "alexnet-d2l"))
MEASURED = ((LENET, 16), (LENET, 256), (CONVOLUTIONS, 32), (DENSE, 16), (SMALL, 128), (LARGE, 16))


Take = Callable[[Tensor], object]  # takes a step on the pictures of these numbers
MakeTake = Callable[[PreparedRun], Take]


def calibrate(device: torch.device) -> Measurement:
    """Measure a device's rates; a CPU's alone, beside busy cores, and by torch's own threads."""
    at, begun, used = time.time(), time.perf_counter(), time.thread_time()
    if device.type != "cpu":
        return Measurement(_rates(device, 1, _whole), 1.0, at)
    cores = count_cores()
    alone = _rates(device, cores, lambda run: Parts(run, Threads(cores)).take)
    # Not the process's time: torch's other threads sleep wherever a network is too small for them.
    share = (time.thread_time() - used) / (time.perf_counter() - begun)
    with _others_computing(cores - 1):
        beside = _rates(device, cores, lambda run: Parts(run, Threads(1)).take)
    torch.set_num_threads(cores)
    return Measurement(alone, share, at, beside=beside, whole=_rates(device, 1, _whole))


def _whole(run: PreparedRun) -> Take:
    return partial(take_step, run)


def _rates(device: torch.device, cores: int, make_take: MakeTake) -> Speed:
    return fit([_time(architecture, size, device, cores, make_take) for architecture, size in MEASURED])


def _time(architecture: Architecture, size: int, device: torch.device, cores: int, make_take: MakeTake) -> Timing:
    way = Way(parts=count_parts(trace(architecture), _recipe(size, device), cores=cores))
    take, picked = make_take(_prepared(architecture, size, device, way)), torch.arange(size, device=device)
    seconds, end = list[float](), time.perf_counter() + MEASURED_SECONDS
    while len(seconds) <= STEPS or time.perf_counter() < end:
        begun = time.perf_counter()
        take(picked)
        _wait(device)
        seconds.append(time.perf_counter() - begun)
    return Timing(trace(architecture), size, min(seconds[1:]))


def _prepared(architecture: Architecture, size: int, device: torch.device, way: Way) -> PreparedRun:
    """Make a run on one batch of noise, which needs no data set."""
    images = torch.randint(256, (size, *architecture.input_shape), dtype=torch.uint8)
    noise = Pictures(images, torch.zeros(size, dtype=torch.int64))
    job = Job(architecture, _recipe(size, device))
    return assemble(job, trace(architecture), Dataset(train=noise, test=noise), device=device, way=way)


def _recipe(size: int, device: torch.device) -> Recipe:
    return Recipe(train_size=size, batch_size=size, device=device.type, learning_rate=0.01)


@contextmanager
def _others_computing(count: int) -> Iterator[None]:
    """Keep so many cores busy, as other runs do; within torch, where Python's lock is free."""
    over = threading.Event()
    matrix = torch.rand(512, 512)

    def compute() -> None:
        torch.set_num_threads(1)
        while not over.is_set():
            torch.mm(matrix, matrix)

    others = [threading.Thread(target=compute, daemon=True) for _ in range(count)]
    for other in others:
        other.start()
    try:
        yield
    finally:
        over.set()
        for other in others:
            other.join()


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


def main() -> None:
    """Print what is found of the device that the first argument names, as one JSON object."""
    die_with_server()  # it measures no longer than the server lives that asked for it
    end_with_input()
    reuse_memory()
    leave_out_the_compiler()
    sys.stdout.write(msgspec.json.encode(calibrate(find_device(sys.argv[1]))).decode() + "\n")


if __name__ == "__main__":
    main()
