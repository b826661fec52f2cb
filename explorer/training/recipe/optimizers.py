"""The optimizers a recipe can name: the one dictionary that the loop uses and that menus list."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.optim import SGD, Adam, AdamW, Optimizer, RMSprop


class OptimizerKind(NamedTuple):
    """One optimizer: torch's class, the numbers that it keeps for each parameter, and the settings that it has."""

    make: Callable[..., Optimizer]
    usual: float  # a learning rate with which most networks learn something
    kept: int  # beside the gradient, and a number more where there is momentum
    momentum: bool = False  # whether that is a setting, and not its own way of averaging gradients
    nesterov: bool = False
    fused: bool = False  # whether one call can update all parameters
    capturable: bool = False  # whether a CUDA graph takes it only if it counts steps on the device


OPTIMIZERS = {
    "SGD": OptimizerKind(SGD, usual=0.1, kept=0, momentum=True, nesterov=True, fused=True),
    "Adam": OptimizerKind(Adam, usual=0.001, kept=2, fused=True, capturable=True),
    "AdamW": OptimizerKind(AdamW, usual=0.001, kept=2, fused=True, capturable=True),
    "RMSprop": OptimizerKind(RMSprop, usual=0.001, kept=1, momentum=True, capturable=True),
}
WITH_MOMENTUM = tuple(name for name, kind in OPTIMIZERS.items() if kind.momentum)
WITH_NESTEROV = tuple(name for name, kind in OPTIMIZERS.items() if kind.nesterov)


def make_optimizer(
    name: str,
    params: Iterable[nn.Parameter],
    *,
    learning_rate: float,
    momentum: float,
    nesterov: bool,
    weight_decay: float,
    device: torch.device,
) -> Optimizer:
    """Make the optimizer, with torch's fused kernel where it has one, and so that a CUDA graph can take its step."""
    kind = OPTIMIZERS[name]
    settings: dict[str, Any] = {"fused": True} if kind.fused else {}
    if kind.momentum:
        settings["momentum"] = momentum
    if kind.nesterov:
        settings["nesterov"] = nesterov
    if device.type == "cuda":
        settings |= {"capturable": True} if kind.capturable else {}
        settings["lr"] = torch.tensor(learning_rate, device=device)
    return kind.make(params, **{"lr": learning_rate, "weight_decay": weight_decay, **settings})


def set_learning_rate(optimizer: Optimizer, learning_rate: float) -> None:
    """Give the next step's learning rate to all parameters; nothing waits for the device."""
    for group in optimizer.param_groups:
        if isinstance(group["lr"], Tensor):
            group["lr"].fill_(learning_rate)  # a CUDA graph reads it where it lies
        else:
            group["lr"] = learning_rate


def state_per_parameter(name: str, *, momentum: float) -> int:
    """Count the numbers that the optimizer keeps for each parameter beside its gradient."""
    return OPTIMIZERS[name].kept + (1 if momentum else 0)
