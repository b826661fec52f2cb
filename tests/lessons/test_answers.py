"""What a person may type for a shape and for a count, and what is refused in words."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.lessons.answers import AnswerError, read_count, read_shape

SIZES = st.integers(0, 10**7)


@pytest.mark.parametrize(
    "typed", ["6 × 28 × 28", "6x28x28", "6, 28, 28", "6 28 28", "6*28*28", " (6,28,28) ", "6，28，28", "6 X 28x 28"]
)
def test_a_shape_may_be_typed_in_many_ways(typed: str) -> None:
    assert read_shape(typed, rank=3) == (6, 28, 28)


@pytest.mark.parametrize("typed", ["2416", "2,416", "2 416", "2'416", "2\u202f416", " 2416 ", "２４１６"])
def test_a_count_may_be_typed_in_many_ways(typed: str) -> None:
    assert read_count(typed) == 2_416
    assert read_shape(typed, rank=1) == (2_416,)


def test_a_row_of_numbers_may_be_typed_as_a_wrong_shape() -> None:
    assert read_shape("16 x 5 x 5", rank=1) == (16, 5, 5)
    assert read_shape("1,024 × 5 × 5", rank=3) == (1_024, 5, 5)


@given(st.lists(SIZES, min_size=2, max_size=4), st.integers(1, 3))
def test_a_shape_written_with_crosses_is_read_back(sizes: list[int], rank: int) -> None:
    assert read_shape(" × ".join(f"{size:,}" for size in sizes), rank=rank) == tuple(sizes)


@given(SIZES)
def test_a_count_is_read_back(value: int) -> None:
    assert read_count(f"{value:,}") == read_count(str(value)) == value


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Nothing is typed yet"),
        ("  ", "Nothing is typed yet"),
        ("abc", "“abc” is not a whole number"),
        ("-5", "“-5” is not a whole number"),
        ("2.5", "“2.5” is not a whole number"),
        ("24,16", "“24,16” is not a whole number"),
        ("2²", "is not a whole number"),
        ("9" * 5_000, "longer than 60 characters"),
    ],
)
def test_what_is_no_count_is_refused_in_words(typed: str, said: str) -> None:
    with pytest.raises(AnswerError, match=said):
        read_count(typed)


@pytest.mark.parametrize("typed", ["6 × × 28", "6 × 28 ×", "6; a; 7", "6.5 x 2 x 2"])
def test_what_is_no_shape_is_refused_in_words(typed: str) -> None:
    with pytest.raises(AnswerError, match="Type 3 whole numbers, such as"):
        read_shape(typed, rank=3)


@given(st.text(max_size=70), st.integers(1, 3))
def test_any_text_is_read_or_refused(typed: str, rank: int) -> None:
    with suppress(AnswerError):
        assert min(read_shape(typed, rank=rank)) >= 0
