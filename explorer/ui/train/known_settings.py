"""Whole recipes to choose by one click: the texts', and those that were tried and work, or fail, with the reason."""

from functools import partial

import streamlit as st

from explorer.architecture import edit
from explorer.architecture.presets import PRESETS, origin
from explorer.data.datasets import DATASETS
from explorer.experiments.known_settings import KNOWN, Known, find_known
from explorer.experiments.text_recipes import RECIPES, TEXT_RECIPES, on_dataset
from explorer.training.recipe.recipe import Recipe
from explorer.ui.base import state
from explorer.ui.base.attempt import attempt
from explorer.views.runs.recipes import length_words, scaled_words, settings_words

MEASURED = "Measured with this network as its text has it, one seed, on the pictures that ship; digits with five seeds."
UNTRIED = "No settings were tried with this network."


def known_words() -> None:
    """Say what is known of the session's recipe, if it is one of those that were tried with its network."""
    known = find_known(_network(), state.session().recipe)
    place = st.empty()  # always there: without it, what follows would move up, and an open expander close
    said = [] if known is None else [f"Known to {'work' if known.works else 'fail'}: {known.reason}"]
    if lines := [*said, *filter(None, [_scaled_words()])]:
        place.caption("  \n".join(lines))


def _scaled_words() -> str:
    """Explain the epochs of a text's recipe that was put on another data set."""
    recipe, text = state.session().recipe, TEXT_RECIPES[origin(state.session().design) or state.FIRST]
    return scaled_words(recipe, text) if recipe == on_dataset(text, recipe.dataset) else ""


def known_settings() -> None:
    """Offer the tried settings of the session's network, and the recipes of the texts."""
    tried = KNOWN.get(_network(), ())
    menu = st.expander("Settings known to work, and to fail", key="known_settings", on_change="rerun")
    if not menu.open:
        return
    with menu:
        _group("Known to work", [known for known in tried if known.works])
        _group("Known to fail", [known for known in tried if not known.works])
        st.caption(MEASURED if tried else UNTRIED)
        st.markdown("**Recipes of the texts**")
        for name, text in RECIPES.items():
            recipe = on_dataset(text.recipe, state.session().recipe.dataset)
            _offer(f"recipe_{name}", text.title, recipe, f"From {text.source}.")


def _group(title: str, tried: list[Known]) -> None:
    if tried:
        st.markdown(f"**{title}**")
    for known in tried:
        words = f"{settings_words(known.recipe)}, {length_words(known.recipe)}{_pictures_words(known.recipe)}"
        _offer(f"known_{words}", words, known.recipe, known.reason)


def _pictures_words(recipe: Recipe) -> str:
    return "" if recipe.dataset == Recipe().dataset else f", {DATASETS[recipe.dataset].title}"


def _offer(key: str, label: str, recipe: Recipe, reason: str) -> None:
    chosen = recipe == state.session().recipe
    st.button(
        label, key=key, width="stretch", disabled=chosen, on_click=attempt, args=(partial(state.use_recipe, recipe),)
    )
    st.caption(reason)


def _network() -> str:
    """Name the network that was tried, if the design is still that one, whatever its channels and classes."""
    design = state.session().design
    name = origin(design) or ""
    classes = edit.num_classes(design)
    if not name or classes is None:
        return ""
    tried = edit.with_num_classes(PRESETS[name].architecture, classes)
    return name if (tried.layers, tried.input_shape[1:]) == (design.layers, design.input_shape[1:]) else ""
