"""The recipe as a form: one input for each field that applies, those that a lesson changes first above the others."""

from functools import partial
from itertools import chain

import streamlit as st

from explorer.data.datasets import DATASETS, is_available
from explorer.lessons.course.locks import RECIPE
from explorer.training.recipe.recipe import BOUNDS, CHOICES, Recipe, applies, augmentations, with_field
from explorer.ui.base import state
from explorer.ui.base.attempt import attempt
from explorer.ui.base.fields import choose_field, edit_field
from explorer.ui.train.known_settings import known_settings, known_words

FIRST = ("optimizer", "learning_rate", "epochs", "batch_size")
MORE = {
    "Steps": ("momentum", "nesterov", "weight_decay", "clip_grad_norm", "schedule", "step_size", "warmup_epochs"),
    "Beginning": ("init", "seed"),
    "Pictures": ("train_size", "augmentation", "label_smoothing"),
    "End": ("max_seconds", "target_accuracy"),
    "Computer": ("device", "precision"),
}


def recipe_form() -> None:
    """Show the session's recipe; each change is taken at once, a recipe that cannot be is refused in words."""
    recipe = state.session().recipe
    fixed = state.session().locks.fixes(RECIPE, "dataset")
    choices = CHOICES["dataset"]
    choose_field("dataset", recipe.dataset, choices, words=_dataset_title, on_change=_choose, disabled=fixed)
    _fields(FIRST, recipe)
    known_words()
    with st.expander("More settings", key="more_settings"):
        for title, names in MORE.items():
            st.markdown(f"**{title}**")
            _fields(names, recipe)
    known_settings()
    changed = recipe != state.text_recipe(recipe.dataset)
    st.button("Back to the text's recipe", key="reset_recipe", disabled=not changed, on_click=_reset)


def typed_fields(recipe: Recipe) -> dict[str, float | None]:
    """Give the numbers of the recipe that the form has fields for, by their labels."""
    names = (name for name in (*FIRST, *chain(*MORE.values())) if applies(name, recipe) and name not in CHOICES)
    return {name: getattr(recipe, name) for name in names if not isinstance(getattr(recipe, name), bool)}


def _fields(names: tuple[str, ...], recipe: Recipe) -> None:
    """Show the inputs of the fields that apply to the recipe, two beside each other."""
    shown = [name for name in names if applies(name, recipe)]
    for first in range(0, len(shown), 2):
        for column, name in zip(st.columns(2), shown[first : first + 2], strict=False):
            with column:
                _field(name, recipe)


def _field(name: str, recipe: Recipe) -> None:
    fixed = state.session().locks.fixes(RECIPE, name)
    if name in CHOICES:
        choices = augmentations(recipe.dataset) if name == "augmentation" else CHOICES[name]
        choose_field(name, getattr(recipe, name), choices, words=str, on_change=_choose, disabled=fixed)
    else:
        value = getattr(recipe, name)
        hear = _choose if isinstance(value, bool) else _change
        edit_field(name, value, BOUNDS[name], on_change=hear, disabled=fixed)


def _dataset_title(name: str) -> str:
    info = DATASETS[name]
    size = f"{info.train_size:,} + {info.test_size:,} pictures"
    return f"{info.title}: {size}" if is_available(name) else f"{info.title}: {size}, not downloaded"


def _change(name: str, value: object) -> None:
    """Change a field; raises `RecipeError` for a value that does not go with the others."""
    recipe = state.session().recipe
    state.use_recipe(_with_dataset(recipe, str(value)) if name == "dataset" else with_field(recipe, name, value))
    state.session().refusal = ""


def _choose(name: str, value: object) -> None:
    attempt(partial(_change, name, value))


def _with_dataset(recipe: Recipe, dataset: str) -> Recipe:
    """Change the data set; a text's recipe stays the text's, with the epochs that make its number of steps."""
    if recipe == state.text_recipe(recipe.dataset):
        return state.text_recipe(dataset)
    return with_field(recipe, "dataset", dataset)


def _reset() -> None:
    attempt(partial(state.use_recipe, state.text_recipe(state.session().recipe.dataset)))
