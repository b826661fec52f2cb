"""One input for each field of a record, read off its type: whole numbers, other numbers, switches."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import streamlit as st
from msgspec.inspect import BoolType, FloatType, IntType, LiteralType, NoneType, Type, UnionType

from explorer.ui.base.inputs import keyed_option, keyed_value

Width = int | Literal["stretch"]  # px, or all there is
EMPTY = {  # what an empty input means
    "train_size": "all",
    "max_seconds": "no limit",
    "target_accuracy": "no target",
    "clip_grad_norm": "no bound",
    "step_size": "a quarter",
}
HELP = {
    "epochs": "How often the network sees each training picture.",
    "batch_size": "Pictures in one step.",
    "optimizer": "How a step is made from the gradients. SGD goes straight down them; RMSprop and Adam divide each "
    "weight's gradient by its usual size, so that all weights move alike; AdamW is Adam with a cleaner weight decay.",
    "learning_rate": "How far each step goes. Too small: the loss stays flat. Too large: it jumps, or units die.",
    "momentum": "Share of the last step that is kept. At 0.9 steps add up to ten times as far: learn more slowly.",
    "nesterov": "Measure along the momentum: a step ahead, which brakes sooner before a valley's other side.",
    "weight_decay": "How strongly weights are pulled to 0 at each step, against overfitting. The 2012 paper: 0.0005.",
    "clip_grad_norm": "Longest gradient that a step may follow; a longer one is shortened. Tames rare leaps. Empty: no "
    "bound.",
    "schedule": "How the learning rate goes. step: to a tenth, again and again. cosine: smoothly down to 0. one-cycle: "
    "up for three tenths of the run, then down. Planned over all epochs, also where a limit ends the run sooner.",
    "step_size": "Epochs from one fall to a tenth to the next. Empty: a quarter of the run, so three falls.",
    "warmup_epochs": "Epochs in which the learning rate rises from nearly 0; half an epoch is 0.5. Helps where the "
    "first steps would break the first weights.",
    "label_smoothing": "Share of the truth that is spread over all classes, so that the network is never quite sure. "
    "It raises the training loss; the test loss is measured without.",
    "augmentation": "Changes each training picture anew whenever it is seen: flip mirrors half of them (clothes may "
    "be mirrored, digits not), crop shifts them by up to 4 pixels, colour changes light and colours. Never the test "
    "pictures.",
    "init": "Where the weights begin. xavier: as in Dive into Deep Learning. keras: the same with biases 0. kaiming: "
    "made for ReLU. lecun: variance 1 over a unit's inputs. lenet5, alexnet: as their papers have it. zeros: to see it "
    "fail.",
    "seed": "Draws the first weights and the order of pictures: the same seed gives the same run.",
    "train_size": "Training pictures; empty for all.",
    "max_seconds": "Ends the run early; empty for no limit.",
    "target_accuracy": "Ends the run after the epoch whose test accuracy reaches it; 0.9 is 90 %. Empty: no target.",
    "precision": "bfloat16 computes with three digits in place of seven: on a newer GPU much faster, in half the "
    "memory. Weights stay float32.",
    "device": "auto: a GPU where there is one, otherwise the CPU.",
}
STEPS = {  # where a hundredth is too coarse or too fine a step
    "p": 0.05,
    "alpha": 0.0001,
    "momentum": 0.1,
    "weight_decay": 0.0001,
    "max_seconds": 10.0,
    "clip_grad_norm": 0.5,
    "warmup_epochs": 0.5,
    "step_size": 1.0,
    "label_smoothing": 0.05,
    "target_accuracy": 0.05,
}
TINY = 1e-9  # how far an input stays above a bound that is itself not allowed
BELOW = 0.001  # how far an input stays under a bound that is itself not allowed


def edit_field(
    name: str,
    value: object,
    kind: Type,
    *,
    on_change: Callable[[str, Any], None],
    label: str = "",
    about: str = "",
    width: Width = "stretch",
) -> None:
    """Show the input of one field; a change calls `on_change` with the field's name and its new value.

    Its label is the field's name, unless another is said, and its help what `HELP` says of it. Only an input named in
    `EMPTY` can be cleared; its value is None then.
    """
    label, about = label or name, about or HELP.get(name, "")
    key, change, plain = f"field_{label}", partial(on_change, name), _without_none(kind)
    if isinstance(plain, BoolType):
        st.toggle(label, help=about or None, width=width, **keyed_value(key, bool(value), change))
    elif isinstance(plain, LiteralType):
        st.selectbox(label, help=about or None, width=width, **keyed_option(key, value, change, options=plain.values))
    else:
        number = float(value) if isinstance(value, int) and isinstance(plain, FloatType) else value  # the bounds' type
        st.number_input(
            label,
            placeholder=EMPTY.get(name),
            help=about or None,
            width=width,
            **keyed_value(key, number, change),
            **(_whole(plain) if isinstance(plain, IntType) else _decimal(name, plain, number)),
        )


def _whole(kind: IntType) -> dict[str, Any]:
    """Give a whole number's bounds and step."""
    return {"min_value": kind.ge, "max_value": kind.le if kind.lt is None else kind.lt - 1, "step": 1}


def _decimal(name: str, kind: Type, value: object) -> dict[str, Any]:
    """Give another number's bounds, step (its own, or one of the value's leading digit) and format."""
    if not isinstance(kind, FloatType):
        raise TypeError(f"no input for {name}: {kind}")
    low = _float(kind.ge if kind.gt is None else kind.gt + TINY)
    high = _float(kind.le if kind.lt is None else kind.lt - BELOW)
    step = STEPS.get(name) or leading(value)
    return {"min_value": low, "max_value": high, "step": step, "format": "%g"}


def leading(value: object) -> float:
    """Give the weight of a number's leading digit: 0.1 for 0.9, 0.001 for 0.003."""
    return 10.0 ** math.floor(math.log10(abs(value))) if isinstance(value, float) and value else 0.01


def _float(bound: float | None) -> float | None:
    """Make a bound that is written as a whole number a float, as the input wants it."""
    return None if bound is None else float(bound)


def choose_field(
    name: str,
    value: str,
    choices: tuple[str, ...],
    *,
    words: Callable[[str], str],
    on_change: Callable[[str, Any], None],
) -> None:
    """Show the menu of a field that is one of some names; `words` says a name to a person."""
    keyed = keyed_option(f"field_{name}", value, partial(on_change, name), options=choices)
    st.selectbox(name, format_func=words, help=HELP.get(name), **keyed)


def _without_none(kind: Type) -> Type:
    """See through `… | None`."""
    kinds = kind.types if isinstance(kind, UnionType) else (kind,)
    return next(part for part in kinds if not isinstance(part, NoneType))
