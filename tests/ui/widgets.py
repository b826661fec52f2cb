"""Finds a page's widgets by their names, whichever revision of them stands on the page; its session, and its words."""

import json
from typing import Any

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import TextInput

from explorer.ui.base.state import Session
from explorer.views.common.words import JOINER

KINDS = ("number_input", "selectbox", "segmented_control", "toggle", "text_input")
NUMBERS = ("field_", "rate_", "more_epochs_", "sweep_draw")  # how the names of numbers' fields begin
HOSTILE = "[win](http://there.example) # $x$ **b** " + "a" * 5_000  # what a link can hold in the place of a name
CUT = rf"\[win\]\(http\:{JOINER}//there.example\) \# \$x\$ \*\*b\*\*…"  # as a sentence has it


def widget(page: AppTest, name: str) -> Any:  # noqa: ANN401  # each kind has a type and methods of its own
    """Give the one widget of a name, such as `field_stride`."""
    (found,) = (
        candidate
        for kind in KINDS
        for candidate in page.get(kind)
        if str(getattr(candidate, "key", "")).rpartition(":")[0] == name
    )
    return TypedNumber(found) if isinstance(found, TextInput) and name.startswith(NUMBERS) else found


class TypedNumber:
    """A number's field, which is a text to Streamlit: what is typed, and what stands there."""

    def __init__(self, typed: TextInput) -> None:
        self._typed = typed

    @property
    def key(self) -> str | None:
        return self._typed.key

    @property
    def text(self) -> str:
        return str(self._typed.value)

    @property
    def value(self) -> float | None:
        return float(self.text) if self.text else None

    def set_value(self, value: float | str | None) -> TextInput:
        return self._typed.set_value("" if value is None else str(value))


def session(page: AppTest) -> Session:
    """Give what a page's session remembers."""
    found: Session = page.session_state["explorer"]
    return found


def said(page: AppTest) -> str:
    """Give the sentences of a page as they are read: what Markdown takes for signs of its own is escaped in them."""
    kinds = (page.subheader, page.markdown, page.caption, page.info, page.success, page.warning, page.error)
    return "\n".join(str(element.value) for kind in kinds for element in kind).replace("\\", "")


def progress_words(page: AppTest) -> str:
    """Give the sentence beside the page's progress bar."""
    (bar,) = _mounted(page, "run_progress")
    return str(bar["words"])


def save_buttons(page: AppTest) -> dict[str, str]:
    """Give the buttons that save a file from the server's disk: their labels, and the addresses of the files."""
    return {each["label"]: each["address"] for each in _mounted(page, "save_button")}


def _mounted(page: AppTest, name: str) -> list[dict[str, Any]]:
    """Give what the page tells each of its elements of a name."""
    found = [each.proto for each in page.get("bidi_component") if each.proto.component_name == name]
    return [json.loads(each.json) for each in found]
