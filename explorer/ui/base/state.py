"""All that a browser session remembers: the design with its past and future, the chosen layer, the recipe.

The design stands in the link's parameter `m` too, so that Back and Forward undo and redo, and a link shares it.
"""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import streamlit as st

from explorer.architecture import edit
from explorer.architecture.errors import DesignError
from explorer.architecture.presets import PRESETS, origin
from explorer.architecture.spec import INPUT, Architecture, check
from explorer.architecture.trace import Trace
from explorer.data.datasets import DATASETS
from explorer.exchange.link import read_link, to_link
from explorer.experiments.race.setup import RaceSetup
from explorer.experiments.sweep.axis_text import SweepSetup
from explorer.experiments.text_recipes import default_recipe
from explorer.lessons.claim import Verdict
from explorer.lessons.quiz import Quiz
from explorer.training.recipe.recipe import Recipe
from explorer.ui.base import links
from explorer.views.design.stack import STANDARD
from explorer.views.race.race_curves import AXES
from explorer.views.runs.history import Search

FIRST = "lenet-d2l"
FIRST_VIEW = "Picture"
FIRST_PROBE = "gradients"
KEY = "explorer"


class Shown(NamedTuple):
    """What a widget shows, and how often it was made anew to show what it did not say itself."""

    revision: int
    value: object


@dataclass
class Session:
    """What one browser tab works on."""

    design: Architecture = PRESETS[FIRST].architecture
    before: Architecture | None = None  # what the design was before its last change, to mark what changed
    past: list[Architecture] = field(default_factory=list)
    future: list[Architecture] = field(default_factory=list)
    selected: int = INPUT
    opened_view: str = FIRST_VIEW  # of those beside the table
    compares: bool = False  # whether the table shows what its counterpart has in each layer's place
    columns: tuple[str, ...] = STANDARD  # of the stack's table
    follows_classes: bool = True  # whether the last layer's width is the data set's number of classes
    recipe: Recipe = field(default_factory=lambda: default_recipe(FIRST))
    opened_probe: str = FIRST_PROBE  # of the views of what happens inside a run
    probed_layer: int = 0  # whose histograms are shown there
    moments: dict[str, int] = field(default_factory=dict)  # the step that each run is shown at, unless it is the newest
    owner: str = field(default_factory=lambda: secrets.token_hex(8))
    page: str = ""
    entries: dict[str, Architecture] = field(default_factory=dict)  # each page's design when its link had none
    written: str | None = None  # the link that stands in the address bar as far as we know
    widgets: dict[str, Shown] = field(default_factory=dict)  # by name; see `key_for`
    grid_edits: int = 0  # how often boxes of a partial convolution's grid were changed
    toolbar: tuple[object, ...] = ()  # what the toolbar showed when it was last drawn
    guesses: dict[str, Verdict] = field(default_factory=dict)  # by the claim's name
    quiz: Quiz = field(default_factory=lambda: Quiz(PRESETS[FIRST].architecture))
    race_setup: RaceSetup = field(default_factory=RaceSetup)
    race_axis: str = next(iter(AXES))
    shows_seeds: bool = False  # whether a race's chart shows each seed beside the band
    search: Search = field(default_factory=Search)  # in the history of runs
    wanted_group: tuple[str, str] | None = None  # a race or sweep, by kind and id, whose page opens with the next run
    deleted: tuple[str, ...] = ()  # the runs that were deleted last, which can be restored
    sweep_setup: SweepSetup = field(default_factory=SweepSetup)
    sweep_order: tuple[str, bool] = ("Cell", False)  # of a sweep's table: the column, and whether it falls
    chosen_cells: dict[str, int] = field(default_factory=dict)  # by the sweep
    refusal: str = ""  # why the last link or file could not be read
    told_refusal: str = ""  # the refusal that the page shows


def session() -> Session:
    """Give this tab's session, made at its first use."""
    if KEY not in st.session_state:
        st.session_state[KEY] = Session()
    found: Session = st.session_state[KEY]
    return found


def enter(page: str) -> None:
    """Bring session and address bar together at the start of a page's run."""
    current = session()
    link = links.read(links.DESIGN)
    arrived, current.page = current.page != page, page
    if link is None:
        _without_link(current, page, arrived=arrived)
    elif link != current.written:
        _follow_link(current, link)


def _without_link(current: Session, page: str, *, arrived: bool) -> None:
    """A page entered without a design in its link keeps the session's; Back to such an entry brings that one again."""
    if arrived:
        current.entries[page] = current.design
    elif current.written is not None:
        _go_to(current, current.entries.get(page, current.design))
    current.written = None


def _follow_link(current: Session, link: str) -> None:
    current.written = link
    try:
        _go_to(current, read_link(link))
        current.refusal = ""
    except DesignError as error:
        current.refusal = f"This link holds no design that can be read: {error}"


def _go_to(current: Session, design: Architecture) -> None:
    """Arrive at a design by the browser's Back, Forward or a link: a step back, a step forward, or anew."""
    if design == current.design:
        return
    if current.past and current.past[-1] == design:
        current.future.append(current.design)
        current.past.pop()
    elif current.future and current.future[-1] == design:
        current.past.append(current.design)
        current.future.pop()
    else:
        current.past.append(current.design)
        current.future.clear()
    _show(current, design)


def change(design: Architecture) -> None:
    """Make an edited design the current one; the edit can be undone."""
    current = session()
    try:
        check(design)
    except DesignError as error:
        current.refusal = f"That edit is refused: {error}"
        return
    current.refusal = ""
    if design != current.design:
        current.past.append(current.design)
        current.future.clear()
        _show(current, design)
        _write_link(current)


def mend(trace: Trace, repair: int) -> None:
    """Take one of the repairs that a trace proposes."""
    if repair < len(trace.repairs):
        change(trace.repairs[repair].architecture)


def undo() -> None:
    """Go back to the design before the last edit."""
    current = session()
    current.future.append(current.design)
    _show(current, current.past.pop())
    _write_link(current)


def redo() -> None:
    """Go forward to the design that was undone."""
    current = session()
    current.past.append(current.design)
    _show(current, current.future.pop())
    _write_link(current)


def _show(current: Session, design: Architecture) -> None:
    """Make a design the current one; another network of the course brings its text's recipe."""
    other = origin(design) not in (None, origin(current.design))
    current.selected = INPUT if other else _followed(current.selected, current.design, design)
    current.before, current.design = None if other else current.design, design
    if other:
        current.recipe = text_recipe(current.recipe.dataset)
        current.follows_classes = edit.num_classes(design) == num_classes()


def counterpart() -> Architecture | None:
    """Give the network that the table can be compared with: an original's modern version, or what a changed one was."""
    design = session().design
    began = PRESETS.get(origin(design) or "")
    if began is None:
        return None
    if began.modern:
        return PRESETS[began.modern].architecture
    return None if design == began.architecture else began.architecture


def compare(compares: bool) -> None:
    """Show the counterpart in the table, or not."""
    session().compares = compares


def _followed(index: int, old: Architecture, new: Architecture) -> int:
    """Keep the chosen layer chosen when an edit elsewhere moved it by one."""
    shift = len(new.layers) - len(old.layers)
    if index != INPUT and new.layers[index + shift : index + shift + 1] == old.layers[index : index + 1]:
        return index + shift if new.layers[index : index + 1] != old.layers[index : index + 1] else index
    return min(index, len(new.layers) - 1)


def _write_link(current: Session) -> None:
    current.written = to_link(current.design)
    links.write(links.DESIGN, current.written)


def text_recipe(dataset: str) -> Recipe:
    """Give the recipe of the text that the design began from, for a data set."""
    return default_recipe(origin(session().design) or FIRST, dataset=dataset)


def num_classes() -> int:
    """Count the classes of the recipe's data set."""
    return len(DATASETS[session().recipe.dataset].classes)


def follow_classes(follows: bool) -> None:
    """Let the last layer follow the data set's classes from now on, or keep its own width."""
    session().follows_classes = follows
    if follows:
        change(edit.with_num_classes(session().design, num_classes()))


def use_recipe(recipe: Recipe) -> None:
    """Take a recipe; a new data set brings its channels, and its classes where the last layer follows them."""
    current = session()
    changed, current.recipe = recipe.dataset != current.recipe.dataset, recipe
    if changed:
        design = edit.with_channels(current.design, DATASETS[recipe.dataset].image_shape[0])
        change(edit.with_num_classes(design, num_classes()) if current.follows_classes else design)


def select(index: int) -> None:
    """Choose the layer that the card shows."""
    current = session()
    current.selected = min(index, len(current.design.layers) - 1)


def choose_columns(names: Iterable[str]) -> None:
    """Choose the columns of the stack's table."""
    session().columns = tuple(names)


def open_view(name: str) -> None:
    """Choose what is shown beside the table."""
    session().opened_view = name


def open_probe(name: str) -> None:
    """Choose what is shown of the inside of a run."""
    session().opened_probe = name


def look_into(index: int) -> None:
    """Show one layer of a run."""
    session().probed_layer = index
    session().opened_probe = "layer"


def look_at(run_id: str, step: int | None) -> None:
    """Show the inside of a run as it was after a step; for None as it is, however far the run goes on."""
    if step is None:
        session().moments.pop(run_id, None)
    else:
        session().moments[run_id] = step


def key_for(name: str, value: object) -> str:
    """Give the key that a widget must have to show a value, which must be its default too; `pass_on` is its callback.

    A widget whose value was changed by anything but itself becomes a new one: the browser may still send the old one's
    value with the next click. And the value is not set by `st.session_state`: that is sent once, and where a click cuts
    that run short, the browser shows a default, and sends it as a change.
    """
    widgets = session().widgets
    shown = widgets.get(name, Shown(0, value))
    widgets[name] = Shown(shown.revision + (shown.value != value), value)
    return f"{name}:{widgets[name].revision}"


def pass_on(key: str, change: Callable[[Any], None]) -> None:
    """Call `change` with a widget's value, if a person changed it.

    Streamlit calls back too where a click cut a run short: it forgot the value, and takes what the browser still shows
    for a change. Such a value is the one that was shown, or an old widget's.
    """
    name, _, revision = key.rpartition(":")
    widgets, value = session().widgets, st.session_state[key]
    shown = widgets[name]
    if int(revision) == shown.revision and value != shown.value:
        widgets[name] = Shown(shown.revision, value)
        change(value)
