"""One input for each field of a layer's record, read off its type: whole numbers, shares, switches."""

from collections.abc import Callable

import msgspec
import streamlit as st
from msgspec.inspect import BoolType, Field, FloatType, IntType, StructType, Type, UnionType, type_info

from explorer.architecture.layers import Layer

HELP = {
    "out_channels": "Feature maps that come out: one filter each.",
    "kernel_size": "Side of the square window, in pixels.",
    "stride": "Pixels from one window to the next.",
    "padding": "Rows and columns of zeros around the input.",
    "dilation": "Distance between the window's taps; 1 is a dense window.",
    "groups": "Parts that the channels are split into; each part sees only itself.",
    "bias": "Whether each output adds a number of its own.",
    "ceil_mode": "Whether a last window may stand half outside (round up) or not (round down).",
    "output_size": "Side of the map that comes out.",
    "negative_slope": "Slope left of zero.",
    "size": "Neighbouring channels that are summed over.",
    "p": "Share of the values that is set to 0 while training.",
    "out_features": "Numbers that come out.",
}
STEPS = {"p": 0.05, "alpha": 0.0001}  # where a hundredth is too coarse or too fine a step
BELOW = 0.001  # how far an input stays under a bound that is itself not allowed


def layer_fields(layer: Layer) -> tuple[Field, ...]:
    """Give the fields of a layer's record with their types and bounds."""
    info = type_info(type(layer))
    return info.fields if isinstance(info, StructType) else ()


def edit_field(layer: Layer, field: Field, *, on_change: Callable[[str], None]) -> None:
    """Show the input of one field with the layer's value; a change calls `on_change` with the field's name."""
    name, key = field.name, field_key(field.name)
    st.session_state[key] = getattr(layer, name)
    if isinstance(field.type, BoolType):
        st.toggle(name, key=key, help=HELP.get(name), on_change=on_change, args=(name,))
    elif isinstance(st.session_state[key], float):
        _decimal(name, field.type, on_change)
    else:
        _whole(name, field.type, on_change)


def _whole(name: str, kind: Type, on_change: Callable[[str], None]) -> None:
    low, high = _int_limits(kind)
    st.number_input(
        name,
        key=field_key(name),
        min_value=low,
        max_value=high,
        step=1,
        help=HELP.get(name),
        on_change=on_change,
        args=(name,),
    )


def _decimal(name: str, kind: Type, on_change: Callable[[str], None]) -> None:
    low, high = _float_limits(kind)
    st.number_input(
        name,
        key=field_key(name),
        min_value=low,
        max_value=high,
        step=STEPS.get(name, 0.01),
        format="%g",
        help=HELP.get(name),
        on_change=on_change,
        args=(name,),
    )


def field_key(name: str) -> str:
    """Name the widget of a layer's field in the session state."""
    return f"field_{name}"


def limits_of(annotation: object) -> tuple[int | None, int | None]:
    """Give the least and the largest whole number that an annotated type allows."""
    return _int_limits(msgspec.inspect.type_info(annotation))


def _int_limits(kind: Type) -> tuple[int | None, int | None]:
    kinds = kind.types if isinstance(kind, UnionType) else (kind,)
    return next((part.ge, part.le) for part in kinds if isinstance(part, IntType))


def _float_limits(kind: Type) -> tuple[float | None, float | None]:
    if not isinstance(kind, FloatType):
        return None, None
    return kind.ge, kind.lt - BELOW if kind.lt is not None else kind.le
