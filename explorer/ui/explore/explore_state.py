"""What the session remembers of the Explore page: what is open, the columns, and what the network is held against."""

from collections.abc import Iterable
from dataclasses import dataclass

from explorer.architecture.presets import PRESETS, origin
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import Trace, trace
from explorer.ui.base import state
from explorer.views.design.stack import STANDARD

FIRST_VIEW = "Picture"


@dataclass
class ExploreState:
    """How a tab looks at its network."""

    opened_view: str = FIRST_VIEW  # of those beside the table
    beside: Architecture | None = None  # a second design, which table, picture and totals show beside the first
    refused_beside: str = ""  # why the last one was refused
    choices_beside: int = 0  # how often one was chosen: the menu of them closes each time
    offers_steps: bool = True  # whether the first things to try stand under the stack
    offers_made: int = 0  # how often they were brought back: the menu closes each time
    look_at: tuple[Architecture, str] | None = None  # what to look at in a design that one of them made
    columns: tuple[str, ...] = STANDARD  # of the stack's table
    parts_sides: bool = False  # whether height and width of a window have inputs of their own
    grid_edits: int = 0  # how often boxes of a partial convolution's grid were changed
    toolbar: tuple[object, ...] = ()  # what the toolbar showed when it was last drawn


def remembered() -> ExploreState:
    """Give what this tab's session remembers of the page."""
    return state.session().slice_of(ExploreState)


def open_view(name: str) -> None:
    """Choose what is shown beside the table."""
    remembered().opened_view = name


def choose_columns(names: Iterable[str]) -> None:
    """Choose the columns of the stack's table."""
    remembered().columns = tuple(names)


def part_sides(parted: bool) -> None:
    """Give height and width of a window inputs of their own, or one."""
    remembered().parts_sides = parted


def counterpart() -> Architecture | None:
    """Give the network that is held against this one first: an original's modern version, or what a changed one was."""
    design = state.session().design
    began = PRESETS.get(origin(design) or "")
    if began is None:
        return None
    if began.modern:
        return PRESETS[began.modern].architecture
    return None if design == began.architecture else began.architecture


def put_beside(design: Architecture | None) -> None:
    """Show a second design beside the first, or none."""
    remembered().beside, remembered().refused_beside = design, ""
    remembered().choices_beside += 1


def beside() -> Trace | None:
    """Give what stands beside the design, traced."""
    found = remembered().beside
    return trace(found) if found else None


def mend(traced: Trace, repair: int) -> None:
    """Take one of the repairs that a trace proposes."""
    if repair < len(traced.repairs):
        state.change(traced.repairs[repair].architecture)
