"""The one check that everything together learns; measured at 83 % and more with four seeds."""

import pytest

from explorer.architecture.presets import PRESETS
from explorer.training.events import Epoch
from explorer.training.loop.train import train
from explorer.training.recipe.recipe import Job, Recipe


@pytest.mark.slow
def test_lenet_with_relu_passes_80_percent_on_clothes_it_has_not_seen() -> None:
    recipe = Recipe(epochs=5, batch_size=64, optimizer="Adam", learning_rate=0.004, schedule="one-cycle", device="cpu")
    epochs = [
        e for e in train(Job(architecture=PRESETS["lenet-keras"].architecture, recipe=recipe)) if isinstance(e, Epoch)
    ]
    assert epochs[-1].test_accuracy > 0.8
