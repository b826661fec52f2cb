"""A setup makes the race that it says, on its terms, or says why there is none."""

import pytest
from msgspec.structs import replace

from explorer.architecture.presets import PRESETS
from explorer.experiments.race.questions import QUESTIONS
from explorer.experiments.race.race import MAX_CONTENDERS, RaceError
from explorer.experiments.race.setup import RaceSetup, make_race
from explorer.experiments.text_recipes import default_recipe


def test_own_rates_are_the_known_ones_and_are_named() -> None:
    race = make_race(RaceSetup(own_rates=True), PRESETS["lenet-d2l"].architecture, default_recipe("lenet-d2l"))
    assert [contender.recipe.learning_rate for contender in race.contenders] == [0.9, 0.1]
    assert race.terms == "Sigmoid with SGD 0.9, ReLU with SGD 0.1"


def test_too_many_contenders_are_refused_in_words() -> None:
    lenet = PRESETS["lenet-d2l"].architecture
    everyone = QUESTIONS["activation"].choices(lenet)
    with pytest.raises(
        RaceError, match=f"2 to {MAX_CONTENDERS} contenders, or one over several seeds; found {len(everyone)}"
    ):
        make_race(RaceSetup(choices=everyone), lenet, default_recipe("lenet-d2l"))


def test_seeds_count_on_from_the_recipes_own() -> None:
    recipe = replace(default_recipe("lenet-d2l"), seed=7)
    race = make_race(RaceSetup(seeds=3), PRESETS["lenet-d2l"].architecture, recipe)
    assert [[job.recipe.seed for job in heat] for heat in race.heats] == [[7, 7], [8, 8], [9, 9]]


def test_one_network_races_against_chance_over_several_seeds() -> None:
    lenet, recipe = PRESETS["lenet-d2l"].architecture, default_recipe("lenet-d2l")
    race = make_race(RaceSetup(question="chance", epochs=recipe.epochs), lenet, recipe)
    assert race.question == "How much is chance in LeNet (the book)?"
    assert [heat[0].recipe for heat in race.heats] == [replace(recipe, seed=seed) for seed in range(3)]
    assert {job.start for heat in race.heats for job in heat} == {None}
    with pytest.raises(RaceError, match="found 1"):
        make_race(RaceSetup(question="chance", seeds=1), lenet, recipe)


@pytest.mark.parametrize("question", ["activation", "cure"])
def test_where_activations_differ_all_train_at_the_rate_that_relu_wants(question: str) -> None:
    lenet = PRESETS["lenet-d2l"].architecture
    race = make_race(RaceSetup(question=question), lenet, replace(default_recipe("lenet-d2l"), learning_rate=0.9))
    assert {contender.recipe.learning_rate for contender in race.contenders} == {0.1}


def test_where_anything_else_differs_all_train_at_the_recipes_own_rate() -> None:
    lenet = PRESETS["lenet-d2l"].architecture
    race = make_race(RaceSetup(question="pooling"), lenet, replace(default_recipe("lenet-d2l"), learning_rate=0.9))
    assert {contender.recipe.learning_rate for contender in race.contenders} == {0.9}
