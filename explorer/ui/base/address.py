"""The address bar as a tab's session has it: heard when a person comes by it, and kept true while they stay.

Streamlit sends the address with each click, but as it wrote it last: it does not see what `address_bar` puts there. So
the address counts where a person came by it: with a new session, another page, Back or Forward. Else the session does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

import msgspec
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from explorer.exchange.packed import PackedError, unpack

DESIGN = "m"
RECIPE = "recipe"
SETUP = "setup"  # of the next race or sweep
RUN = "run"
RACE = "race"
SWEEP = "sweep"
AGAINST = "against"  # the run that Mistakes sets beside the first
SHOW = "show"  # the pictures that Mistakes shows
RUNS = "runs"  # those chosen on Runs, with commas between
CLAIM = "claim"
LESSON = "lesson"
STEP = "step"  # of the lesson
ROOM = "room"  # that a person is a member of
DESK, PROJECTOR = "desk", "projector"  # the screens of the room that a person leads
STEP_FROM = "from"  # the page whose state is to be a step of a lesson

# What a page shows beside what the session works on.
SHOWN = (RUN, RACE, SWEEP, AGAINST, SHOW, RUNS, CLAIM, LESSON, STEP, STEP_FROM, ROOM, DESK, PROJECTOR)
MOST_LETTERS = 4_096  # of a packed recipe or setup
MOST_BYTES = 16_384  # of what it unpacks to
COPY = "Copy the link whole, or choose anew."

T = TypeVar("T")


class LinkError(ValueError):
    """A link that holds a recipe or a setup that cannot be; says why and what to do."""


class LinkedSetup(NamedTuple):
    """How a page's setup gets into its link and out of it."""

    say: Callable[[], str]  # gives it packed; empty where it is the usual one
    take: Callable[[str], None]  # raises `LinkError`


@dataclass
class Address:
    """What stands in the address bar beside the design, the recipe and the setup, which the session has."""

    page: str = ""
    visits: int = 0  # how often a person came to a page by its address
    shown: dict[str, str] = field(default_factory=dict)  # by parameter
    brought_design: bool = False  # whether the address by which a person came to the page says a design

    def arrive(self, page: str) -> Mapping[str, str] | None:
        """Give all that the address says where a person has come by it; None where they stay."""
        if page == self.page and not came_by_history():
            return None
        self.page, self.visits = page, self.visits + 1
        told = {name: str(value) for name, value in st.query_params.items()}
        self.shown = {name: told[name] for name in SHOWN if told.get(name)}
        self.brought_design = DESIGN in told
        return told

    def leave(self) -> None:
        """Have the next run of any page count as one that a person comes to."""
        self.page = ""

    def show(self, values: Mapping[str, str | None]) -> None:
        """Keep what the page shows from now on; None takes a parameter out."""
        self.shown = {name: value for name, value in {**self.shown, **values}.items() if value}


def came_by_history() -> bool:
    """Say whether Back or Forward brought this run of the page."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def put(parameters: Mapping[str, str]) -> None:
    """Have the browser go to the same page with other parameters, to which Back returns."""
    st.query_params.from_dict(dict(parameters))


def unpacked(text: str, what: str) -> bytes:
    """Give the JSON of a recipe or a setup in a link; raises `LinkError` for a text beyond bounds."""
    if len(text) > MOST_LETTERS:
        raise LinkError(f"{what}: found {len(text):,} characters; at most {MOST_LETTERS:,} are read. {COPY}")
    try:
        return unpack(text, most=MOST_BYTES, what=what)
    except PackedError as error:
        raise LinkError(f"{what}: found {error}; allowed: {what} as this program packs it. {COPY}") from error


def read_record(text: str, decoder: msgspec.json.Decoder[T], what: str) -> T:
    """Read a setup back from a link; raises `LinkError` for what is none."""
    try:
        return decoder.decode(unpacked(text, what))
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        raise LinkError(f"{what}: {error}. {COPY}") from error
