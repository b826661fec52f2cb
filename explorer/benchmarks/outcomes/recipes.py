"""Whether the texts' recipes give here what the texts say: each is trained over some seeds, and its outcome told.

The book's rendered run of LeNet ends at a test accuracy of 0.779; single runs differ by seed, so a range is wanted, and
whether a run just outside it is ours or the recipe's own, the text's program in torch alone says (`witness.py`).
"""

import time
from collections.abc import Iterable, Iterator, Sequence

import msgspec
from msgspec.structs import replace
from torch import nn

from explorer.architecture.edit import replace_activations
from explorer.architecture.presets import PRESETS
from explorer.benchmarks.outcomes.witness import Witness, book_lenet, keras_lenet, train_plainly
from explorer.data.datasets import is_available, load
from explorer.experiments.text_recipes import TEXT_RECIPES
from explorer.training.events import Epoch, Failed, Finished
from explorer.training.loop.train import train
from explorer.training.recipe.recipe import Job

LENET, BOOK = PRESETS["lenet-d2l"].architecture, TEXT_RECIPES["lenet-d2l"]


class Published(msgspec.Struct, frozen=True):
    """A recipe of a text, and between which test accuracies it ends there, over its seeds."""

    title: str
    job: Job
    witness: Witness
    lowest: float
    highest: float


OURS, WITNESS = "this program", "torch alone"


class Outcome(msgspec.Struct, frozen=True):
    """What one seed came to: the test accuracy after the last epoch, and the seconds that the run took."""

    published: Published
    loop: str
    seed: int
    test_accuracy: float
    seconds: float

    @property
    def agrees(self) -> bool:
        """Whether the accuracy lies where the text's does."""
        return self.published.lowest <= self.test_accuracy <= self.published.highest


PUBLISHED = (
    Published(
        "LeNet, sigmoid, learning rate 0.9",
        Job(LENET, BOOK),
        book_lenet(nn.Sigmoid, learning_rate=0.9),
        lowest=0.74,
        highest=0.83,
    ),
    Published(
        "LeNet, ReLU, learning rate 0.1",
        Job(replace_activations(LENET, "ReLU"), replace(BOOK, learning_rate=0.1)),
        book_lenet(nn.ReLU, learning_rate=0.1),
        lowest=0.84,
        highest=1.0,
    ),
    Published(
        "LeNet-5 on digits, Adam 0.001",
        Job(PRESETS["lenet-keras"].architecture, TEXT_RECIPES["lenet-keras"]),
        keras_lenet(),
        lowest=0.99,
        highest=1.0,
    ),
)


def lacking() -> list[str]:
    """Name the data sets of the recipes that are not on this computer."""
    wanted = dict.fromkeys(published.job.recipe.dataset for published in PUBLISHED)
    return [name for name in wanted if not is_available(name)]


def outcomes(recipes: Iterable[Published] = PUBLISHED, *, seeds: int) -> Iterator[Outcome]:
    """Train each recipe with the seeds 0, 1, … and tell each outcome; raises `RuntimeError` if one fails."""
    for published in recipes:
        for seed in range(seeds):
            yield _outcome(published, seed)


def witnesses(recipes: Iterable[Published] = PUBLISHED, *, seeds: int) -> Iterator[Outcome]:
    """Train each recipe as often with the text's program in torch alone, on the CPU; raises `DataError`."""
    for published in recipes:
        for seed in range(seeds):
            yield _witness(published, seed)


def spreads(found: Sequence[Outcome]) -> Iterator[str]:
    """Say of each recipe, in a line for each loop, from where to where its test accuracies reach over the seeds."""
    for title, loop in dict.fromkeys((outcome.published.title, outcome.loop) for outcome in found):
        reached = [each.test_accuracy for each in found if (each.published.title, each.loop) == (title, loop)]
        mean = sum(reached) / len(reached)
        yield f"{title:36} {loop:15}  {min(reached):.3f} to {max(reached):.3f}, mean {mean:.3f} of {len(reached)}"


def _outcome(published: Published, seed: int) -> Outcome:
    accuracy = seconds = 0.0
    for event in train(replace(published.job, recipe=replace(published.job.recipe, seed=seed))):
        match event:
            case Epoch():
                accuracy = event.test_accuracy
            case Finished():
                seconds = event.seconds
            case Failed():
                raise RuntimeError(f"{published.title}, seed {seed}: {event.cause}")
    return Outcome(published, OURS, seed, accuracy, seconds)


def _witness(published: Published, seed: int) -> Outcome:
    recipe, begun = published.job.recipe, time.perf_counter()
    accuracy = train_plainly(
        published.witness, load(recipe.dataset), batch_size=recipe.batch_size, epochs=recipe.epochs, seed=seed
    )
    return Outcome(published, WITNESS, seed, accuracy, time.perf_counter() - begun)
