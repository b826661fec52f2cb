"""A receipt says what a run's figures rest on; of two runs of one job it says how far they agree, and why not."""

import msgspec
import pytest

from explorer.architecture.presets import PRESETS
from explorer.runs.store.rows import Run
from explorer.training.events import Environment, Epoch, Event, LearningRate, Started, Step
from explorer.training.recipe.recipe import Job, Recipe
from explorer.views.runs.receipt import Receipt, comparison_words, receipt_json, receipt_rows

JOB = Job(PRESETS["lenet-d2l"].architecture, Recipe(seed=3))
HERE = Environment(
    program="0.1.0", python="3.12.1", torch="2.14.1", threads=2, processor="A processor", data_sha256="ab" * 32
)


def run(created: float = 0.0, continues: str | None = None) -> Run:
    return Run(
        id="a1",
        owner="me",
        state="finished",
        name="LeNet",
        dataset=JOB.recipe.dataset,
        job_json=msgspec.json.encode(JOB).decode(),
        wanted_device="auto",
        created=created,
        device="cpu",
        continues=continues,
    )


def events(
    *, loss: float = 0.5, hits: float = 0.75, here: Environment | None = HERE, device: str = "cpu"
) -> list[Event]:
    started = Started(device, "fashion-mnist-subset", 10, 1, 1, 9, 1, here)
    step = Step(step=1, epoch=1, seconds=1, train_loss=loss, train_accuracy=0.5, images_per_second=9)
    epoch = Epoch(step=1, epoch=1, seconds=1, train_loss=loss, train_accuracy=0.5, test_loss=0.75, test_accuracy=hits)
    return [started, step, epoch]


def test_a_receipt_holds_what_it_takes_to_get_the_figures_again() -> None:
    changed = LearningRate(step=1, epoch=1.0, learning_rate=0.2)
    text = receipt_json(run(continues="b2"), [*events(), changed])
    read = msgspec.json.decode(text, type=Receipt)
    assert (read.architecture, read.recipe, read.seed, read.device) == (JOB.architecture, JOB.recipe, 3, "cpu")
    assert (read.environment, read.learning_rates, read.continues) == (HERE, (changed,), "b2")
    assert [epoch.test_loss for epoch in read.epochs] == [0.75]
    rows = receipt_rows(run(), events())
    assert rows["versions"] == "explorer 0.1.0, torch 2.14.1, Python 3.12.1"
    assert (rows["seed"], rows["threads"], rows["data (SHA-256)"]) == ("3", "2", "abababababab…")


def test_a_run_of_a_version_that_told_less_has_a_receipt_too() -> None:
    assert receipt_rows(run(), events(here=None)).keys() == {"run", "launched", "seed", "device"}
    assert receipt_rows(run(), []).keys() == {"run", "launched", "seed", "device"}


OTHER = msgspec.structs.replace(HERE, threads=4)


@pytest.mark.parametrize(
    ("earlier", "words"),
    [
        (events(), "all 4 losses and accuracies are equal to the last bit."),
        (events(loss=0.51, hits=0.8), "losses differ by up to 0.01, accuracies by up to 5.0 %."),
        (events(loss=0.51, here=OTHER), "accuracies by up to 0.0 %. Not the same: threads 2, then 4."),
        ([], "no figure was measured at the same step."),
        ([*events(), LearningRate(1, 1.0, 0.2)], "but a learning rate was changed by hand (at step 1)."),
    ],
)
def test_two_runs_of_one_job_are_compared_figure_by_figure(earlier: list[Event], words: str) -> None:
    said = comparison_words(run(created=100.0), events(), run(created=40.0), earlier)
    assert said.startswith("The same job was run before, 1 min earlier")
    assert said.endswith(words)


def test_a_gpu_adds_in_another_order_each_time() -> None:
    said = comparison_words(run(), events(device="cuda"), run(), events(loss=0.51, device="cuda"))
    assert said.endswith("A GPU adds in an order of its own each time.")
