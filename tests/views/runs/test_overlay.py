"""Runs compared: lines apart without colour too, names shown literally, and only what differs."""

import msgspec
from msgspec.structs import replace

from explorer.architecture.edit import replace_activations
from explorer.architecture.presets import PRESETS
from explorer.runs.store.rows import Run
from explorer.training.events import Epoch, Step
from explorer.training.recipe.recipe import Job, Recipe
from explorer.views.runs.overlay import MOST_OVERLAID, overlay_legend, overlay_series, overlay_words, unlike_names
from explorer.views.runs.run_difference import difference_html, difference_summary, differences
from tests.runs.scripted_worker import step
from tests.views.runs.test_run_words import a_run

LENET = PRESETS["lenet-d2l"].architecture
AN_EPOCH = Epoch(step=2, epoch=1.0, seconds=3.0, train_loss=0.4, train_accuracy=0.8, test_loss=0.5, test_accuracy=0.75)
HOSTILE = '<img src=x onerror=alert(1)> & "$x$"'


def run(name: str, job: Job | None = None, title: str = "") -> Run:
    made = a_run("finished", test_accuracy=0.5, train_loss=0.25)
    told = made.job_json if job is None else msgspec.json.encode(job).decode()
    return replace(made, id=name, title=title, job_json=told)


def test_each_run_has_a_line_of_loss_and_one_of_accuracy_apart_in_colour_dash_and_mark() -> None:
    runs = [run(f"{number}") for number in range(MOST_OVERLAID)]
    drawn = overlay_series(runs, {each.id: [step(1), step(2), AN_EPOCH] for each in runs})
    assert [(line.panel, line.x) for line in drawn[:2]] == [("loss", [0.1, 0.2]), ("accuracy", [1.0])]
    assert len({line.key for line in drawn}) == 2 * MOST_OVERLAID
    for looks in ("color", "dash", "symbol"):
        assert len({getattr(line, looks) for line in drawn}) == MOST_OVERLAID


def test_a_run_without_events_has_empty_lines() -> None:
    assert [line.x for line in overlay_series([run("a")], {})] == [[], []]


def test_names_are_unlike_and_bounded() -> None:
    names = unlike_names([run("a"), run("b", title="x" * 80), run("c"), run("d", title="mine")])
    assert names == ["LeNet (the book) (1)", "x" * 47 + "…", "LeNet (the book) (2)", "mine"]


def test_what_a_person_typed_is_no_markup() -> None:
    runs = [run("a", title=HOSTILE[:30]), run("b", Job(replace(LENET, name=HOSTILE), Recipe()))]
    for text in (overlay_legend(runs), difference_html(differences(runs))):
        assert "<img src" not in text
        assert "&lt;img" in text
    assert all("<" not in line.name for line in overlay_series(runs, {}))


def test_the_words_give_each_runs_figures() -> None:
    assert overlay_words([run("a", title="one")]) == (
        "Training loss and test accuracy of 1 runs. one: training loss 0.250, test accuracy 50.0 %."
    )


def lines(*jobs: Job) -> dict[str, list[str]]:
    table = differences([run(f"{number}", job) for number, job in enumerate(jobs)])
    return {row.name: [row.words, *(cell.text for cell in row.cells)] for row in table.rows}


def test_only_what_differs_is_listed_with_layers_in_the_places_that_they_stand_for() -> None:
    relu = replace_activations(LENET, "ReLU")
    shorter = replace(LENET, layers=LENET.layers[:1] + LENET.layers[2:])
    found = lines(
        Job(LENET, Recipe()), Job(relu, Recipe(optimizer="Adam", learning_rate=0.001)), Job(shorter, Recipe())
    )
    assert found == {
        "optimizer": ["SGD", "Adam", "SGD"],
        "learning rate": ["0.1", "0.001", "0.1"],
        "sigmoid1": ["Sigmoid", "ReLU", "none"],
        **{f"sigmoid{number}": ["Sigmoid", "ReLU", "Sigmoid"] for number in (2, 3, 4)},
    }


def test_a_layer_that_only_another_has_stands_where_it_was_added() -> None:
    shorter = replace(LENET, layers=LENET.layers[1:])
    found = lines(Job(shorter, Recipe()), Job(LENET, Recipe()))
    assert found == {"added before": ["none", "Conv2d 6 @ 5×5, pad 2"]}


def test_the_same_jobs_differ_in_nothing() -> None:
    table = differences([run("a"), run("b")])
    assert difference_summary(table, 2) == "Nothing differs: the 2 runs have the same design and the same recipe."


def test_first_weights_of_another_are_a_difference() -> None:
    relu = replace_activations(LENET, "ReLU")
    assert lines(Job(relu, Recipe()), Job(relu, Recipe(), start=LENET)) == {
        "first weights as": ["its own", "LeNet (the book)"]
    }


def test_steps_that_were_told_stand_where_they_were_measured() -> None:
    told = Step(step=1, epoch=0.5, seconds=1.0, train_loss=2.0, train_accuracy=0.1, images_per_second=9.0)
    assert overlay_series([run("a")], {"a": [told]})[0].y == [2.0]
