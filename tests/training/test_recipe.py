"""A recipe is bounded wherever it comes from, says in words what is wrong, and the texts' recipes stand as written."""

import math
from collections.abc import Callable

import msgspec
import pytest

from explorer.architecture.presets import PRESETS
from explorer.training.datasets import DATASETS
from explorer.training.recipe import TEXT_RECIPES, Job, Recipe, RecipeError, default_recipe, read_recipe

REFUSED: list[tuple[str, object, str]] = [
    ("dataset", "imagenet", "fashion-mnist-subset"),
    ("train_size", 0, "at least 1"),
    ("epochs", 1.5, "a whole number"),
    ("epochs", True, "a whole number"),
    ("max_seconds", math.inf, "at most 86,400"),
    ("batch_size", 0, "at least 1"),
    ("optimizer", "sgd", "SGD, Adam"),
    ("learning_rate", 0, "above 0"),
    ("learning_rate", math.nan, "above 0"),
    ("momentum", 1.0, "below 1"),
    ("weight_decay", -0.1, "at least 0"),
    ("init", "zeros", "default, xavier"),
    ("seed", 2**31, "below 2,147,483,648"),
    ("device", "cuda:7", "auto, cpu, cuda, mps"),
]


@pytest.mark.parametrize(("field", "value", "allowed"), REFUSED)
def test_a_value_out_of_bounds_is_refused_in_words(field: str, value: object, allowed: str) -> None:
    made_in_code: Callable[..., Recipe] = Recipe
    makers: list[Callable[[], Recipe]] = [lambda: read_recipe({field: value}), lambda: made_in_code(**{field: value})]
    for make in makers:
        with pytest.raises(RecipeError) as refused:
            make()
        assert (refused.value.field, refused.value.found) == (field, value)
        assert allowed in str(refused.value)


def test_every_field_has_a_refused_value() -> None:
    assert {field for field, _, _ in REFUSED} == set(Recipe.__struct_fields__)


def test_momentum_is_refused_where_the_optimizer_has_none() -> None:
    with pytest.raises(RecipeError, match=r"momentum: found 0\.9; allowed is 0 with Adam"):
        Recipe(optimizer="Adam", momentum=0.9)
    assert Recipe(optimizer="SGD", momentum=0.9).momentum == 0.9


def test_an_unknown_field_is_refused_by_both_readers() -> None:
    with pytest.raises(RecipeError, match="shuffle: found True; allowed is only the fields dataset"):
        read_recipe({"shuffle": True})
    with pytest.raises(msgspec.ValidationError, match="shuffle"):
        msgspec.json.decode(b'{"shuffle": true}', type=Recipe)


def test_a_job_survives_its_json_and_an_impossible_one_does_not() -> None:
    job = Job(architecture=PRESETS["lenet-d2l"].architecture, recipe=default_recipe("lenet-d2l"))
    line = msgspec.json.encode(job)
    assert msgspec.json.decode(line, type=Job) == job
    with pytest.raises(msgspec.ValidationError, match=r"momentum: found 0\.9"):
        msgspec.json.decode(line.replace(b'"SGD"', b'"Adam"').replace(b'"momentum":0.0', b'"momentum":0.9'), type=Job)


@pytest.mark.parametrize("preset", PRESETS)
def test_a_presets_recipe_has_the_texts_steps_on_the_shipped_pictures(preset: str) -> None:
    recipe, text = default_recipe(preset), TEXT_RECIPES[preset]
    assert recipe.dataset == "fashion-mnist-subset"
    here, there = (math.ceil(DATASETS[r.dataset].train_size / r.batch_size) * r.epochs for r in (recipe, text))
    assert abs(here - there) <= math.ceil(6_000 / recipe.batch_size) / 2


def test_every_preset_has_a_recipe() -> None:
    assert set(TEXT_RECIPES) == set(PRESETS)


def test_the_books_recipe_is_the_books() -> None:
    recipe = default_recipe("lenet-d2l", dataset="fashion-mnist")
    assert (recipe.epochs, recipe.batch_size, recipe.optimizer, recipe.learning_rate) == (10, 256, "SGD", 0.9)
    assert (recipe.init, recipe.momentum, recipe.weight_decay) == ("xavier", 0, 0)
