"""Every question makes networks that fit and differ in that one thing."""

from itertools import pairwise

import pytest

from explorer.architecture.kinds.regularisation import Dropout
from explorer.architecture.presets import PRESETS
from explorer.architecture.trace import trace
from explorer.experiments.race.questions import CHANCE, QUESTIONS
from explorer.experiments.race.race import RaceError
from explorer.experiments.race.setup import RaceSetup, chosen, make_race
from explorer.experiments.text_recipes import default_recipe


@pytest.mark.parametrize("question", list(QUESTIONS))
@pytest.mark.parametrize("preset", ["lenet-d2l", "lenet-keras", "alexnet-28", "lenet5-1998"])
def test_every_usual_race_has_contenders_that_fit_and_differ(question: str, preset: str) -> None:
    architecture, recipe = PRESETS[preset].architecture, default_recipe(preset)
    if not QUESTIONS[question].choices(architecture):
        with pytest.raises(RaceError, match="This network has no"):
            make_race(RaceSetup(question), architecture, recipe)
        return
    race = make_race(RaceSetup(question), architecture, recipe)
    if question != CHANCE:
        assert [each.label for each in race.contenders] == list(chosen(RaceSetup(question), architecture, recipe))
    assert all(trace(contender.architecture).error is None for contender in race.contenders)
    jobs = [(contender.architecture, contender.recipe) for contender in race.contenders]
    assert all(one != other for place, one in enumerate(jobs) for other in jobs[:place])
    shared = {"seed", "batch_size", "epochs", "init", "dataset", "train_size"} - set(QUESTIONS[question].sets)
    for field in shared:
        assert len({getattr(each.recipe, field) for each in race.contenders}) == 1, field


@pytest.mark.parametrize("question", list(QUESTIONS))
@pytest.mark.parametrize("preset", ["lenet-d2l", "alexnet-28", "lenet5-1998", "alexnet-2012"])
def test_every_choice_fits(question: str, preset: str) -> None:
    architecture, recipe = PRESETS[preset].architecture, default_recipe(preset)
    choices = QUESTIONS[question].choices(architecture)
    for pair in pairwise(choices):
        if question != "kernel" or preset != "lenet5-1998":
            for contender in make_race(RaceSetup(question, choices=pair), architecture, recipe).contenders:
                assert trace(contender.architecture).error is None, contender.label


def test_one_layer_more_or_less_is_that_layer_with_its_activation() -> None:
    lenet = PRESETS["lenet-d2l"].architecture
    choices = ("One convolution more", "One convolution less", "One dense layer more", "One dense layer less")
    race = make_race(RaceSetup("depth", choices=choices), lenet, default_recipe("lenet-d2l"))
    kinds = [[type(layer).__name__ for layer in each.architecture.layers] for each in race.contenders]
    counts = [(names.count("Conv2d"), names.count("Linear"), names.count("Sigmoid")) for names in kinds]
    assert counts == [(3, 3, 5), (1, 3, 3), (2, 4, 5), (2, 2, 3)]


def test_overfitting_has_few_pictures_many_epochs_and_differs_in_dropout() -> None:
    race = make_race(RaceSetup("overfit"), PRESETS["lenet-d2l"].architecture, default_recipe("lenet-d2l"))
    assert {(each.recipe.train_size, each.recipe.epochs, each.recipe.optimizer) for each in race.contenders} == {
        (500, 40, "Adam")
    }
    drops = [sum(isinstance(layer, Dropout) for layer in each.architecture.layers) for each in race.contenders]
    assert drops == [0, 2]


def test_dropout_stands_behind_each_hidden_dense_layer_and_nowhere_else() -> None:
    lenet = PRESETS["lenet-keras"].architecture
    race = make_race(RaceSetup("dropout"), lenet, default_recipe("lenet-keras"))
    without, with_dropout = (contender.architecture for contender in race.contenders)
    assert without == lenet
    names = [type(layer).__name__ for layer in with_dropout.layers]
    assert names[-7:] == ["Linear", "ReLU", "Dropout", "Linear", "ReLU", "Dropout", "Linear"]
    again = make_race(RaceSetup("dropout"), with_dropout, default_recipe("lenet-keras"))
    assert [contender.architecture for contender in again.contenders] == [without, with_dropout]
