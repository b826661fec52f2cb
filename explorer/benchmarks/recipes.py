"""Whether the texts' recipes give here what the texts say: each is trained over some seeds, and its outcome told.

The book's rendered run of LeNet ends at a test accuracy of 0.779; single runs differ by seed, so a range is wanted.
"""

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from explorer.architecture.edit import replace_activations
from explorer.architecture.presets import PRESETS
from explorer.training.events import Epoch, Failed, Finished
from explorer.training.loop import train
from explorer.training.recipe import Job
from explorer.training.text_recipes import TEXT_RECIPES

LENET, BOOK = PRESETS["lenet-d2l"].architecture, TEXT_RECIPES["lenet-d2l"]


class Published(msgspec.Struct, frozen=True):
    """A recipe of a text, and between which test accuracies it ends there, over its seeds."""

    title: str
    job: Job
    lowest: float
    highest: float


class Outcome(msgspec.Struct, frozen=True):
    """What one seed came to: the test accuracy after the last epoch, and the seconds that the run took."""

    published: Published
    seed: int
    test_accuracy: float
    seconds: float

    @property
    def agrees(self) -> bool:
        """Whether the accuracy lies where the text's does."""
        return self.published.lowest <= self.test_accuracy <= self.published.highest


PUBLISHED = (
    Published("LeNet, sigmoid, learning rate 0.9", Job(LENET, BOOK), lowest=0.74, highest=0.83),
    Published(
        "LeNet, ReLU, learning rate 0.1",
        Job(replace_activations(LENET, "ReLU"), replace(BOOK, learning_rate=0.1)),
        lowest=0.84,
        highest=1.0,
    ),
)


def outcomes(*, seeds: int) -> Iterator[Outcome]:
    """Train each recipe with the seeds 0, 1, … and tell each outcome; raises `RuntimeError` if one fails."""
    for published in PUBLISHED:
        for seed in range(seeds):
            yield _outcome(published, seed)


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
    return Outcome(published, seed, accuracy, seconds)
