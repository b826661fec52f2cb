"""The button that closes a run, a race or a sweep, for the next one."""

import streamlit as st

from explorer.ui.base import links


def new_button(parameter: str) -> None:
    """Show the button that gives the page without what its link's parameter names, to which Back returns."""
    words = f"Gives the page without this {parameter}, for the next one. The {parameter} goes on, and stays in Runs."
    st.button(
        f"New {parameter}",
        key=f"new_{parameter}",
        help=words,
        width="stretch",
        on_click=links.write,
        args=(parameter, None),
    )
