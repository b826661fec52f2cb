"""The inputs of one layer's settings, read off its record; windows may be set for each side by itself."""

from collections.abc import Callable, Iterable
from functools import partial

import streamlit as st
from msgspec.inspect import Field, StructType, type_info
from msgspec.structs import replace

from explorer.architecture.kinds.layer import Layer
from explorer.ui.base import state
from explorer.ui.base.fields import edit_field
from explorer.ui.base.inputs import keyed_value
from explorer.ui.explore.connection_grid import NAME as CONNECTIONS
from explorer.ui.explore.explore_state import part_sides, remembered

ABOUT = {
    "out_channels": "Feature maps that come out: one filter each.",
    "kernel_size": "Side of the window, in pixels.",
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
    "dim": "The dimension along which probabilities add up to 1: 1 is the channels or features, −1 the last.",
    "num_parameters": "Trained slopes: 1 for all values, or one for each channel.",
    "init": "What the trained slopes are at first.",
    "eps": "What is added to the variance, so that nothing is divided by 0.",
    "momentum": "Share of each new batch in the running mean and variance; the opposite of an optimizer's momentum.",
}

Change = Callable[[Layer], Layer]
OnChange = Callable[[Change], None]  # takes what is to be done to the layer as it is by then


def layer_fields(layer: Layer, *, name: str, on_change: OnChange) -> None:
    """Show the inputs of a layer's settings, one by one; a change of one calls `on_change` with what it does.

    `name` is the layer's, by which the step of a lesson may fix some of them.
    """
    fields = [field for field in _fields(layer) if field.name != CONNECTIONS]
    if not fields:
        st.container(key="no_settings").caption("This kind has no settings.")
    apart = _is_apart(layer)
    for field in fields:
        if apart and field.name in layer.sides:
            _each_side(layer, field, on_change, name)
        else:
            _one(layer, field, on_change, name)
    if layer.sides:
        st.toggle("Each side by itself", **keyed_value("sides_apart", apart, partial(_part, layer, on_change)))


def _fields(layer: Layer) -> tuple[Field, ...]:
    info = type_info(type(layer))
    fields = info.fields if isinstance(info, StructType) else ()
    return tuple(field for field in fields if field.name != layer.given)  # which the layer before decides


def are_apart(layers: Iterable[Layer]) -> bool:
    """Tell whether sides have inputs of their own in the card of any of some layers, which is higher then."""
    return any(map(_is_apart, layers))


def _is_apart(layer: Layer) -> bool:
    """Tell whether a layer's sides have inputs of their own: as was chosen, and wherever they differ."""
    return remembered().parts_sides or any(isinstance(getattr(layer, name), tuple) for name in layer.sides)


def _one(layer: Layer, field: Field, on_change: OnChange, owner: str) -> None:
    def change(name: str, value: object) -> None:
        on_change(lambda current: replace(current, **{name: value}))

    value, about = getattr(layer, field.name), ABOUT.get(field.name, "")
    fixed = state.session().locks.fixes(owner, field.name)
    edit_field(field.name, value, field.type, on_change=change, about=about, disabled=fixed)


def _each_side(layer: Layer, field: Field, on_change: OnChange, owner: str) -> None:
    def change(place: int, name: str, size: int) -> None:
        on_change(partial(_with_side, name=name, place=place, size=size))

    sides, fixed = layer.sides[field.name], state.session().locks.fixes(owner, field.name)
    for place, (side, size) in enumerate(zip(sides, _sizes(layer, field.name), strict=True)):
        label, changed = f"{field.name}, {side}", partial(change, place)
        about = ABOUT[field.name]
        edit_field(field.name, size, field.type, on_change=changed, label=label, about=about, disabled=fixed)


def _sizes(layer: Layer, name: str) -> tuple[int, ...]:
    value = getattr(layer, name)
    return value if isinstance(value, tuple) else (value,) * len(layer.sides[name])


def _with_side(layer: Layer, *, name: str, place: int, size: int) -> Layer:
    sizes = _sizes(layer, name)
    return replace(layer, **{name: (*sizes[:place], size, *sizes[place + 1 :])})


def _part(layer: Layer, on_change: OnChange, apart: bool) -> None:
    """Give each side inputs of its own, or let all be as the first is."""
    part_sides(apart)
    if not apart and any(isinstance(getattr(layer, name), tuple) for name in layer.sides):
        on_change(lambda current: replace(current, **{name: _sizes(current, name)[0] for name in current.sides}))
