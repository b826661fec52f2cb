"""Sums written with digits and signs, as LaTeX."""

import pytest

from explorer.views.common.formula import typeset


@pytest.mark.parametrize(
    ("expression", "latex"),
    [
        ("(5 * 5 * 3 + 1) * 6", r"(5 \cdot 5 \cdot 3 + 1) \cdot 6"),
        ("3072 * 4704", r"3{,}072 \cdot 4{,}704"),
        ("(28 - 5 + 2 * 2) // 1 + 1", r"\left\lfloor \dfrac{28 - 5 + 2 \cdot 2}{1} \right\rfloor + 1"),
        ("96 / 6", r"\dfrac{96}{6}"),
        ("9 - (4 + 2)", "9 - (4 + 2)"),
        ("2 * (3 - 1)", r"2 \cdot (3 - 1)"),
    ],
)
def test_a_sum_reads_as_it_was_written(expression: str, latex: str) -> None:
    assert typeset(expression) == latex


@pytest.mark.parametrize("expression", ["2 ** 3", "open('x')", "'a' * 3", "x + 1"])
def test_what_is_no_sum_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match="no sum of whole numbers"):
        typeset(expression)
