"""The optimizers a recipe can name: the one dictionary that the loop uses and that menus list."""

from collections.abc import Callable, Iterable
from typing import Any

from torch import nn
from torch.optim import SGD, Adam, Optimizer

OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {"SGD": SGD, "Adam": Adam}
WITH_MOMENTUM = ("SGD",)  # those whose `momentum` is a setting


def make_optimizer(
    name: str, params: Iterable[nn.Parameter], *, learning_rate: float, momentum: float, weight_decay: float
) -> Optimizer:
    """Make the optimizer with torch's fused kernel, which updates all parameters in one call."""
    settings: dict[str, Any] = {"momentum": momentum} if name in WITH_MOMENTUM else {}
    return OPTIMIZERS[name](params, lr=learning_rate, weight_decay=weight_decay, fused=True, **settings)


def state_per_parameter(name: str, *, momentum: float) -> int:
    """Count the numbers that the optimizer keeps for each parameter beside its gradient."""
    return {"SGD": 1 if momentum else 0, "Adam": 2}[name]
