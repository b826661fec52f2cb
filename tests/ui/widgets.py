"""Finds a page's widgets by their names, whichever revision of them stands on the page."""

from typing import Any

from streamlit.testing.v1 import AppTest

KINDS = ("number_input", "selectbox", "segmented_control", "toggle", "text_input")


def widget(page: AppTest, name: str) -> Any:  # noqa: ANN401  # each kind has a type and methods of its own
    """Give the one widget of a name, such as `field_stride`."""
    (found,) = (
        candidate
        for kind in KINDS
        for candidate in page.get(kind)
        if str(getattr(candidate, "key", "")).rpartition(":")[0] == name
    )
    return found
