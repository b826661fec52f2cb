"""What the session remembers of races: the next one's setup, how the chart is looked at; and the race in the link."""

from typing import Any

from msgspec.structs import replace

from explorer.experiments.race.setup import RaceSetup
from explorer.ui.base import state


def choose(field: str, value: Any) -> None:  # noqa: ANN401  # each field has a type of its own
    """Change one field of the next race's setup."""
    current = state.session()
    current.race_setup = replace(current.race_setup, **{field: value})


def ask(question: str) -> None:
    """Set up another question, with its usual choices and terms."""
    current = state.session()
    current.race_setup = RaceSetup(question=question, seeds=current.race_setup.seeds)


def look_along(axis: str) -> None:
    """Choose the chart's x axis."""
    state.session().race_axis = axis


def show_seeds(shows: bool) -> None:
    """Show each seed beside the band, or not."""
    state.session().shows_seeds = shows
