"""The recipe as a form: one input for each field, the ones that a lesson changes first."""

import streamlit as st
from msgspec.structs import asdict

from explorer.training.datasets import DATASETS, is_available
from explorer.training.recipe import BOUNDS, CHOICES, Recipe, RecipeError, read_recipe
from explorer.ui import state
from explorer.ui.fields import choose_field, edit_field, field_key

FIRST = (("optimizer", "learning_rate"), ("epochs", "batch_size"))
MORE = (("init", "seed"), ("momentum", "weight_decay"), ("train_size", "max_seconds"), ("device",))


def recipe_form() -> None:
    """Show the session's recipe; each change is taken at once, a recipe that cannot be is refused in words."""
    recipe = state.session().recipe
    choose_field("dataset", recipe.dataset, CHOICES["dataset"], words=_dataset_title, on_change=_change)
    _rows(FIRST, recipe)
    with st.expander("More settings"):
        _rows(MORE, recipe)


def _rows(rows: tuple[tuple[str, ...], ...], recipe: Recipe) -> None:
    for names in rows:
        for column, name in zip(st.columns(2), names, strict=False):
            with column:
                _field(name, recipe)


def _field(name: str, recipe: Recipe) -> None:
    if name in CHOICES:
        choose_field(name, getattr(recipe, name), CHOICES[name], words=str, on_change=_change)
    else:
        edit_field(name, getattr(recipe, name), BOUNDS[name], on_change=_change)


def _dataset_title(name: str) -> str:
    info = DATASETS[name]
    size = f"{info.train_size:,} + {info.test_size:,} pictures"
    return f"{info.title}: {size}" if is_available(name) else f"{info.title}: {size}, not downloaded"


def _change(name: str) -> None:
    fields = asdict(state.session().recipe) | {name: st.session_state[field_key(name)]}
    if name == "optimizer" and fields["optimizer"] != "SGD":
        fields["momentum"] = 0.0  # which belongs to SGD
    try:
        state.use_recipe(read_recipe(fields))
        state.session().refusal = ""
    except RecipeError as error:
        state.session().refusal = str(error)
