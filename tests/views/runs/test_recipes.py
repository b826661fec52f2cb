"""A recipe in words: the settings that make it what it is."""

import pytest

from explorer.training.recipe.recipe import DEFAULTS, Recipe
from explorer.views.runs.recipes import WORDS, length_words, scaled_words, settings_words

ELSEWHERE = {  # said by itself, or of no matter for what is learned
    *("dataset", "train_size", "epochs", "max_seconds", "batch_size", "optimizer", "learning_rate", "seed", "device")
}


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        (Recipe(), "SGD 0.1, batch 256"),
        (Recipe(init="xavier", learning_rate=0.9), "SGD 0.9, batch 256, first weights xavier"),
        (
            Recipe(momentum=0.9, nesterov=True, schedule="step", step_size=2.5, warmup_epochs=0.5),
            "SGD 0.1, batch 256, momentum 0.9, Nesterov, step, every 2.5 epochs, warm-up 0.5",
        ),
        (
            Recipe(optimizer="AdamW", weight_decay=0.0005, clip_grad_norm=1.0, target_accuracy=0.9),
            "AdamW 0.1, batch 256, weight decay 0.0005, gradients clipped at 1, until 90%",
        ),
        (
            Recipe(label_smoothing=0.1, augmentation="flip+crop", precision="bfloat16"),
            "SGD 0.1, batch 256, smoothing 0.1, flip+crop, bfloat16",
        ),
    ],
)
def test_what_differs_from_a_plain_recipe_is_said(recipe: Recipe, words: str) -> None:
    assert settings_words(recipe) == words


def test_no_setting_goes_unsaid() -> None:
    assert set(WORDS) | ELSEWHERE == set(DEFAULTS)


def test_epochs_and_pictures_are_counted() -> None:
    recipes = (Recipe(epochs=1), Recipe(epochs=2, train_size=1_280))
    assert [length_words(recipe) for recipe in recipes] == ["1 epoch", "2 epochs of 1,280 pictures"]


def test_the_epochs_of_a_text_on_fewer_pictures_are_explained() -> None:
    text = Recipe(dataset="fashion-mnist", epochs=10)
    assert scaled_words(Recipe(epochs=98), text) == (
        "98 epochs of the 6,000 pictures here are as many steps as the 10 of 60,000 in its text."
    )
    assert scaled_words(text, text) == ""
