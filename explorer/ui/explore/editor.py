"""The card beside the stack that edits the chosen layer, or the network's input."""

from functools import partial

import streamlit as st
from msgspec.inspect import type_info
from msgspec.structs import replace

from explorer.architecture import edit
from explorer.architecture.build import layer_names
from explorer.architecture.edit import maps_before
from explorer.architecture.kinds import KINDS
from explorer.architecture.kinds.historic import PartialConv2d
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.spec import INPUT, Architecture, InputChannels, InputSize
from explorer.lessons.course.locks import ALL_LAYERS
from explorer.lessons.course.locks import INPUT as INPUT_SIZES
from explorer.ui.base import state
from explorer.ui.base.fields import edit_field
from explorer.ui.base.inputs import keyed_option, keyed_value
from explorer.ui.explore.connection_grid import connection_grid
from explorer.ui.explore.layer_fields import Change, are_apart, layer_fields
from explorer.views.common.words import plain
from explorer.views.design.changes import source_words

# A short menu, which opens whole on a low screen; any other kind is one change of the card's own menu away.
ADDED = ("Conv2d", "MaxPool2d", "AvgPool2d", "BatchNorm2d", "ReLU", "Sigmoid", "Dropout", "Flatten", "Linear")
ADD_HELP = "Adds a layer below this one. For any other kind, add one and change its kind."
INPUT_FIELDS = {"channels": InputChannels, "height": InputSize, "width": InputSize}


def layer_card() -> None:
    """Show the chosen layer's fields and what can be done with it, as high for each, so that nothing below moves."""
    index, layers = state.session().designs.selected, state.session().design.layers
    with st.container(border=True, key="layer_card"):
        with st.container(horizontal=True, vertical_alignment="center", key="layer_actions"):
            if index == INPUT:
                st.markdown("**input** · one picture")
            else:
                _name(index)
            _actions(index)
        with st.container(horizontal=True, key="fields_by_side" if are_apart(layers) else "fields"):
            if index == INPUT:
                _input_fields()
            else:
                _fields(index)


def _name(index: int) -> None:
    layers = state.session().design.layers
    name = layer_names(layers)[index]
    st.markdown(f"**{name}**", width="content")
    keyed = keyed_option("kind", type(layers[index]).__name__, partial(_change_kind, index), options=KINDS)
    fixed = state.session().locks.fixes(name)
    st.selectbox("Kind", label_visibility="collapsed", disabled=fixed, **keyed)


def _input_fields() -> None:
    sizes = dict(zip(INPUT_FIELDS, state.session().design.input_shape, strict=True))
    fixed = state.session().locks.fixes(INPUT_SIZES)
    for name, kind in INPUT_FIELDS.items():
        edit_field(name, sizes[name], type_info(kind), on_change=_resize_input, disabled=fixed)
    if source := source_words(state.session().design):
        st.caption(plain(source))


def _resize_input(name: str, size: int) -> None:
    design = state.session().design
    sizes = dict(zip(INPUT_FIELDS, design.input_shape, strict=True)) | {name: size}
    state.change(replace(design, input_shape=(sizes["channels"], sizes["height"], sizes["width"])))


def _fields(index: int) -> None:
    design = state.session().design
    layer = design.layers[index]
    name = layer_names(design.layers)[index]
    layer_fields(layer, name=name, on_change=partial(_change_layer, index, type(layer)))
    if isinstance(layer, PartialConv2d):
        connection_grid(layer, maps_before(design, index), on_change=partial(_change_layer, index, PartialConv2d))
    if index == edit.output_layer(design):
        _classes()


def _classes() -> None:
    follows = state.session().follows_classes
    label = f"Follow the data set's {state.num_classes()} classes"
    st.toggle(label, **keyed_value("follows", follows, state.follow_classes))


def _change_layer(index: int, kind: type[Layer], change: Change) -> None:
    """Change the layer whose card was shown, unless a click that came with this one took it away."""
    design = state.session().design
    if type(dict(enumerate(design.layers)).get(index)) is not kind:
        return
    edited = edit.replace_layer(design, index, change(design.layers[index]))
    if index == edit.output_layer(design):
        state.session().follows_classes = edit.num_classes(edited) == state.num_classes()
    state.change(edited)


def _change_kind(index: int, kind: str) -> None:
    design = state.session().design
    if index < len(design.layers):  # a click that came with this one may have taken the layer away
        state.change(edit.replace_layer(design, index, edit.change_kind(design.layers[index], kind)))


def _actions(index: int) -> None:
    last, fixed = len(state.session().design.layers) - 1, state.session().locks.fixes(ALL_LAYERS)
    off = fixed or index == INPUT
    st.menu_button("Add", ADDED, key="add", help=ADD_HELP, disabled=fixed, on_click=_add)
    st.button("Up", key="up", disabled=off or index == 0, on_click=_move, args=(-1,))
    st.button("Down", key="down", disabled=off or index == last, on_click=_move, args=(1,))
    st.button("Copy", key="copy", disabled=off, on_click=_duplicate)
    st.button("Remove", key="remove", disabled=off, on_click=_remove)


def _add() -> None:
    kind, index = state.sent("add"), state.session().designs.selected + 1
    _change_and_select(edit.insert(state.session().design, index, edit.new_layer(kind)), index)


def _move(by: int) -> None:
    index = state.session().designs.selected
    _change_and_select(edit.move(state.session().design, index, index + by), index + by)


def _duplicate() -> None:
    design, index = state.session().design, state.session().designs.selected
    _change_and_select(edit.insert(design, index + 1, design.layers[index]), index + 1)


def _remove() -> None:
    index = state.session().designs.selected
    _change_and_select(edit.replace_layer(state.session().design, index), index)


def _change_and_select(design: Architecture, index: int) -> None:
    state.change(design)
    state.select(index)
