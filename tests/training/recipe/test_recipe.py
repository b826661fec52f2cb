"""A recipe is bounded wherever it comes from, says in words what is wrong, and the texts' recipes stand as written."""

import math
from collections.abc import Callable

import msgspec
import pytest
from msgspec.structs import replace

from explorer.architecture.presets import PRESETS
from explorer.data.datasets import DATASETS
from explorer.experiments.text_recipes import RECIPES, TEXT_RECIPES, default_recipe
from explorer.training.recipe.recipe import CONDITIONS, Job, Recipe, RecipeError, read_recipe, with_field, with_fields

REFUSED: list[tuple[str, object, str]] = [
    ("dataset", "imagenet", "fashion-mnist-subset"),
    ("train_size", 0, "at least 1"),
    ("epochs", 1.5, "a whole number"),
    ("epochs", True, "a whole number"),
    ("max_seconds", math.inf, "at most 86,400"),
    ("batch_size", 0, "at least 1"),
    ("optimizer", "sgd", "SGD, Adam, AdamW, RMSprop"),
    ("learning_rate", 0, "above 0"),
    ("learning_rate", math.nan, "above 0"),
    ("momentum", 1.0, "below 1"),
    ("weight_decay", -0.1, "at least 0"),
    ("init", "ones", "default, xavier, keras, kaiming, lecun, lenet5, alexnet, zeros"),
    ("nesterov", 1, "True or False"),
    ("schedule", "linear", "constant, step, cosine, one-cycle"),
    ("warmup_epochs", -1, "at least 0"),
    ("step_size", 0, "above 0, at most 1,000 or None"),
    ("label_smoothing", 1, "below 1"),
    ("augmentation", "rotate", "none, flip, crop, flip+crop, colour"),
    ("precision", "float16", "float32, bfloat16"),
    ("clip_grad_norm", 0, "above 0, at most 1,000 or None"),
    ("target_accuracy", 90, "at most 1 or None"),
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
    with pytest.raises(RecipeError, match=r"momentum: found 0\.9; allowed: 0 with Adam"):
        Recipe(optimizer="Adam", momentum=0.9)
    assert Recipe(optimizer="SGD", momentum=0.9).momentum == 0.9


CONTRADICTIONS: list[tuple[dict[str, object], str]] = [
    ({"optimizer": "AdamW", "momentum": 0.9}, "momentum: found 0.9; allowed: 0 with AdamW"),
    ({"nesterov": True}, "nesterov: found True; allowed: False without momentum"),
    (
        {"nesterov": True, "momentum": 0.9, "optimizer": "RMSprop"},
        "nesterov: found True; allowed: False with RMSprop",
    ),
    ({"step_size": 2.0}, "step_size: found 2.0; allowed: None with the schedule constant"),
    ({"warmup_epochs": 1.0, "schedule": "one-cycle"}, "allowed: 0 with the schedule one-cycle, which warms up"),
    ({"warmup_epochs": 3.0, "epochs": 3}, "warmup_epochs: found 3.0; allowed: below the 3 epochs of the run"),
    ({"augmentation": "colour"}, "none, flip, crop, flip+crop with fashion-mnist-subset, whose pictures are grey"),
]


@pytest.mark.parametrize(("fields", "words"), CONTRADICTIONS)
def test_fields_that_contradict_each_other_are_refused_in_words(fields: dict[str, object], words: str) -> None:
    with pytest.raises(RecipeError) as refused:
        read_recipe(fields)
    assert words in str(refused.value)


def test_every_condition_has_a_contradiction() -> None:
    told = {words.partition(":")[0] for _, words in CONTRADICTIONS}
    assert set(CONDITIONS) - {"augmentation"} <= told


def test_what_belongs_to_another_choice_goes_with_it() -> None:
    steep = Recipe(momentum=0.9, nesterov=True, schedule="step", step_size=2.0, warmup_epochs=1.0)
    assert with_field(steep, "optimizer", "Adam") == replace(steep, optimizer="Adam", momentum=0.0, nesterov=False)
    one_cycle = replace(steep, schedule="one-cycle", step_size=None, warmup_epochs=0.0)
    assert with_field(steep, "schedule", "one-cycle") == one_cycle
    jittered = Recipe(dataset="cifar10", augmentation="colour")
    assert with_field(jittered, "dataset", "mnist") == Recipe(dataset="mnist")
    with pytest.raises(RecipeError, match="nesterov"):
        with_field(Recipe(), "nesterov", True)


def test_fields_that_are_changed_together_all_hold() -> None:
    steep = Recipe(momentum=0.9, nesterov=True, schedule="step", step_size=2.0)
    assert with_fields(steep, {"optimizer": "Adam", "schedule": "cosine"}) == Recipe(
        optimizer="Adam", schedule="cosine"
    )
    with pytest.raises(RecipeError, match="momentum"):
        with_fields(steep, {"optimizer": "Adam", "momentum": 0.5})


def test_a_recipe_stored_before_a_field_was_there_is_read_with_its_default() -> None:
    stored = (
        b'{"dataset":"mnist","train_size":null,"epochs":10,"max_seconds":null,"batch_size":200,"optimizer":"Adam",'
        b'"learning_rate":0.001,"momentum":0.0,"weight_decay":0.0,"init":"default","seed":3,"device":"auto"}'
    )
    expected = Recipe(dataset="mnist", batch_size=200, optimizer="Adam", learning_rate=0.001, seed=3)
    assert msgspec.json.decode(stored, type=Recipe) == expected


def test_an_unknown_field_is_refused_by_both_readers() -> None:
    with pytest.raises(RecipeError, match="shuffle: found True; allowed: only the fields dataset"):
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


def test_the_2012_papers_recipe_is_the_papers() -> None:
    recipe = RECIPES["alexnet-2012"].recipe
    assert (recipe.batch_size, recipe.learning_rate, recipe.momentum, recipe.weight_decay) == (128, 0.01, 0.9, 0.0005)
    assert (recipe.optimizer, recipe.schedule, recipe.init) == ("SGD", "step", "alexnet")


def test_the_walk_throughs_recipe_is_adam_with_batches_of_200() -> None:
    recipe = RECIPES["keras-adam"].recipe
    assert (recipe.optimizer, recipe.batch_size, recipe.epochs, recipe.dataset) == ("Adam", 200, 10, "mnist")
