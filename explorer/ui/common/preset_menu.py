"""The menu of the course's networks."""

import streamlit as st

from explorer.architecture.presets import PRESETS, origin
from explorer.lessons.course.locks import ALL_LAYERS
from explorer.ui.base import state
from explorer.ui.base.inputs import keyed_option


def preset_menu() -> None:
    """Show the menu of the course's networks; a changed one says so."""
    st.selectbox(
        "Network",
        format_func=lambda name: PRESETS[name].title,
        placeholder=f"{state.session().design.name}, changed",
        label_visibility="collapsed",
        width=340,
        disabled=state.session().locks.fixes(ALL_LAYERS),
        **keyed_option("preset", chosen_preset(), _load_preset, options=PRESETS),
    )


def _load_preset(name: str | None) -> None:
    if name:
        state.change(PRESETS[name].architecture)


def chosen_preset() -> str | None:
    """Name the network of the course that the session shows unchanged."""
    design = state.session().design
    name = origin(design)
    return name if name and PRESETS[name].architecture == design else None
