"""What the session remembers of sweeps: the next one's setup, how the last is looked at; and the sweep in the link."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from explorer.experiments.sweep.axis_text import with_text
from explorer.ui.base import state
from explorer.views.sweep.sweep import ACCURACY

DRAWS = 10  # settings that a random search draws unless told otherwise


def choose(field: str, value: Any) -> None:  # noqa: ANN401  # each field has a type of its own
    """Change one field of the next sweep's setup."""
    current = state.session()
    current.sweep_setup = replace(current.sweep_setup, **{field: value})


def vary(names: list[str]) -> None:
    """Choose what varies."""
    choose("fields", tuple(names))


def type_values(name: str, text: str) -> None:
    """Keep the values that were typed for a field."""
    current = state.session()
    current.sweep_setup = with_text(current.sweep_setup, name, text)


def draw_at_random(draws: bool) -> None:
    """Draw settings at random, or take every combination."""
    choose("draws", DRAWS if draws else None)


def sort_by(titles: Sequence[str], place: int) -> None:
    """Put the table in the order of the column at a place, the best first; once more turns it round."""
    current, column = state.session(), titles[place]
    sorted_by, descends = current.sweep_order
    current.sweep_order = (column, not descends if column == sorted_by else column == ACCURACY)


def choose_cell(sweep: str, cell: int) -> None:
    """Mark a setting of a sweep, by its first cell, in the table and the charts."""
    state.session().chosen_cells[sweep] = cell
