"""A typed number is read within its bounds or refused in words, written so that it reads back, and stepped."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.views.common.typed_number import NumberError, NumberRule, read_number, stepped, write_number

RATE = NumberRule("a number above 0, at most 100", low=0, high=100, excludes_low=True)
EPOCHS = NumberRule("a whole number at least 1, at most 1,000", is_whole=True, low=1, high=1_000, step=1)
SHARE = NumberRule("a number at least 0, below 1", low=0, high=1, excludes_high=True, step=0.1)
SIZE = NumberRule("a whole number", is_whole=True, low=1, high=100_000, is_optional=True, step=1, start=1_000)


@pytest.mark.parametrize(
    ("text", "rule", "number"),
    [
        ("0.05", RATE, 0.05),
        (" 1e-3 ", RATE, 0.001),
        ("7", EPOCHS, 7),
        ("3.0", EPOCHS, 3),
        ("1,000", EPOCHS, 1_000),
        ("", SIZE, None),
        ("0", SHARE, 0.0),
    ],
)
def test_what_is_within_the_bounds_is_read(text: str, rule: NumberRule, number: float | None) -> None:
    found = read_number(text, rule)
    assert (found, type(found)) == (number, type(number))


@pytest.mark.parametrize(
    ("text", "rule", "words"),
    [
        ("-1", RATE, "“-1” is not a number above 0, at most 100."),
        ("−1", RATE, "“-1” is not a number above 0, at most 100."),
        ("0", RATE, "“0” is not a number above"),
        ("banana", RATE, "“banana” is not a number"),
        ("nan", RATE, "“nan” is not"),
        ("1e999", RATE, "“1e999” is not"),
        ("1_0", RATE, "“1_0” is not"),
        ("2.7", EPOCHS, "“2.7” is not a whole number at least 1, at most 1,000."),
        ("1e9", EPOCHS, "“1e9” is not a whole number"),
        ("", EPOCHS, "Nothing is typed: it takes a whole number"),
        ("1", SHARE, "“1” is not a number at least 0, below 1."),
        ("9" * 40, EPOCHS, "“999999999999999999999999…” is not"),
    ],
)
def test_anything_else_is_refused_with_what_would_be_taken(text: str, rule: NumberRule, words: str) -> None:
    with pytest.raises(NumberError) as refused:
        read_number(text, rule)
    assert str(refused.value).startswith(words)


@given(st.floats(1e-9, 100))
def test_a_number_that_was_written_is_read_back(number: float) -> None:
    assert read_number(write_number(number), RATE) == pytest.approx(number, rel=1e-9)


@pytest.mark.parametrize(
    ("number", "down", "up"),
    [(0.1, 0.05, 0.2), (0.05, 0.02, 0.1), (0.9, 0.5, 1.0), (0.02, 0.01, 0.05), (1.0, 0.5, 2.0), (0.003, 0.002, 0.005)],
)
def test_a_learning_rate_goes_along_1_2_5(number: float, down: float, up: float) -> None:
    assert (stepped(number, RATE, up=False), stepped(number, RATE, up=True)) == (down, up)


@given(st.floats(1e-8, 50))
def test_a_rate_is_never_at_a_dead_end_and_a_step_is_no_jump(number: float) -> None:
    down, up = stepped(number, RATE, up=False), stepped(number, RATE, up=True)
    assert down is not None
    assert up is not None
    assert number / 2.6 < down < number < up < number * 2.6


@pytest.mark.parametrize(
    ("number", "rule", "down", "up"),
    [
        (1, EPOCHS, 1, 2),
        (1_000, EPOCHS, 999, 1_000),
        (0.9, SHARE, 0.8, 0.9),
        (0.0, SHARE, 0.0, 0.1),
        (None, SIZE, None, 1_000),
        (100.0, RATE, 50.0, 100.0),
    ],
)
def test_a_step_ends_at_the_bounds(number: float | None, rule: NumberRule, down: float | None, up: float) -> None:
    assert (stepped(number, rule, up=False), stepped(number, rule, up=True)) == (down, up)


def test_a_step_leaves_no_trace_of_binary_fractions() -> None:
    assert stepped(0.2, SHARE, up=True) == 0.3
    assert not math.isclose(0.1 + 0.2, 0.3, rel_tol=0, abs_tol=0)
