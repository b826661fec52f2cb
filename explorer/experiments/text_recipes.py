"""The recipes of the texts, each by a name of its own, and which of them a network of the course begins with."""

import math

import msgspec
from msgspec.structs import replace

from explorer.data.datasets import DATASETS
from explorer.training.recipe.recipe import Recipe


class TextRecipe(msgspec.Struct, frozen=True, kw_only=True):
    """A recipe as its text has it, on the text's data set."""

    title: str
    source: str
    recipe: Recipe


# A step of AlexNet takes seconds without a GPU, the ten epochs hours: the limit ends what a class cannot wait for.
_ALEXNET = Recipe(dataset="fashion-mnist", batch_size=128, learning_rate=0.01, init="xavier", max_seconds=600.0)
_ADAM = Recipe(dataset="mnist", batch_size=200, optimizer="Adam", learning_rate=0.001, init="keras")

RECIPES: dict[str, TextRecipe] = {
    "book-lenet": TextRecipe(
        title="The book's LeNet: SGD 0.9, Xavier",
        source="Dive into Deep Learning, chapter LeNet",
        recipe=Recipe(dataset="fashion-mnist", batch_size=256, learning_rate=0.9, init="xavier"),
    ),
    "book-alexnet": TextRecipe(
        title="The book's AlexNet: SGD 0.01, Xavier",
        source="Dive into Deep Learning, chapter AlexNet",
        recipe=_ALEXNET,
    ),
    "keras-adam": TextRecipe(
        title="The Keras walk-through: Adam, batch 200, Glorot weights",
        source="the Keras walk-through of LeNet-5",
        recipe=_ADAM,
    ),
    # Its own optimizer, which estimates second derivatives, is not offered: the Keras walk-through's. The first weights
    # and the loss, which comes with the network's last layer, are the paper's.
    "lenet5-1998": TextRecipe(
        title="LeNet-5's first weights, with Adam",
        source="LeCun, Bottou, Bengio, Haffner 1998, appendix A",
        recipe=replace(_ADAM, init="lenet5"),
    ),
    # The paper divided its learning rate whenever the validation error stood still, three times in all.
    "alexnet-2012": TextRecipe(
        title="The 2012 paper's AlexNet: momentum, weight decay, steps",
        source="Krizhevsky, Sutskever, Hinton 2012, section 5",
        recipe=replace(_ALEXNET, momentum=0.9, weight_decay=0.0005, init="alexnet", schedule="step"),
    ),
    # Measured on Fashion-MNIST: past 85 % of the test pictures after three epochs, 87 to 88 % after four.
    "alexnet-28": TextRecipe(
        title="The small AlexNet: Adam, batch 128",
        source="an exercise of Dive into Deep Learning: AlexNet simplified for Fashion-MNIST",
        recipe=Recipe(dataset="fashion-mnist", epochs=4, batch_size=128, optimizer="Adam", learning_rate=0.001),
    ),
}

TEXT_RECIPES: dict[str, Recipe] = {
    preset: RECIPES[name].recipe
    for preset, name in {
        "lenet-d2l": "book-lenet",
        "lenet-keras": "keras-adam",
        "lenet-pytorch": "keras-adam",  # its text has no recipe: its cousin's, so that the two can be compared
        "lenet5-1998": "lenet5-1998",
        "lenet-ng": "keras-adam",  # its text has no recipe either
        "alexnet-28": "alexnet-28",
        "alexnet-d2l": "book-alexnet",
        "alexnet-227": "book-alexnet",  # published for ImageNet, which is not offered
        "alexnet-2012": "alexnet-2012",
        "alexnet-torchvision": "book-alexnet",
    }.items()
}


def default_recipe(preset: str, *, dataset: str = "fashion-mnist-subset") -> Recipe:
    """Give the recipe of a preset's text on a data set."""
    return on_dataset(TEXT_RECIPES[preset], dataset)


def on_dataset(text: Recipe, dataset: str) -> Recipe:
    """Put a text's recipe on another data set, with as many epochs as make the text's number of steps.

    Ten epochs of the 6,000 pictures that ship are a tenth of the book's steps, and its network of sigmoids is still on
    its first plateau there.
    """
    steps = text.epochs * _steps_per_epoch(text.dataset, text.batch_size)
    epochs = round(steps / _steps_per_epoch(dataset, text.batch_size))
    return replace(text, dataset=dataset, epochs=epochs)


def _steps_per_epoch(dataset: str, batch_size: int) -> int:
    return math.ceil(DATASETS[dataset].train_size / batch_size)
