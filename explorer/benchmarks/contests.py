"""The networks whose training is measured: their recipes, how much of it a round takes, and the bounds to hold."""

import msgspec
from msgspec.structs import replace

from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.training.recipe.recipe import Job, Recipe

DATASET = "fashion-mnist-subset"
STEPS_ON_GPU = 300  # of each loop a round, at least: they take milliseconds there


class Contest(msgspec.Struct, frozen=True):
    """A network and its recipe; `run` is what is measured of the program's own loop."""

    network: str
    run: Recipe
    steps: int  # of each other loop a round
    is_short: bool  # the run has hardly any steps, so its probes are left out of its time and told beside it
    bounds: dict[str, float]  # of ratios, at least
    most_bytes: int  # of a worker that trains it
    beside: tuple[int, ...] = ()  # how many processes keep the processor busy while it trains, one time after another

    @property
    def architecture(self) -> Architecture:
        """The network."""
        return PRESETS[self.network].architecture

    def on(self, device: str) -> "Contest":
        """Give the contest on a device: on a GPU all its runs are whole ones."""
        if device == "cpu":
            return self
        whole = replace(self.run, device=device, train_size=None, epochs=max(self.run.epochs, Recipe().epochs))
        return replace(self, run=whole, steps=max(self.steps, STEPS_ON_GPU), is_short=False, bounds={}, beside=())

    def job(self) -> Job:
        """Give the program's own run."""
        return Job(self.architecture, self.run)

    def default_job(self) -> Job:
        """Give the run that a person gets who changes nothing of its length."""
        return Job(self.architecture, replace(self.run, epochs=Recipe().epochs, train_size=None))


def _recipe(*, batch_size: int, learning_rate: float, epochs: int = 10, train_size: int | None = None) -> Recipe:
    return Recipe(
        dataset=DATASET,
        batch_size=batch_size,
        learning_rate=learning_rate,
        init="xavier",
        epochs=epochs,
        train_size=train_size,
        device="cpu",
    )


PROBES = {"default_run_over_without_probes": 0.97}
CONTESTS = {
    contest.network: contest
    for contest in (
        Contest(
            "lenet-d2l",
            _recipe(batch_size=256, learning_rate=0.9, epochs=98),  # the steps of the book's ten epochs
            steps=78,
            is_short=False,
            bounds={"ours_over_bare_step": 1.1, "ours_over_book_4_workers": 2.8, **PROBES},
            most_bytes=10**9,
            beside=(0, 1, 2),
        ),
        Contest(
            "alexnet-28",
            _recipe(batch_size=128, learning_rate=0.01),
            steps=40,
            is_short=False,
            bounds={"ours_over_bare_step": 0.95, **PROBES},
            most_bytes=2 * 10**9,
        ),
        Contest(
            "alexnet-d2l",
            _recipe(batch_size=128, learning_rate=0.01, epochs=1, train_size=3 * 128),
            steps=3,
            is_short=True,
            bounds={"ours_over_bare_step": 0.95},
            most_bytes=8 * 10**9,
        ),
    )
}
