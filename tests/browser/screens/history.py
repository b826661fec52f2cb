"""What was tried before on the server whose screens are looked at: runs, a race and a sweep, all at their ends."""

from pathlib import Path

import torch

from explorer.architecture.edit import replace_activations
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.data.datasets import DATASETS, load
from explorer.experiments.race.race import Contender, Race
from explorer.experiments.sweep.sweep import Choices, Sweep
from explorer.runs.store.rows import Remarks, State
from explorer.runs.store.run_files import kept_files
from explorer.runs.store.store import Store
from explorer.training.answers.answer_file import Header, Kept, write
from explorer.training.answers.answers import answers
from explorer.training.environment import data_checksum
from explorer.training.events import Epoch, Event
from explorer.training.recipe.recipe import Job, Recipe
from tests.runs.scripted_worker import step

LENET = PRESETS["lenet-d2l"].architecture
RELU = replace_activations(LENET, "ReLU")
RECIPE = Recipe(epochs=2, train_size=1_024)
RATES = Choices("learning_rate", (0.03, 0.1, 0.3, 1.0))
KINDS = Choices("activation", ("Sigmoid", "ReLU", "Tanh"))
WIDTHS = Choices("width", (0.5, 1.0))
CLASSES = 10


class History:
    """The ids of what a store holds: two runs, one with answers and remarks, a race, and a sweep of three fields."""

    def __init__(self, store: Store) -> None:
        self.runs = [_tried(store, LENET, "finished"), _tried(store, RELU, "interrupted")]
        said = Remarks(title="ReLU, my best guess", tags="lesson 3, relu", notes="Falls quicker.")
        store.remark(self.runs[1], said)
        _answer(store.path.parent, self.runs[0])
        contenders = (Contender("Sigmoid", LENET, RECIPE), Contender("ReLU", RELU, RECIPE))
        self.race = store.create_race(Race(question="Sigmoid or ReLU?", contenders=contenders), "me")
        self.sweep = store.create_sweep(Sweep(base=Job(LENET, RECIPE), axes=(RATES, KINDS, WIDTHS)), "me")
        for number, run in enumerate([*store.race_runs(self.race), *store.sweep_runs(self.sweep)]):
            _train(store, run.id, "finished", accuracy=0.3 + number / 50)


def _tried(store: Store, design: Architecture, end: State) -> str:
    run = store.create(Job(design, RECIPE), "me")
    _train(store, run, end, accuracy=0.7)
    return run


def _train(store: Store, run: str, end: State, *, accuracy: float) -> None:
    store.move(run, ["queued"], "starting")
    store.append(run, [*map(step, range(1, 20)), _epoch(accuracy)])
    store.move(run, ["starting"], end)


def _epoch(accuracy: float) -> Event:
    loss = 1 - accuracy
    return Epoch(
        step=20,
        epoch=2.0,
        seconds=3.0,
        train_loss=loss,
        train_accuracy=accuracy,
        test_loss=loss,
        test_accuracy=accuracy,
    )


def _answer(home: Path, run: str) -> None:
    """Keep answers to the thousand pictures that ship, of which every third is taken for the next class."""
    labels = load(RECIPE.dataset).test.labels
    taken = torch.where(torch.arange(len(labels)) % 3 == 0, (labels + 1) % CLASSES, labels)
    scores = 2.0 * torch.nn.functional.one_hot(taken, CLASSES)
    checksum, classes = data_checksum(RECIPE.dataset), DATASETS[RECIPE.dataset].classes
    about = Header(run=run, step=20, dataset=RECIPE.dataset, data_sha256=checksum, classes=classes)
    path = kept_files(home).answers.path(run)
    path.parent.mkdir(exist_ok=True)
    write(Kept(about, answers(scores, labels)), path)
