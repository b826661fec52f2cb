"""A field for a number with its steps: one element, which keeps what was typed as it was typed.

Streamlit's own field cuts off, rounds and swallows what it does not take; and a text with two buttons is six elements,
each of which takes its part of every click.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Literal, NamedTuple

import msgspec

from explorer.ui.components.element import element, told

Width = int | Literal["stretch"]  # px, or all there is
HTML = """<div class="head"><label for="number"></label><button class="about" type="button">?</button></div>
<div class="words"></div>
<div class="row">
  <input id="number" type="text" inputmode="decimal" autocomplete="off" spellcheck="false" maxlength="40">
  <button class="step" type="button">−</button><button class="step" type="button">+</button>
</div>
<p id="reason"></p>"""
_mount = element(__file__, "number_box", html=HTML)


class NumberBox(NamedTuple):
    """What a number's field shows: its text, and the texts that its steps lead to, the same where one leads nowhere."""

    label: str
    text: str
    down: str
    up: str
    reason: str  # why the text is no such number; empty if it is one
    about: str
    empty: str  # what an empty field means
    disabled: bool
    is_labelled: bool


class Typed(msgspec.Struct, frozen=True):
    """A text that was typed or stepped to, and when: in ms since the tab was opened."""

    text: str
    at: float


msgspec.json.Decoder(Typed)  # read by `msgspec.convert`, which has no decoder


def number_box(box: NumberBox, *, key: str, width: Width, on_typed: Callable[[Typed], None]) -> None:
    """Show a number's field; `on_typed` hears of each text before the next run."""
    _mount(key=key, data=box._asdict(), width=width, on_typed_change=lambda: _call(key, on_typed))


def typed_now(key: str) -> Typed | None:
    """Give the text that has come with this click for a field on the page, if one has."""
    sent = told(key, "typed")
    with suppress(msgspec.ValidationError):  # no text, or what no field of ours sends
        return msgspec.convert(sent, Typed)
    return None


def _call(key: str, on_typed: Callable[[Typed], None]) -> None:
    typed = typed_now(key)
    if typed is not None:
        on_typed(typed)
