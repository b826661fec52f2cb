"""All that a browser session remembers: the design with its history, the recipe, and a slice for each feature.

The only module that touches Streamlit's session state, apart from the elements that read what their own JavaScript
sends. The design stands in the link's parameter `m` too, so that Back and Forward undo and redo, and a link shares it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import streamlit as st

from explorer.architecture import edit
from explorer.architecture.errors import DesignError
from explorer.architecture.presets import PRESETS, origin
from explorer.architecture.spec import Architecture
from explorer.data.datasets import DATASETS
from explorer.exchange.design_history import DesignHistory
from explorer.experiments.text_recipes import default_recipe
from explorer.training.recipe.recipe import Recipe
from explorer.ui.base import links

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


def sent(key: str) -> Any:  # noqa: ANN401  # each widget has a value of its own type
    """Give what the browser sent last of the widget with a key."""
    return st.session_state[key]


def is_there(key: str) -> bool:
    """Say whether the browser has the widget with a key just now."""
    return key in st.session_state


def enter(page: str) -> None:
    """Bring session and address bar together at the start of a page's run."""
    current, link = session(), links.read(links.DESIGN)
    arrives = link not in (None, current.designs.link)
    try:
        brought = current.designs.enter(page, link)
    except DesignError as error:
        current.refusal = f"This link holds no design that can be read: {error}"
        return
    if arrives:
        current.refusal = ""
    if brought:
        _take_text_recipe(current)


def change(design: Architecture) -> None:
    """Make an edited design the current one; the edit can be undone."""
    current = session()
    try:
        _step(current, partial(current.designs.change, design))
        current.refusal = ""
    except DesignError as error:
        current.refusal = f"That edit is refused: {error}"


def undo() -> None:
    """Go back to the design before the last edit."""
    _step(session(), session().designs.undo)


def redo() -> None:
    """Go forward to the design that was undone."""
    _step(session(), session().designs.redo)


def _step(current: Session, take: Callable[[], bool]) -> None:
    """Take a step in the history of designs, and put the design that it leads to into the address bar."""
    known = current.designs.link
    brought = take()
    if current.designs.link != known:  # writing the same again would be one more entry for Back
        links.write(links.DESIGN, current.designs.link)
    if brought:
        _take_text_recipe(current)


def _take_text_recipe(current: Session) -> None:
    """Take the recipe of the text that another network comes from."""
    current.recipe = text_recipe(current.recipe.dataset)
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
    """Take a recipe; a new data set brings its channels, and its classes where the last layer follows them."""
    current = session()
    changed, current.recipe = recipe.dataset != current.recipe.dataset, recipe
    if changed:
        design = edit.with_channels(current.design, DATASETS[recipe.dataset].image_shape[0])
        change(edit.with_num_classes(design, num_classes()) if current.follows_classes else design)


def select(index: int) -> None:
    """Choose the layer that the card shows."""
    session().designs.select(index)
