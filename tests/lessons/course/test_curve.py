"""A drawn curve: what travels is what was drawn, and a run's losses are laid over its length."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.architecture.presets import PRESETS
from explorer.lessons.answers import AnswerError
from explorer.lessons.course.answer import Answer
from explorer.lessons.course.curve import MOST, POINTS, Curve, apart, read_curve, resampled, write_curve
from explorer.lessons.course.facts import Facts, Measured
from explorer.lessons.course.right import Judgement, judge
from explorer.lessons.course.shipped import shipped
from explorer.lessons.course.solve import typed_as
from explorer.training.events import Step
from explorer.views.lessons.course import revealed_words, verdict_words

BOOK = PRESETS["lenet-d2l"].architecture
STALLS = shipped("sigmoid-stalls")
SKETCH = STALLS.step("sketch")
CURVES = st.lists(st.floats(0, MOST), min_size=POINTS, max_size=POINTS).map(tuple)


def told(step: int, loss: float) -> Step:
    return Step(step=step, epoch=0, seconds=0, train_loss=loss, train_accuracy=0, images_per_second=1)


@given(CURVES)
def test_a_curve_comes_back_as_it_was_drawn_to_the_hundredth(curve: Curve) -> None:
    assert read_curve(write_curve(curve)) == pytest.approx(curve, abs=0.0051)


@pytest.mark.parametrize("typed", ["", "2.30", "2.30 " * 22, "nan " * 21, "-1.0 " * 21, "2.3 " * 21])
def test_what_is_no_curve_is_refused_in_words(typed: str) -> None:
    with pytest.raises(AnswerError, match="or draw them"):
        read_curve(typed)


@given(st.lists(st.integers(1, 500), min_size=1, max_size=30, unique=True), st.floats(-0.01, 0.01))
def test_losses_on_a_line_stay_on_it_however_the_steps_are_told(moments: list[int], slope: float) -> None:
    moments.sort()
    found = resampled([told(step, 5 + slope * step) for step in moments])
    first, last = moments[0], moments[-1]
    places = [first + (last - first) * place / (POINTS - 1) for place in range(POINTS)]
    assert found == pytest.approx([5 + slope * place for place in places])
    assert resampled([]) == ()


def held(text: str, *runs: Measured) -> tuple[Judgement, str]:
    found = judge(SKETCH, Answer(BOOK, text), Facts(BOOK, {"race": runs}))
    return found, verdict_words(SKETCH, Answer(BOOK, text), found, "en")


def test_a_sketch_is_held_against_the_losses_of_its_contender_once_that_has_trained() -> None:
    stalled, learned = ((2.3,) * POINTS, (0.5,) * POINTS)
    races = Measured(label="Sigmoid", ended=True, losses=stalled), Measured(label="ReLU", ended=True, losses=learned)
    near, far = write_curve((2.1,) * POINTS), write_curve(learned)
    assert held(near)[0].outcome == "waiting"
    assert held(near, Measured(label="Sigmoid", losses=stalled))[0].outcome == "waiting"
    judgement, words = held(near, *races)
    assert (judgement.outcome, judgement.right) == ("right", stalled)
    assert "is 0.20 from what came" in words
    judgement, words = held(far, *races)
    assert judgement.outcome == "wrong"
    assert "is 1.80 from what came" in words
    assert "a loss from 0.500 to 0.500" in revealed_words(SKETCH, Answer(BOOK, far), judgement, "en")
    assert held(typed_as(SKETCH, stalled), *races)[0].outcome == "right"
    assert held("drawn", *races)[0].outcome == "unreadable"
    assert apart(stalled, learned) == pytest.approx(1.8)
