"""What is right follows from the state, a slip has its name, and what a run decides waits for it."""

import pytest

from explorer.architecture.presets import PRESETS
from explorer.lessons.answers import AnswerError
from explorer.lessons.course.answer import Answer, answered, begun, moved
from explorer.lessons.course.facts import Facts, Measured, measured
from explorer.lessons.course.right import Judgement, judge, read_number
from explorer.lessons.course.shipped import shipped
from explorer.training.events import Epoch, Event, Histogram, LayerProbe, Probe, Step
from explorer.views.lessons.course import verdict_words

COLOUR = PRESETS["lenet-ng"].architecture
COST, STALLS, POOLS = (shipped(name) for name in ("convolution-cost", "sigmoid-stalls", "max-or-average"))


def judged(step: str, text: str, lesson: object = COST, **runs: tuple[Measured, ...]) -> Judgement:
    assert isinstance(lesson, type(COST))
    return judge(lesson.step(step), Answer(COLOUR, text), Facts(COLOUR, runs, lesson.networks))


def test_a_prediction_is_held_against_the_trace_and_a_slip_is_named() -> None:
    assert judged("parameters", "456").outcome == "right"
    wrong = judged("parameters", "156")
    assert (wrong.outcome, wrong.right, wrong.slips[0].name) == ("wrong", 456, "Channels forgotten")
    words = verdict_words(COST.step("parameters"), Answer(COLOUR, "156"), wrong, "en")
    assert "Channels forgotten" in words
    assert "456" not in words
    assert judged("parameters", "many").outcome == "unreadable"
    assert judged("maps", "6x28x28").outcome == "right"
    assert judged("work", "1").outcome == "right"
    assert judged("work", "3").outcome == "wrong"
    assert judged("filters", "2", shipped("which-claims")).outcome == "right"
    assert [judged("why", text).outcome for text in (" ", "It is local.")] == ["unreadable", "noted"]


def test_what_a_run_decides_waits_until_it_has_trained() -> None:
    def one(label: str, accuracy: float) -> Measured:
        return Measured(label=label, ended=True, test_accuracy=accuracy, best_test_accuracy=accuracy)

    assert judged("winner", "2", STALLS).outcome == "waiting"
    assert judged("winner", "2", STALLS, race=(one("Sigmoid", 0.1), one("ReLU", 0.7))).outcome == "right"
    assert judged("winner", "2", STALLS, race=(one("Sigmoid", 0.69), one("ReLU", 0.7))).right == (3,)
    assert judged("race", "", STALLS, race=(one("Sigmoid", 0.1), one("ReLU", 0.7))).outcome == "right"
    assert judged("cure", "", STALLS, cure=(one("", 0.49),)).outcome == "wrong"
    assert judged("cure", "", STALLS).outcome == "waiting"
    seeds = [one("Max pooling", 0.80), one("Max pooling", 0.81), one("Max pooling", 0.83)]
    average = [one("Average pooling", 0.79)] * 3
    assert judged("verdict", "3", POOLS, three=(*seeds, *average)).outcome == "right"  # 2 points apart, spread 3
    assert judged("luck", "3 %", POOLS, three=(*seeds, *average)).outcome == "right"


def test_a_run_is_summed_up_from_its_events() -> None:
    def layer(name: str, size: float) -> LayerProbe:
        return LayerProbe(index=0, name=name, kind="Linear", mean=0, std=0, outputs=Histogram(0, 1, ()), grad_rms=size)

    figures = {"epoch": 1.0, "seconds": 2.0, "train_accuracy": 0.9}
    events: list[Event] = [
        Probe(step=0, epoch=0, pictures=1, layers=(layer("conv1", 0.001), layer("fc2", 0.1))),
        Step(step=1, train_loss=2.3, images_per_second=1.0, **figures),
        Epoch(step=2, train_loss=1.0, test_loss=1.0, test_accuracy=0.8, **figures),
        Epoch(step=3, train_loss=1.0, test_loss=1.0, test_accuracy=0.7, **figures),
    ]
    found = measured(events)
    assert (found.first_loss, found.best_test_accuracy, found.test_accuracy) == (2.3, 0.8, 0.7)
    assert found.gap == pytest.approx(0.2)
    assert found.grad_ratio == pytest.approx(0.01)
    assert measured([]) == Measured(ended=True)


@pytest.mark.parametrize(("typed", "share"), [("85", 0.85), ("85 %", 0.85), ("0.85", 0.85), ("0,5 %", 0.005), ("1", 1)])
def test_a_share_is_read_as_people_write_it(typed: str, share: float) -> None:
    assert read_number(typed, "share") == pytest.approx(share)


@pytest.mark.parametrize("typed", ["", "half", "-1", "1e9", "nan", "²", "1" * 400])
def test_what_is_no_number_is_refused_in_words(typed: str) -> None:
    with pytest.raises(AnswerError, match="Type a number"):
        read_number(f"{typed}%", "share")


def test_progress_stays_within_the_lesson_and_counts_tries() -> None:
    progress = moved(begun(COST), COST, -1)
    assert progress.at == COST.names[0]
    progress = answered(answered(progress, text="156", design=COLOUR), text="4" * 9_000, design=COLOUR)
    assert progress.answers["parameters"].tries == 2
    assert len(progress.answers["parameters"].text) == 2_000
    assert moved(progress, COST, 99).at == COST.names[-1]
