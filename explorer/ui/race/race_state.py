"""What the session remembers of races: the next one's setup, and how the chart is looked at."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import msgspec
from msgspec.structs import replace

from explorer.exchange.packed import pack
from explorer.experiments.race.setup import RaceSetup
from explorer.ui.base import state
from explorer.ui.base.address import LinkedSetup, read_record
from explorer.ui.base.attempt import attempt
from explorer.views.race.race_curves import AXES

_SETUP = msgspec.json.Decoder(RaceSetup)


@dataclass
class RaceState:
    """The next race of a tab, and how it looks at races."""

    setup: RaceSetup = field(default_factory=RaceSetup)
    axis: str = next(iter(AXES))
    shows_seeds: bool = False  # whether the chart shows each seed beside the band


def remembered() -> RaceState:
    """Give what this tab's session remembers of races."""
    return state.session().slice_of(RaceState)


def choose(field: str, value: Any) -> None:  # noqa: ANN401  # each field has a type of its own
    """Change one field of the next race's setup."""
    attempt(partial(set_up, replace(remembered().setup, **{field: value})))


def ask(question: str) -> None:
    """Set up another question, with its usual choices and terms."""
    attempt(partial(set_up, RaceSetup(question=question, seeds=remembered().setup.seeds)))


def set_up(setup: RaceSetup) -> None:
    """Make a setup that of the next race; raises `LockedError` where the step of a lesson fixes another."""
    state.session().locks.check_setup(setup)
    remembered().setup = setup


def look_along(axis: str) -> None:
    """Choose the chart's x axis."""
    remembered().axis = axis


def show_seeds(shows: bool) -> None:
    """Show each seed beside the band, or not."""
    remembered().shows_seeds = shows


def _say_setup() -> str:
    setup = remembered().setup
    return "" if setup == RaceSetup() else pack(msgspec.json.encode(setup).decode())


def _take_setup(text: str) -> None:
    remembered().setup = read_record(text, _SETUP, "a race's setup")


LINKED = LinkedSetup(_say_setup, _take_setup)
