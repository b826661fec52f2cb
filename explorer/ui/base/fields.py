"""One input for each field of a record, read off its type: whole numbers, other numbers, switches."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st
from msgspec.inspect import BoolType, FloatType, IntType, LiteralType, NoneType, Type, UnionType

from explorer.training.recipe.recipe import in_words
from explorer.ui.base.inputs import keyed_option, keyed_value
from explorer.ui.base.number_field import NumberField, number_field
from explorer.views.common.typed_number import NumberRule

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
STEPS = {  # of what is not stepped by factors
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
STARTS = {"train_size": 1_000, "max_seconds": 60.0, "target_accuracy": 0.9, "clip_grad_norm": 1.0, "step_size": 1.0}


def edit_field(
    name: str,
    value: object,
    kind: Type,
    *,
    on_change: Callable[[str, Any], None],
    label: str = "",
    about: str = "",
    disabled: bool = False,
) -> None:
    """Show the input of one field; a change calls `on_change` with the field's name and its new value.

    Its label is the field's name, unless another is said, and its help what `HELP` says of it. Only an input named in
    `EMPTY` can be cleared; its value is None then.
    """
    label, about = label or name, about or HELP.get(name, "")
    key, change, plain = f"field_{label}", partial(on_change, name), _without_none(kind)
    if isinstance(plain, BoolType):
        st.toggle(label, help=about or None, disabled=disabled, **keyed_value(key, bool(value), change))
    elif isinstance(plain, LiteralType):
        keyed = keyed_option(key, value, change, options=plain.values)
        st.selectbox(label, help=about or None, disabled=disabled, **keyed)
    else:
        asked = NumberField(label, _as_number(value, plain), rule_of(name, kind), key, change)
        number_field(asked, about=about, empty=EMPTY.get(name, ""), disabled=disabled)


def _as_number(value: object, kind: Type) -> float | None:
    """Give a field's number in its type: one of a half as a float, also where it is written as a whole one."""
    if not isinstance(value, int | float):
        return None
    return float(value) if isinstance(kind, FloatType) else value


def rule_of(name: str, kind: Type) -> NumberRule:
    """Read off a field's type which numbers it takes; a learning rate is stepped by factors."""
    plain = _without_none(kind)
    if not isinstance(plain, IntType | FloatType):
        raise TypeError(f"no input for {name}: {kind}")
    low, high = (plain.ge if plain.gt is None else plain.gt), (plain.le if plain.lt is None else plain.lt)
    whole = isinstance(plain, IntType)
    return NumberRule(
        in_words(plain),
        is_whole=whole,
        low=-math.inf if low is None else low,
        high=math.inf if high is None else high,
        excludes_low=plain.gt is not None,
        excludes_high=plain.lt is not None,
        is_optional=name in EMPTY,
        step=1 if whole else STEPS.get(name),
        start=STARTS.get(name),
    )


def choose_field(
    name: str,
    value: str,
    choices: tuple[str, ...],
    *,
    words: Callable[[str], str],
    on_change: Callable[[str, Any], None],
    disabled: bool = False,
) -> None:
    """Show the menu of a field that is one of some names; `words` says a name to a person."""
    keyed = keyed_option(f"field_{name}", value, partial(on_change, name), options=choices)
    st.selectbox(name, format_func=words, help=HELP.get(name), disabled=disabled, **keyed)


def _without_none(kind: Type) -> Type:
    """See through `… | None`."""
    kinds = kind.types if isinstance(kind, UnionType) else (kind,)
    return next(part for part in kinds if not isinstance(part, NoneType))
