"""Activations, and what gives back what it gets, as exporters write them."""

import math
from collections.abc import Callable

from explorer.architecture.historic.paper import AMPLITUDE, SLOPE
from explorer.architecture.kinds.activation import (
    ELU,
    GELU,
    LeakyReLU,
    PReLU,
    ReLU,
    ReLU6,
    ScaledTanh,
    Sigmoid,
    SiLU,
    Softplus,
    Tanh,
)
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.regularisation import Dropout
from explorer.architecture.kinds.shape import Identity
from explorer.exchange.onnx_graph.found import Found, Part
from explorer.exchange.onnx_graph.pattern import Constant, OneOf, X, op

EXACT = 1e-6  # of what float32 makes of a number
FLOAT = 1  # ONNX's number of float32
INFINITE = 3.4e38  # float32's end, which some exporters write for none
STRAIGHT = 20  # from where torch takes x for softplus(x)


def _plain(layer: Layer) -> Callable[[Found], Part]:
    return lambda _: Part((layer,))


def elu(found: Found) -> Part:
    """Read an ELU, whose scale is 1."""
    if (alpha := found.float_of("Elu", "alpha", 1.0)) != 1:
        raise found.refusal(f"alpha {alpha:g}", "1")
    return Part((ELU(),))


def leaky_relu(found: Found) -> Part:
    """Read a leaky ReLU."""
    return Part((LeakyReLU(negative_slope=found.float_of("LeakyRelu", "alpha", 0.01)),))


def prelu(found: Found) -> Part:
    """Read slopes: one for all values, or one for each channel."""
    slopes, channels = found.weight("slope"), found.shape[0]
    each = (channels, *[1] * (len(found.shape) - 1))
    if slopes.size != 1 and slopes.shape not in (each, (1, *each)):
        raise found.refusal(f"{slopes.size:,} slopes", f"one, or one for each of {channels:,} channels")
    return Part((PReLU(num_parameters=slopes.size),), (slopes.reshape(-1),))


def clip(found: Found) -> Part:
    """Read a ReLU that is written as bounds: from 0, to 6 or without end."""
    low, high = (_bound(found, name) for name in ("min", "max"))
    if low != 0 or high not in (6, None):
        raise found.refusal(f"values from {low} to {high}", "those from 0, to 6 or without end")
    return Part((ReLU6() if high == 6 else ReLU(),))


def _bound(found: Found, name: str) -> float | None:
    value = found.number(name) if found.has(name) else found.float_of("Clip", name, INFINITE)
    return None if abs(value) >= INFINITE else value


def gelu(found: Found) -> Part:
    """Read a GELU by the normal distribution itself, not by tanh."""
    if (how := found.text_of("Gelu", "approximate", "none")) != "none":
        raise found.refusal(f"approximate {how!r:.20}", "'none'")
    return Part((GELU(),))


def written_gelu(found: Found) -> Part:
    """Read x · (1 + erf(x/√2)) · ½."""
    _check(found, root=math.sqrt(2), one=1, half=0.5)
    return Part((GELU(),))


def softplus(found: Found) -> Part:
    """Read a softplus that is x itself from 20 on, as torch has it."""
    _check(found, straight=STRAIGHT)
    return Part((Softplus(),))


def scaled_tanh(found: Found) -> Part:
    """Read LeNet-5's tanh."""
    _check(found, slope=SLOPE, amplitude=AMPLITUDE)
    return Part((ScaledTanh(),))


def _check(found: Found, **numbers: float) -> None:
    for name, number in numbers.items():
        if abs((value := found.number(name)) - number) > EXACT:
            raise found.refusal(f"{value:g} as a factor or summand", f"{number:g}, as a layer that is known has it")


def dropout(found: Found) -> Part:
    """Read a dropout's share: an input of newer files, a setting of older ones."""
    return Part((Dropout(p=found.number("ratio") if found.has("ratio") else found.float_of("Dropout", "ratio", 0.5)),))


def cast(found: Found) -> Part:
    """Read float32 that is made into float32: nothing."""
    if found.int_of("Cast", "to", FLOAT) != FLOAT:
        raise found.refusal("another type of numbers", "float32 all the way")
    return Part()


BENT = op("Add", op("Erf", OneOf((op("Div", X, Constant("root")),))), Constant("one"))
FORMS = [
    (op("Relu", X), _plain(ReLU())),
    (op("Sigmoid", X), _plain(Sigmoid())),
    (op("Tanh", X), _plain(Tanh())),
    (op("Elu", X), elu),
    (op("LeakyRelu", X), leaky_relu),
    (op("PRelu", X, Constant("slope")), prelu),
    (op("Clip", X, Constant("min", optional=True), Constant("max", optional=True)), clip),
    (op("Gelu", X), gelu),
    (op("Mul", op("Mul", X, BENT, name="inner"), Constant("half")), written_gelu),
    (op("Mul", X, op("Sigmoid", X)), _plain(SiLU())),
    (
        op("Where", op("Greater", X, Constant("straight")), X, op("Softplus", X)),
        softplus,
    ),
    (op("Softplus", X), _plain(Softplus())),
    (
        op("Mul", op("Tanh", op("Mul", X, Constant("slope"), name="inner")), Constant("amplitude")),
        scaled_tanh,
    ),
    (op("Dropout", X, Constant("ratio", optional=True), Constant("training_mode", optional=True)), dropout),
    (op("Identity", X), _plain(Identity())),
    (op("Cast", X), cast),
]
