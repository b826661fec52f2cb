"""A field for a number, with its steps beside it: what is wrong stays as it was typed, and says why below it.

    number_field(NumberField("epochs", 10, rule, name="field_epochs", on_change=change))
    if words := wrong_fields({"epochs": 10}):  # in the way of whatever would use the number

Streamlit's own field cuts off, rounds and swallows what it does not take: a click then trains with the number before.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal, NamedTuple

import streamlit as st

from explorer.training.recipe.recipe import RecipeError
from explorer.ui.base import state
from explorer.ui.base.inputs import keyed_value, pass_on
from explorer.views.common.palette import FALSE_WORDS
from explorer.views.common.typed_number import NumberError, NumberRule, read_number, stepped, write_number
from explorer.views.common.words import plain

Width = int | Literal["stretch"]  # px, or all there is
Number = int | float | None
OnNumber = Callable[[Any], None]  # raises `RecipeError` where the number does not go with others
Place = tuple[str, int, str]  # the page, what is chosen there, and the label
MOST_TYPED = 40  # characters


class NumberField(NamedTuple):
    """A field: its label, the number that it is about, which numbers it takes, its widget's name, and what hears."""

    label: str
    value: Number
    rule: NumberRule
    name: str
    on_change: OnNumber


class WrongNumber(NamedTuple):
    """What was typed that is not such a number, why, and beside which number of the field."""

    text: str
    reason: str
    beside: Number


class ShownField(NamedTuple):
    """A field as it was drawn last: its widget's key, and what hears of a text."""

    key: str
    hear: Callable[[str], None]


@dataclass
class NumberFields:
    """The fields of a tab, by their places."""

    wrong: dict[Place, WrongNumber] = field(default_factory=dict)
    shown: dict[Place, ShownField] = field(default_factory=dict)


def number_field(
    asked: NumberField,
    *,
    about: str = "",
    placeholder: str | None = None,
    width: Width = "stretch",
    disabled: bool = False,
    is_labelled: bool = True,
) -> None:
    """Show a number's field and its steps; its `on_change` hears of each number that its rule takes."""
    place = _place(asked.label)
    wrong = _wrong(place, asked.value)
    hear = partial(_hear, place, asked)
    keyed = keyed_value(asked.name, wrong.text if wrong else write_number(asked.value), hear)
    _fields().shown[place] = ShownField(keyed["key"], hear)
    with st.container(width=width, gap="xxsmall", key=f"number_{asked.name}"):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="xxsmall"):
            st.text_input(
                asked.label,
                max_chars=MOST_TYPED,
                placeholder=placeholder,
                help=about or None,
                disabled=disabled,
                autocomplete="off",
                label_visibility="visible" if is_labelled else "collapsed",
                **keyed,
            )
            _steps(asked, place, keyed["key"], disabled=disabled)
        if wrong:
            st.markdown(f":small[:{FALSE_WORDS}[:material/error: {plain(wrong.reason)}]]")


def wrong_fields(values: Mapping[str, Number]) -> str:
    """Say what is wrong with fields of this page, by label with the numbers that they are about; nothing if nothing is.

    It stands in the way of whatever would use these numbers.
    """
    found = ((label, _wrong(_place(label), value)) for label, value in values.items())
    return next((f"{label}: {wrong.reason}" for label, wrong in found if wrong), "")


def settle_fields() -> None:
    """Hear what was typed last on this page, which may come with the click on a button and be heard after it."""
    page = state.session().address.page
    for place, shown in list(_fields().shown.items()):
        if place[0] == page and state.is_there(shown.key):
            pass_on(shown.key, shown.hear)


def _fields() -> NumberFields:
    return state.session().slice_of(NumberFields)


def _place(label: str) -> Place:
    """Tell fields of one label apart: of two pages, and of two layers."""
    session = state.session()
    return session.address.page, session.designs.selected, label


def _wrong(place: Place, value: Number) -> WrongNumber | None:
    """Give what is wrong in a field; a number that was changed by something else took its place."""
    wrong = _fields().wrong.get(place)
    return wrong if wrong and wrong.beside == value else None


def _hear(place: Place, asked: NumberField, text: str) -> None:
    _fields().wrong.pop(place, None)
    try:
        number = read_number(text, asked.rule)
        if number != asked.value:
            asked.on_change(number)
    except (NumberError, RecipeError) as error:
        _fields().wrong[place] = WrongNumber(text, str(error), asked.value)


def _steps(asked: NumberField, place: Place, key: str, *, disabled: bool) -> None:
    """Show the buttons that make the number smaller and larger, as far as it goes."""
    for sign, up in (("−", False), ("+", True)):
        is_at_bound = stepped(asked.value, asked.rule, up=up) == asked.value and place not in _fields().wrong
        st.button(
            sign,
            key=f"{asked.name}_{'up' if up else 'down'}",
            disabled=disabled or is_at_bound,
            on_click=_step,
            args=(asked, place, key, up),
        )


def _step(asked: NumberField, place: Place, key: str, up: bool) -> None:
    """Step from what is typed just now, or from the field's number where that is none."""
    try:
        base = read_number(str(state.sent(key)), asked.rule) if state.is_there(key) else asked.value
    except NumberError:
        base = asked.value
    _hear(place, asked, write_number(stepped(base, asked.rule, up=up)))
