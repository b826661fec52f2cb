"""The recipe as a form: one input for each field, the ones that a lesson changes first."""

import streamlit as st
from msgspec.structs import asdict, replace

from explorer.training.datasets import DATASETS, is_available
from explorer.training.optimizers import WITH_MOMENTUM
from explorer.training.recipe import BOUNDS, CHOICES, Recipe, RecipeError, read_recipe
from explorer.ui import state
from explorer.ui.fields import choose_field, edit_field

FIRST = (("optimizer", "learning_rate"), ("epochs", "batch_size"))
MORE = (("init", "seed"), ("momentum", "weight_decay"), ("train_size", "max_seconds"), ("device",))


def recipe_form() -> None:
    """Show the session's recipe; each change is taken at once, a recipe that cannot be is refused in words."""
    recipe = state.session().recipe
    choose_field("dataset", recipe.dataset, CHOICES["dataset"], words=_dataset_title, on_change=_change)
    _rows(FIRST, recipe)
    with st.expander("More settings"):
        _rows(MORE, recipe)
    changed = recipe != state.text_recipe(recipe.dataset)
    st.button("Back to the text's recipe", key="reset_recipe", disabled=not changed, on_click=_reset)


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


def _change(name: str, value: object) -> None:
    recipe = state.session().recipe
    try:
        state.use_recipe(_with_dataset(recipe, str(value)) if name == "dataset" else _with_field(recipe, name, value))
        state.session().refusal = ""
    except RecipeError as error:
        state.session().refusal = str(error)


def _with_field(recipe: Recipe, name: str, value: object) -> Recipe:
    fields = asdict(recipe) | {name: value}
    if name == "optimizer" and value not in WITH_MOMENTUM:
        fields["momentum"] = 0.0
    return read_recipe(fields)


def _with_dataset(recipe: Recipe, dataset: str) -> Recipe:
    """Change the data set; a text's recipe stays the text's, with the epochs that make its number of steps."""
    if recipe == state.text_recipe(recipe.dataset):
        return state.text_recipe(dataset)
    return replace(recipe, dataset=dataset)


def _reset() -> None:
    state.use_recipe(state.text_recipe(state.session().recipe.dataset))
