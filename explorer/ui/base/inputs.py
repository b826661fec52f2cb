"""The one way to a keyed widget: its value is said once, and only a person's change of it is passed on.

    st.toggle("Every seed", **keyed_value("shows_seeds", looks.shows_seeds, race_state.show_seeds))

Streamlit names a widget's value in three ways, and so there are three functions: `value` where it is typed or switched,
`default` where buttons stand beside each other, an index in a menu.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypedDict

from explorer.ui.base import state

Change = Callable[[Any], None]  # takes the new value; each widget has a type of its own


class Shown(NamedTuple):
    """What a widget shows, and how often it was made anew to show what it did not say itself."""

    revision: int
    value: object


@dataclass
class Widgets:
    """What the widgets of a session show."""

    shown: dict[str, Shown] = field(default_factory=dict)  # by name; see `key_for`


class Keyed(TypedDict):
    """How any keyed widget is called: its key, and what hears of a change."""

    key: str
    on_change: Callable[[str, Change], None]
    args: tuple[str, Change]


class KeyedValue(Keyed):
    """The arguments of a number, a text or a switch."""

    value: Any


class KeyedDefault(Keyed):
    """The arguments of buttons beside each other, and of a menu of several choices."""

    default: Any


class KeyedOption(Keyed):
    """The arguments of a menu of one choice."""

    options: list[Any]
    index: int | None


def keyed_value(name: str, value: object, on_change: Change) -> KeyedValue:
    """Give the arguments of `number_input`, `text_input`, `text_area` or `toggle` that shows a value."""
    return {**_keyed(name, value, on_change), "value": value}


def keyed_default(name: str, value: object, on_change: Change) -> KeyedDefault:
    """Give the arguments of `segmented_control`, `pills` or `multiselect` that shows a value, or a list of them."""
    return {**_keyed(name, value, on_change), "default": value}


def keyed_option(name: str, value: object, on_change: Change, *, options: Iterable[object]) -> KeyedOption:
    """Give the arguments of `selectbox` that shows one of some options, or none of them for None."""
    listed = list(options)
    index = None if value is None else listed.index(value)
    return {**_keyed(name, value, on_change), "options": listed, "index": index}


def _keyed(name: str, value: object, on_change: Change) -> Keyed:
    key = key_for(name, value)
    return {"key": key, "on_change": pass_on, "args": (key, on_change)}


def key_for(name: str, value: object) -> str:
    """Give the key that a widget must have to show a value, which must be its default too; `pass_on` is its callback.

    A widget whose value was changed by anything but itself becomes a new one: the browser may still send the old one's
    value with the next click. And the value is not set in Streamlit's session state: that is sent once, and where a
    click cuts that run short, the browser shows a default, and sends it as a change.
    """
    widgets = state.session().slice_of(Widgets).shown
    shown = widgets.get(name, Shown(0, value))
    widgets[name] = Shown(shown.revision + (shown.value != value), value)
    return f"{name}:{widgets[name].revision}"


def pass_on(key: str, change: Change) -> None:
    """Call `change` with a widget's value, if a person changed it.

    Streamlit calls back too where a click cut a run short: it forgot the value, and takes what the browser still shows
    for a change. Such a value is the one that was shown, or an old widget's; or it has forgotten the widget's key too.
    """
    if not state.knows(key):
        return
    name, _, revision = key.rpartition(":")
    widgets, value = state.session().slice_of(Widgets).shown, state.sent(key)
    shown = widgets[name]
    if int(revision) == shown.revision and value != shown.value:
        widgets[name] = Shown(shown.revision, value)
        change(value)
