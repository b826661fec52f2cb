"""What the link says of the Mistakes page: which run, beside which other, and which of their pictures."""

import streamlit as st

from explorer.ui import state

AGAINST_PARAMETER = "against"
SHOW_PARAMETER = "show"


def opened_against() -> str | None:
    """Give the run that the link sets beside the first."""
    return st.query_params.get(AGAINST_PARAMETER)


def set_against(run: str | None) -> None:
    """Set a run beside the first, or none."""
    _set(AGAINST_PARAMETER, run)
    _set(SHOW_PARAMETER, None)


def close() -> None:
    """Leave the runs, for the list of them."""
    _set(state.RUN_PARAMETER, None)
    set_against(None)


def shown() -> str:
    """Give the name of the pictures that the link asks for; empty for those that are shown first."""
    return st.query_params.get(SHOW_PARAMETER, "")


def show(name: str | None) -> None:
    """Show other pictures, and name them in the link, so that a classmate sees the same ones."""
    _set(SHOW_PARAMETER, name)


def mistakes_parameters(run: str, against: str | None = None) -> dict[str, str]:
    """Give the link parameters of the page for one run, or for two side by side."""
    beside = {AGAINST_PARAMETER: against} if against else {}
    return state.design_parameter() | {state.RUN_PARAMETER: run} | beside


def _set(parameter: str, value: str | None) -> None:
    if value:
        st.query_params[parameter] = value
    else:
        st.query_params.pop(parameter, None)
