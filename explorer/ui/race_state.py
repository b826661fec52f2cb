"""What the session remembers of races: the next one's setup, how the chart is looked at; and the race in the link."""

from typing import Any

import streamlit as st
from msgspec.structs import replace

from explorer.training.race_setup import Setup
from explorer.ui import state

RACE_PARAMETER = "race"


def opened_race() -> str | None:
    """Give the race that the link names."""
    return st.query_params.get(RACE_PARAMETER)


def open_race(race: str) -> None:
    """Show a race, and name it in the link, so that a refresh or a classmate sees the same one."""
    st.query_params[RACE_PARAMETER] = race


def race_parameters(race: str | None) -> dict[str, str]:
    """Give the link parameters of the page that shows a race, or of the one that says why there is none."""
    return state.design_parameter() | ({RACE_PARAMETER: race} if race else {})


def choose(field: str, value: Any) -> None:  # noqa: ANN401  # each field has a type of its own
    """Change one field of the next race's setup."""
    current = state.session()
    current.race_setup = replace(current.race_setup, **{field: value})


def ask(question: str) -> None:
    """Set up another question, with its usual choices and terms."""
    current = state.session()
    current.race_setup = Setup(question=question, seeds=current.race_setup.seeds)


def look_along(axis: str) -> None:
    """Choose the chart's x axis."""
    state.session().race_axis = axis


def show_seeds(shows: bool) -> None:
    """Show each seed beside the band, or not."""
    state.session().shows_seeds = shows
