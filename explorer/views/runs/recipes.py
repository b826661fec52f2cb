"""A recipe's settings in words, the ones that differ from what a recipe is by default."""

from explorer.data.datasets import DATASETS
from explorer.training.recipe.recipe import DEFAULTS, Recipe

WORDS = {  # how a setting reads where it is not the default, in this order
    "momentum": "momentum {:g}",
    "nesterov": "Nesterov",
    "weight_decay": "weight decay {:g}",
    "clip_grad_norm": "gradients clipped at {:g}",
    "init": "first weights {}",
    "schedule": "{}",
    "step_size": "every {:g} epochs",
    "warmup_epochs": "warm-up {:g}",
    "label_smoothing": "smoothing {:g}",
    "augmentation": "{}",
    "precision": "{}",
    "target_accuracy": "until {:.0%}",
}


def settings_words(recipe: Recipe) -> str:
    """Say how a recipe learns: `SGD 0.9, batch 256, first weights xavier`."""
    return ", ".join([f"{recipe.optimizer} {recipe.learning_rate:g}", f"batch {recipe.batch_size}", *_others(recipe)])


def _others(recipe: Recipe) -> list[str]:
    values = {field: getattr(recipe, field) for field in WORDS}
    return [words.format(values[field]) for field, words in WORDS.items() if values[field] != DEFAULTS[field]]


def scaled_words(recipe: Recipe, text: Recipe) -> str:
    """Say why a text's recipe has other epochs here than `text`, on another number of pictures; else nothing."""
    here, there = (DATASETS[each.dataset].train_size for each in (recipe, text))
    if recipe.epochs == text.epochs or here == there:
        return ""
    return (
        f"{recipe.epochs} epochs of the {here:,} pictures here are as many steps as the {text.epochs} of {there:,} "
        "in its text."
    )


def length_words(recipe: Recipe) -> str:
    """Say how long a recipe trains: `10 epochs`, or `2 epochs of 1,280 pictures`."""
    size = "" if recipe.train_size is None else f" of {recipe.train_size:,} pictures"
    return f"{recipe.epochs} epoch{'s' * (recipe.epochs != 1)}{size}"
