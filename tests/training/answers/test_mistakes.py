"""Counting mistakes, against counting by hand and one by one."""

from fractions import Fraction
from itertools import product

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.training.answers.answers import Answers
from explorer.training.answers.mistakes import chance, class_accuracy, confusion, differences, in_cell, worst


def given_answers(*pairs: tuple[int, int, float]) -> Answers:
    """Give answers by right class, first answer and its probability; a wrong one leaves the truth half of the rest."""
    labels, first, sure = (list(each) for each in zip(*pairs, strict=True))
    truth = [p if t == a else (1 - p) / 2 for t, a, p in pairs]
    return Answers(
        labels=torch.tensor(labels, dtype=torch.int16),
        classes=torch.tensor(first, dtype=torch.int16)[:, None],
        probabilities=torch.tensor(sure)[:, None],
        truth=torch.tensor(truth),
    )


BY_HAND = given_answers((0, 0, 0.9), (0, 1, 0.6), (1, 1, 0.8), (1, 0, 0.95), (1, 0, 0.7), (2, 1, 0.6), (0, 0, 0.5))
PAIRS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.floats(0.25, 1, width=32)), min_size=1, max_size=60)


def test_a_case_by_hand() -> None:
    counts = confusion(BY_HAND, 4)
    assert counts.tolist() == [[2, 1, 0, 0], [2, 1, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0]]
    assert class_accuracy(counts) == [2 / 3, 1 / 3, 0.0, None]
    assert in_cell(BY_HAND, truth=1, answer=0).tolist() == [3, 4]
    assert worst(BY_HAND).tolist() == [3, 4, 1, 5]  # of two equally sure ones the first of the test set


@given(PAIRS)
def test_each_picture_is_counted_once_where_counting_one_by_one_puts_it(pairs: list[tuple[int, int, float]]) -> None:
    answers = given_answers(*pairs)
    counts = confusion(answers, 5)
    for truth, answer in product(range(5), range(5)):
        here = [i for i, pair in enumerate(pairs) if pair[:2] == (truth, answer)]
        found = in_cell(answers, truth=truth, answer=answer).tolist()
        assert counts[truth, answer] == len(here)
        assert found == sorted(here, key=lambda i: -pairs[i][2])
    wrong = [i for i, pair in enumerate(pairs) if pair[0] != pair[1]]
    assert worst(answers).tolist() == sorted(wrong, key=lambda i: -pairs[i][2])


@given(PAIRS, st.lists(st.booleans(), min_size=60, max_size=60))
def test_two_networks_share_all_pictures_out_among_four_heaps(
    pairs: list[tuple[int, int, float]], rights_too: list[bool]
) -> None:
    others = [
        (truth, truth if right else 4 - truth, 0.5) for (truth, *_), right in zip(pairs, rights_too, strict=False)
    ]
    found = differences(given_answers(*pairs), given_answers(*others))
    rights = [
        (truth == answer, truth == other) for (truth, answer, _), (_, other, _) in zip(pairs, others, strict=True)
    ]
    for heap, kind in (
        (found.both_right, (True, True)),
        (found.only_first, (True, False)),
        (found.only_second, (False, True)),
        (found.both_wrong, (False, False)),
    ):
        assert sorted(heap.tolist()) == [i for i, right in enumerate(rights) if right == kind]


def test_other_pictures_are_not_compared() -> None:
    with pytest.raises(ValueError, match="same pictures"):
        differences(BY_HAND, given_answers((0, 0, 0.9)))


@pytest.mark.parametrize(("first", "second"), [(0, 0), (1, 0), (3, 3), (0, 6), (2, 9), (9, 2), (7, 8)])
def test_chance_is_how_often_fair_coins_fall_as_unevenly(first: int, second: int) -> None:
    tosses = first + second
    uneven = sum(abs(2 * sum(sides) - tosses) >= abs(first - second) for sides in product((0, 1), repeat=tosses))
    assert chance(first, second) == pytest.approx(float(Fraction(uneven, 2**tosses)))


def test_chance_of_large_counts_is_a_number() -> None:
    assert chance(5_000, 5_000) == 1.0
    assert chance(10_000, 0) == 0.0
    assert chance(60, 40) == pytest.approx(0.0569, abs=1e-4)  # the binomial test in any table
