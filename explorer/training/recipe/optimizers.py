"""The optimizers a recipe can name: the one dictionary that the loop uses and that menus list."""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import SGD, Adam, AdamW, Optimizer, RMSprop

OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {"SGD": SGD, "Adam": Adam, "AdamW": AdamW, "RMSprop": RMSprop}
WITH_MOMENTUM = ("SGD", "RMSprop")  # those whose `momentum` is a setting
WITH_NESTEROV = ("SGD",)
WITH_FUSED = ("SGD", "Adam", "AdamW")  # those that can update all parameters in one call
WITH_CAPTURABLE = ("Adam", "AdamW", "RMSprop")  # those that a CUDA graph takes only if they count steps on the device


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
    settings: dict[str, Any] = {"fused": True} if name in WITH_FUSED else {}
    if name in WITH_MOMENTUM:
        settings["momentum"] = momentum
    if name in WITH_NESTEROV:
        settings["nesterov"] = nesterov
    if device.type == "cuda":
        settings |= {"capturable": True} if name in WITH_CAPTURABLE else {}
        settings["lr"] = torch.tensor(learning_rate, device=device)
    return OPTIMIZERS[name](params, **{"lr": learning_rate, "weight_decay": weight_decay, **settings})


def set_learning_rate(optimizer: Optimizer, learning_rate: float) -> None:
    """Give the next step's learning rate to all parameters; nothing waits for the device."""
    for group in optimizer.param_groups:
        if isinstance(group["lr"], Tensor):
            group["lr"].fill_(learning_rate)  # a CUDA graph reads it where it lies
        else:
            group["lr"] = learning_rate


def state_per_parameter(name: str, *, momentum: float) -> int:
    """Count the numbers that the optimizer keeps for each parameter beside its gradient."""
    own = {"SGD": 0, "Adam": 2, "AdamW": 2, "RMSprop": 1}[name]
    return own + (1 if momentum else 0)
