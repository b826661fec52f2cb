"""Measures a device with a few real training steps; `python -m explorer.training.cost.calibrate cpu` prints its rates.

It takes some seconds. On a computer that does something else meanwhile it finds a slower device, and says for how
much of the time it was given a processor.
"""

import os
import stat
import sys
import threading
import time

import msgspec
import torch
import torch.nn.functional as F  # noqa: N812  # torch's own name for it

from explorer.architecture.build import build
from explorer.architecture.kinds.activation import ReLU
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.pooling import AdaptiveAvgPool2d
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import trace
from explorer.training.cost.speed import Speed, Timing, fit
from explorer.training.recipe.devices import find_device

MEASURED_SECONDS = 0.7  # for each network, after a first step that torch takes longer for; the quickest step counts
STEPS = 3  # at least


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


class Measurement(msgspec.Struct, frozen=True):
    """A device's rates as they were found, and what they rest on."""

    speed: Speed
    cpu_share: float  # of the time, in which the thread that computes had a processor; 1 where another device does
    at: float  # Unix seconds, when it was begun


def calibrate(device: torch.device) -> Measurement:
    """Measure a device's rates."""
    at, begun, used = time.time(), time.perf_counter(), time.thread_time()
    speed = fit([_measure(architecture, batch_size, device) for architecture, batch_size in MEASURED])
    # Not the process's time: torch's other threads sleep wherever a network is too small for them.
    share = (time.thread_time() - used) / (time.perf_counter() - begun)
    return Measurement(speed, share if device.type == "cpu" else 1.0, at)


def _measure(architecture: Architecture, batch_size: int, device: torch.device) -> Timing:
    network = build(architecture).to(device).to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01, fused=True)
    pictures = torch.rand(batch_size, *architecture.input_shape, device=device)
    pictures = pictures.to(memory_format=torch.channels_last)
    labels = torch.zeros(batch_size, dtype=torch.int64, device=device)
    seconds, end = list[float](), time.perf_counter() + MEASURED_SECONDS
    while len(seconds) <= STEPS or time.perf_counter() < end:
        begun = time.perf_counter()
        F.cross_entropy(network(pictures), labels).backward()  # type: ignore[no-untyped-call]  # torch has no types for it
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        _wait(device)
        seconds.append(time.perf_counter() - begun)
    return Timing(trace(architecture), batch_size, min(seconds[1:]))


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


def main() -> None:
    """Print what is found of the device that the first argument names, as one JSON object."""
    if stat.S_ISFIFO(os.fstat(sys.stdin.fileno()).st_mode):
        threading.Thread(target=_end_with_input, name="end of input", daemon=True).start()
    sys.stdout.write(msgspec.json.encode(calibrate(find_device(sys.argv[1]))).decode() + "\n")


def _end_with_input() -> None:
    """Measure no longer than the server lives that asked for it."""
    while os.read(sys.stdin.fileno(), 4_096):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
