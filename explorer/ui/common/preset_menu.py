"""The menu of the course's networks."""

import streamlit as st

from explorer.architecture.presets import PRESETS, origin
from explorer.ui.base import inputs, state


def preset_menu() -> None:
    """Show the menu of the course's networks; a changed one says so."""
    design = state.session().design
    chosen, names = chosen_preset(), list(PRESETS)
    key = inputs.key_for("preset", chosen)
    st.selectbox(
        "Network",
        names,
        index=names.index(chosen) if chosen else None,
        key=key,
        format_func=lambda name: PRESETS[name].title,
        placeholder=f"{design.name}, changed",
        on_change=inputs.pass_on,
        args=(key, _load_preset),
        label_visibility="collapsed",
        width=340,
    )


def _load_preset(name: str | None) -> None:
    if name:
        state.change(PRESETS[name].architecture)


def chosen_preset() -> str | None:
    """Name the network of the course that the session shows unchanged."""
    design = state.session().design
    name = origin(design)
    return name if name and PRESETS[name].architecture == design else None
