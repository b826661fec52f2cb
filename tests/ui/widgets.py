"""Finds a page's widgets by their names, whichever revision of them stands on the page; its session, and its words."""

import json
from itertools import chain
from typing import Any, Literal

from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Widget

from explorer.benchmarks.classroom.tab import typed
from explorer.ui.base.state import Session
from explorer.views.common.words import JOINER

KINDS = ("number_input", "selectbox", "segmented_control", "toggle", "text_input", "text_area", "multiselect")
HOSTILE = "[win](http://there.example) # $x$ **b** " + "a" * 5_000  # what a link can hold in the place of a name
CUT = rf"\[win\]\(http\:{JOINER}//there.example\) \# \$x\$ \*\*b\*\*…"  # as a sentence has it


def widget(page: AppTest, name: str) -> Any:  # noqa: ANN401  # each kind has a type and methods of its own
    """Give the one widget of a name, such as `field_stride`."""
    (found,) = widgets(page, name)
    return found


def widgets(page: AppTest, name: str) -> list[Any]:
    """Give the widgets of a name: one, or none where the page has no such widget just now."""
    keyed = (candidate for kind in KINDS for candidate in page.get(kind))
    named = (each for each in keyed if str(getattr(each, "key", "")).rpartition(":")[0] == name)
    boxes = (NumberBox(page, proto) for proto in _protos(page, "number_box") if proto.id.endswith(f"-{name}"))
    return [*chain[Any](named, boxes)]


class NumberBox:
    """A number's field: what stands there, what is typed, and where its steps lead."""

    def __init__(self, page: AppTest, proto: Any) -> None:  # noqa: ANN401  # generated code without types
        self._page, self._proto, self._told = page, proto, json.loads(proto.json)

    @property
    def label(self) -> str:
        return str(self._told["label"])

    @property
    def text(self) -> str:
        return str(self._told["text"])

    @property
    def reason(self) -> str:
        return str(self._told["reason"])

    @property
    def disabled(self) -> bool:
        return bool(self._told["disabled"])

    @property
    def value(self) -> float | None:
        return float(self.text) if self.text else None

    def can_step(self, way: Literal["down", "up"]) -> bool:
        return bool(self._told[way] != self.text or self.reason)

    def step(self, way: Literal["down", "up"]) -> AppTest:
        return self.set_value(self._told[way])

    def set_value(self, value: float | str | None) -> AppTest:
        """Type a text, which is sent with the page's next run."""
        assert not self.disabled
        root = self._page.main
        root.children[len(root.children)] = Sent(self._proto, self._page, "" if value is None else str(value))
        return self._page


class Sent(Widget):
    """What the browser sends of a number's field, as an element that the next run reads."""

    def __init__(self, proto: Any, page: AppTest, text: str) -> None:  # noqa: ANN401  # generated code without types
        self.proto, self.root, self.type, self.key, self.id = proto, page.main.root, "bidi_component", None, proto.id
        self.text = text

    @property
    def value(self) -> str:
        return self.text

    @property
    def _widget_state(self) -> WidgetState:
        return typed(self.id, self.text)


def session(page: AppTest) -> Session:
    """Give what a page's session remembers."""
    found: Session = page.session_state["explorer"]
    return found


def said(page: AppTest) -> str:
    """Give the sentences of a page as they are read: what Markdown takes for signs of its own is escaped in them."""
    kinds = (page.subheader, page.markdown, page.caption, page.info, page.success, page.warning, page.error)
    words = [str(element.value) for kind in kinds for element in kind]
    return "\n".join([*words, *(str(box["reason"]) for box in _mounted(page, "number_box"))]).replace("\\", "")


def progress_words(page: AppTest) -> str:
    """Give the sentence beside the page's progress bar."""
    (bar,) = _mounted(page, "run_progress")
    return str(bar["words"])


def save_buttons(page: AppTest) -> dict[str, str]:
    """Give the buttons that save a file from the server's disk: their labels, and the addresses of the files."""
    return {each["label"]: each["address"] for each in _mounted(page, "save_button")}


def _mounted(page: AppTest, name: str) -> list[dict[str, Any]]:
    """Give what the page tells each of its elements of a name."""
    return [json.loads(each.json) for each in _protos(page, name)]


def _protos(page: AppTest, name: str) -> list[Any]:
    return [each.proto for each in page.get("bidi_component") if each.proto.component_name == name]
