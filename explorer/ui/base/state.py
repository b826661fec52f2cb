"""All that a browser session remembers: the design with its history, the recipe, and a slice for each feature.

The only module that touches Streamlit's session state, apart from the elements that read what their own JavaScript
sends. The link of each page holds the design, the recipe and the page's setup, so that a reload keeps them and a
classmate gets them; Back and Forward undo and redo.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import msgspec
import streamlit as st

from explorer.architecture import edit
from explorer.architecture.build import settle
from explorer.architecture.errors import DesignError
from explorer.architecture.presets import PRESETS, origin
from explorer.architecture.spec import Architecture
from explorer.data.datasets import DATASETS
from explorer.exchange.design_history import DesignHistory, Steps
from explorer.exchange.link import read_link, to_link
from explorer.exchange.packed import pack
from explorer.experiments.text_recipes import default_recipe
from explorer.lessons.course.locks import LockedError, Locks
from explorer.training.recipe.recipe import Job, Recipe, RecipeError, read_recipe_json, recipe_json
from explorer.ui.base import address
from explorer.ui.base.address import Address, LinkedSetup, LinkError

FIRST = "lenet-d2l"
KEY = "explorer"

Slice = TypeVar("Slice")


@dataclass
class Session:
    """What one browser tab works on, and what its pages remember of it: a slice each, which they alone know."""

    designs: DesignHistory = field(default_factory=lambda: DesignHistory(PRESETS[FIRST].architecture))
    follows_classes: bool = True  # whether the last layer's width is the data set's number of classes
    recipe: Recipe = field(default_factory=lambda: default_recipe(FIRST))
    refusal: str = ""  # why the last link, file or edit was refused
    told_refusal: str = ""  # the refusal that the page shows
    address: Address = field(default_factory=Address)
    setup: LinkedSetup | None = None  # of the page that is open
    locks: Locks = field(default_factory=Locks)  # what the step of a lesson fixes: nothing where none is taken
    last_shown: dict[str, str] = field(default_factory=dict)  # the run, race and sweep that were open last
    wanted: str | None = None  # which of what goes on is to be opened next
    slices: dict[type, Any] = field(default_factory=dict)  # by their class

    @property
    def design(self) -> Architecture:
        """The network that all pages are about."""
        return self.designs.design

    def slice_of(self, kind: type[Slice]) -> Slice:
        """Give the slice of one feature, such as `RaceState`, made at its first use."""
        if kind not in self.slices:
            self.slices[kind] = kind()
        found: Slice = self.slices[kind]
        return found


def session() -> Session:
    """Give this tab's session, made at its first use."""
    if KEY not in st.session_state:
        st.session_state[KEY] = Session()
    found: Session = st.session_state[KEY]
    return found


def knows(key: str) -> bool:
    """Say whether Streamlit has a value for the widget with a key."""
    return key in st.session_state


def sent(key: str) -> Any:  # noqa: ANN401  # each widget has a value of its own type
    """Give what the browser sent last of the widget with a key."""
    return st.session_state[key]


def enter(page: str, setup: LinkedSetup | None = None) -> bool:
    """Begin a page's run: where a person has come by its address, take what that says.

    Says whether they have come by the menu, whose addresses are bare.
    """
    current = session()
    current.setup, is_new = setup, not current.address.visits
    link = current.address.arrive(page)
    if link is None:
        return False
    try:
        _take(current, link, is_new=is_new)
    except DesignError as error:
        place = "" if error.where == "link" else f" at {error.where}"
        current.refusal = (
            f"This link holds no design that can be read: found{place} {error.found}; allowed: {error.allowed}. "
            f"{current.design.name} is shown instead."
        )
    except (LinkError, RecipeError) as error:
        current.refusal = f"This link is taken without what cannot be read of it: {error}"
    return not (address.DESIGN in link or current.address.shown)


def _take(current: Session, link: Mapping[str, str], *, is_new: bool) -> None:
    """Take the design of a link; its recipe too where that belongs to it, and its setup, if nothing was set up yet.

    What was chosen since is not lost by Back to a page that shows the same design.
    """
    design, recipe, setup = (link.get(name) for name in (address.DESIGN, address.RECIPE, address.SETUP))
    changed = False
    if design is not None and design != to_link(current.design):
        _go_to(current, read_link(design), is_new=is_new)
        current.refusal, changed = "", True
    if recipe is not None and (is_new or changed):
        current.recipe = read_recipe_json(address.unpacked(recipe, "a recipe"))
    if is_new:
        current.follows_classes = edit.num_classes(current.design) == num_classes()
    if setup is not None and is_new and current.setup:
        current.setup.take(setup)


def _go_to(current: Session, design: Architecture, *, is_new: bool) -> None:
    """Go to a design; who opens the app by a link begins with it, and has nothing to undo."""
    if is_new:
        current.designs = DesignHistory(design)
    if is_new or current.designs.go_to(design):
        _take_text_recipe(current)


def address_parameters() -> dict[str, str]:
    """Give all that is to stand in the address of the page that is open, by parameter."""
    current = session()
    recipe = "" if current.recipe == _usual_recipe(current) else pack(recipe_json(current.recipe))
    setup = current.setup.say() if current.setup else ""
    packed = {address.DESIGN: to_link(current.design), address.RECIPE: recipe, address.SETUP: setup}
    return {name: text for name, text in packed.items() if text} | current.address.shown


def put_address() -> None:
    """Have the browser go to what is to stand in the address, to undo which is Back."""
    address.put(address_parameters())


def _usual_recipe(current: Session) -> Recipe:
    """Give the recipe that a link which names none brings to who opens it."""
    return default_recipe(origin(current.design) or FIRST)


def want(name: str) -> None:
    """Have the next run of the page open a run, race or sweep that goes on."""
    session().wanted = name


def take_wanted() -> str | None:
    """Give what is to be opened; whatever comes of it, only once."""
    current = session()
    wanted, current.wanted = current.wanted, None
    return wanted


def change(design: Architecture) -> None:
    """Make an edited design the current one; the edit can be undone."""
    current = session()
    try:
        settled = settle(design)
        current.locks.check_design(settled)
        _step(current, partial(current.designs.change, settled))
        current.refusal = ""
    except (DesignError, LockedError) as error:
        current.refusal = f"That edit is refused: {error}"


def undo() -> None:
    """Go back to the design before the last edit."""
    _lead(session().designs.past, session().designs.undo)


def redo() -> None:
    """Go forward to the design that was undone."""
    _lead(session().designs.future, session().designs.redo)


def _lead(steps: Sequence[Architecture], take: Callable[[], bool]) -> None:
    """Take a step to the last of some designs, unless the step of a lesson does not let it be."""
    current = session()
    try:
        for design in steps[-1:]:
            current.locks.check_design(design)
        _step(current, take)
    except LockedError as error:
        current.refusal = f"That step is refused: {error}"


def restore_steps(sent: object) -> None:
    """Have undo and redo lead again where they led before a reload, by what the tab has kept."""
    with suppress(msgspec.ValidationError, DesignError):  # another program's, or an older one's: nobody asked for it
        session().designs.restore(msgspec.convert(sent, Steps))


def _step(current: Session, take: Callable[[], bool]) -> None:
    """Take a step in the history of designs, and put the design that it leads to into the address bar."""
    before = current.design
    if take():
        _take_text_recipe(current)
    if current.design != before:
        put_address()


def _take_text_recipe(current: Session) -> None:
    """Take the recipe of the text that another network comes from, unless a lesson's step fixes the one there is."""
    recipe = text_recipe(current.recipe.dataset)
    with suppress(LockedError):
        current.locks.check_recipe(recipe)
        current.recipe = recipe
    current.follows_classes = edit.num_classes(current.design) == num_classes()


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
    """Take a recipe; a new data set brings its channels, and its classes where the last layer follows them.

    Raises `LockedError` for one that the step of a lesson does not let be.
    """
    current = session()
    current.locks.check_recipe(recipe)
    changed, current.recipe = recipe.dataset != current.recipe.dataset, recipe
    if changed:
        design = edit.with_channels(current.design, DATASETS[recipe.dataset].image_shape[0])
        change(edit.with_num_classes(design, num_classes()) if current.follows_classes else design)


def use_job(job: Job) -> None:
    """Take a network with the recipe that goes with it; raises `LockedError` where a lesson's step fixes either."""
    current = session()
    current.locks.check_design(settle(job.architecture))
    current.locks.check_recipe(job.recipe)
    change(job.architecture)
    current.recipe = job.recipe
    current.follows_classes = edit.num_classes(job.architecture) == num_classes()


def select(index: int) -> None:
    """Choose the layer that the card shows."""
    session().designs.select(index)
