"""What a person typed is shown as it is, in Markdown and elsewhere, whatever it is made of."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.views.common.words import JOINER, loss, named, plain, shown

HIDES = (
    "\u202e\u202d\u202a\u202b\u202c\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u200b\u2060\ufeff\u00ad\U000e0041\u2028"
)
JOIN = "\u200c\u200d"
SPAN = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"  # which are seen
ARABIC = "شبكة"


@pytest.mark.parametrize("mark", HIDES)
def test_a_mark_that_is_not_seen_is_written_out(mark: str) -> None:
    assert shown(f"{mark}live") == f"[U+{ord(mark):04X}]live"


@given(st.text())
def test_nothing_that_is_shown_reorders_or_hides(text: str) -> None:
    seen = shown(text)
    left = [letter for letter in seen if unicodedata.category(letter) == "Cf" and letter not in JOIN + SPAN]
    assert "".join(left).replace("\u2068\u2069", "") == ""
    assert shown(seen) == seen


def test_letters_from_right_to_left_keep_to_themselves() -> None:
    assert shown(ARABIC) == f"\u2068{ARABIC}\u2069"
    assert shown(f"{shown(ARABIC)} · LeNet") == f"\u2068{ARABIC}\u2069 · LeNet"


@pytest.mark.parametrize("text", ["LeNet-5 (1998)", "3×3, stride 2", "é ß Ж 网络", "👩\u200d💻", "می\u200cخواهم"])
def test_what_is_at_home_stays(text: str) -> None:
    assert shown(text).strip("\u2068\u2069") == text


def test_joiners_between_other_letters_are_written_out() -> None:
    assert shown("Le\u200dNet") == "Le[U+200D]Net"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://evil.example", "https://"),
        ("HTTP://evil.example", "HTTP://"),
        ("www.evil.example", "www."),
        ("WWW.evil.example", "WWW."),
        ("me@evil.example", "@evil"),
        (":smile:", ":smile:"),
        (":material/home:", ":material"),
        ("a -> b", "->"),
        ("a <- b", "<-"),
        ("a -- b", "--"),
        ("a >= b", ">="),
    ],
)
def test_markdown_makes_nothing_of_it_and_it_reads_the_same(text: str, found: str) -> None:
    read = plain(text).replace("\\", "")
    assert found not in read
    assert read.replace(JOINER, "") == text


def test_words_with_a_colon_and_a_space_are_left() -> None:
    assert plain("line 1: found 3") == r"line 1\: found 3"


def test_what_a_link_names_is_shown_as_it_is() -> None:
    assert named("\u202elive") == r"\[U\+202E\]live"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, "0.000"),
        (2.3049, "2.305"),
        (99.9994, "99.999"),
        (99.9996, "1.0e2"),
        (724.06, "7.2e2"),
        (66906431660899338951902363648.0, "6.7e28"),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
    ],
)
def test_a_huge_loss_is_written_short(value: float, written: str) -> None:
    assert loss(value) == written


@given(st.floats(min_value=0.0, width=32))
def test_no_loss_is_longer_than_its_column(value: float) -> None:
    assert len(loss(value)) <= 6
