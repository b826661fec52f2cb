"""What the session remembers of sweeps: the next one's setup, how sweeps are looked at."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from msgspec.structs import replace

from explorer.exchange.packed import pack
from explorer.experiments.sweep.axis_text import SweepSetup, with_text
from explorer.experiments.sweep.fields import SweepError
from explorer.ui.base import state
from explorer.ui.base.address import LinkedSetup, read_record
from explorer.views.sweep.sweep import ACCURACY

DRAWS = 10  # settings that a random search draws unless told otherwise

_SETUP = msgspec.json.Decoder(SweepSetup)


@dataclass
class SweepState:
    """The next sweep of a tab, and how it looks at sweeps."""

    setup: SweepSetup = field(default_factory=SweepSetup)
    order: tuple[str, bool] = ("Cell", False)  # of the table: the column, and whether it falls
    chosen_cells: dict[str, int] = field(default_factory=dict)  # by the sweep


def remembered() -> SweepState:
    """Give what this tab's session remembers of sweeps."""
    return state.session().slice_of(SweepState)


def choose(field: str, value: Any) -> None:  # noqa: ANN401  # each field has a type of its own
    """Change one field of the next sweep's setup."""
    remembered().setup = replace(remembered().setup, **{field: value})


def vary(names: list[str]) -> None:
    """Choose what varies."""
    choose("fields", tuple(names))


def type_values(name: str, text: str) -> None:
    """Keep the values that were typed for a field, or say why not."""
    try:
        remembered().setup = with_text(remembered().setup, name, text)
    except SweepError as error:
        state.session().refusal = str(error)


def draw_at_random(draws: bool) -> None:
    """Draw settings at random, or take every combination."""
    choose("draws", DRAWS if draws else None)


def sort_by(titles: Sequence[str], place: int) -> None:
    """Put the table in the order of the column at a place, the best first; once more turns it round."""
    current, column = remembered(), titles[place]
    sorted_by, descends = current.order
    current.order = (column, not descends if column == sorted_by else column == ACCURACY)


def choose_cell(sweep: str, cell: int) -> None:
    """Mark a setting of a sweep, by its first cell, in the table and the charts."""
    remembered().chosen_cells[sweep] = cell


def _say_setup() -> str:
    setup = remembered().setup
    return "" if setup == SweepSetup() else pack(msgspec.json.encode(setup).decode())


def _take_setup(text: str) -> None:
    remembered().setup = read_record(text, _SETUP, "a sweep's setup")


LINKED = LinkedSetup(_say_setup, _take_setup)
