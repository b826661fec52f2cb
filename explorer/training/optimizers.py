"""The optimizers a recipe can name: the one dictionary that the loop uses and that menus list."""

from collections.abc import Callable, Iterable
from typing import Any

from torch import nn
from torch.optim import SGD, Adam, AdamW, Optimizer, RMSprop

OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {"SGD": SGD, "Adam": Adam, "AdamW": AdamW, "RMSprop": RMSprop}
WITH_MOMENTUM = ("SGD", "RMSprop")  # those whose `momentum` is a setting
WITH_NESTEROV = ("SGD",)
WITH_FUSED = ("SGD", "Adam", "AdamW")  # those that can update all parameters in one call


def make_optimizer(
    name: str,
    params: Iterable[nn.Parameter],
    *,
    learning_rate: float,
    momentum: float,
    nesterov: bool,
    weight_decay: float,
) -> Optimizer:
    """Make the optimizer, with torch's fused kernel where it has one."""
    settings: dict[str, Any] = {"fused": True} if name in WITH_FUSED else {}
    if name in WITH_MOMENTUM:
        settings["momentum"] = momentum
    if name in WITH_NESTEROV:
        settings["nesterov"] = nesterov
    return OPTIMIZERS[name](params, lr=learning_rate, weight_decay=weight_decay, **settings)


def set_learning_rate(optimizer: Optimizer, learning_rate: float) -> None:
    """Give the next step's learning rate to all parameters; a number on the host, so nothing waits for the device."""
    for group in optimizer.param_groups:
        group["lr"] = learning_rate


def state_per_parameter(name: str, *, momentum: float) -> int:
    """Count the numbers that the optimizer keeps for each parameter beside its gradient."""
    own = {"SGD": 0, "Adam": 2, "AdamW": 2, "RMSprop": 1}[name]
    return own + (1 if momentum else 0)
