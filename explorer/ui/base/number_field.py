"""A field for a number, with its steps beside it: what is wrong stays as it was typed, and says why below it.

number_field(NumberField("epochs", 10, rule, name="field_epochs", on_change=change))
if words := wrong_fields({"epochs": 10}):  # in the way of whatever would use the number
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from explorer.lessons.course.locks import LockedError
from explorer.training.recipe.recipe import RecipeError
from explorer.ui.base import state
from explorer.ui.components.controls.number_box import NumberBox, Typed, Width, number_box, typed_now
from explorer.views.common.typed_number import NumberError, NumberRule, read_number, stepped, write_number

Number = int | float | None
OnNumber = Callable[[Any], None]  # raises `RecipeError` or `LockedError` for a number that cannot be taken
Place = tuple[str, int, str]  # the page, what is chosen there, and the label


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


@dataclass
class NumberFields:
    """The fields of a tab, by their places."""

    wrong: dict[Place, WrongNumber] = field(default_factory=dict)
    shown: dict[str, tuple[Place, NumberField]] = field(default_factory=dict)  # as drawn last, by names
    heard: dict[Place, float] = field(default_factory=dict)  # when its last text was typed


def number_field(
    asked: NumberField,
    *,
    about: str = "",
    empty: str = "",
    width: Width = "stretch",
    disabled: bool = False,
    is_labelled: bool = True,
) -> None:
    """Show a number's field and its steps; its `on_change` hears of each number that its rule takes."""
    place = _place(asked.label)
    wrong = _wrong(place, asked.value)
    _fields().shown[asked.name] = (place, asked)
    down, up = (write_number(stepped(asked.value, asked.rule, up=up)) for up in (False, True))
    box = NumberBox(
        label=asked.label,
        text=wrong.text if wrong else write_number(asked.value),
        down=down,
        up=up,
        reason=wrong.reason if wrong else "",
        about=about,
        empty=empty,
        disabled=disabled,
        is_labelled=is_labelled,
    )
    number_box(box, key=asked.name, width=width, on_typed=partial(_hear, place, asked))


def wrong_fields(values: Mapping[str, Number]) -> str:
    """Say what is wrong with fields of this page, by label with the numbers that they are about; nothing if nothing is.

    It stands in the way of whatever would use these numbers.
    """
    found = ((label, _wrong(_place(label), value)) for label, value in values.items())
    return next((f"{label}: {wrong.reason}" for label, wrong in found if wrong), "")


def settle_fields() -> None:
    """Hear what was typed last on this page, which may come with the click on a button and be heard after it."""
    page = state.session().address.page
    for name, (place, asked) in _fields().shown.items():
        typed = typed_now(name) if place[0] == page else None
        if typed is not None:
            _hear(place, asked, typed)


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


def _hear(place: Place, asked: NumberField, typed: Typed) -> None:
    """Take a text once, however often it is passed on."""
    fields = _fields()
    if fields.heard.get(place) == typed.at:
        return
    fields.heard[place] = typed.at
    fields.wrong.pop(place, None)
    try:
        number = read_number(typed.text, asked.rule)
        if number != asked.value:
            asked.on_change(number)
    except (NumberError, RecipeError, LockedError) as error:
        fields.wrong[place] = WrongNumber(typed.text, str(error), asked.value)
