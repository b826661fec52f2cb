"""Formulas in LaTeX: one number of a row with its parts, and any sum that is written with digits and signs."""

import ast
import re

import msgspec

PART = re.compile(r"'[^']+'|\w+/\w+|\w+|\*")
SIGNS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: r"\cdot"}


class Formula(msgspec.Struct, frozen=True):
    """One number of a row: what it counts, its formula in letters and in numbers (LaTeX), and a remark."""

    quantity: str
    letters: str
    numbers: str
    remark: str = ""


def equal(quantity: str, letters: str, numbers: str, value: int, remark: str = "") -> Formula:
    """Put the number that torch gave on the right of what is to give it."""
    return Formula(quantity, letters, f"{numbers} = {thousands(value)}", remark)


def latex(sum_: str) -> str:
    r"""Write a sum with its parentheses as they stand: `(k * c_in/g + 1) * 1200` as `(k \cdot \frac{c_{in}}{g} + 1) …`.

    A letter's index follows `_`, words stand in single quotes, a fraction has no spaces.
    """
    return PART.sub(_part_in_latex, sum_)


def _part_in_latex(found: re.Match[str]) -> str:
    part = found[0]
    if part == "*":
        return r"\cdot"
    if part.startswith("'"):
        return rf"\text{{{part[1:-1]}}}"
    if "/" in part:
        above, _, below = part.partition("/")
        return rf"\frac{{{latex(above)}}}{{{latex(below)}}}"
    letter, _, index = part.partition("_")
    return rf"{letter}_{{{index}}}" if index else thousands(int(part)) if part.isdigit() else part


def thousands(value: int) -> str:
    """Write a number with its thousands apart, as LaTeX spaces them in text."""
    return f"{value:,}".replace(",", "{,}")


def typeset(expression: str) -> str:
    """Write a sum as LaTeX, its thousands apart: `(7 - 3) // 2` becomes a fraction in floor brackets.

    Raises `ValueError` for anything but whole numbers and `+ - * / //`.
    """
    return _latex(ast.parse(expression, mode="eval").body)


def _latex(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=int(value)):
            return thousands(value)
        case ast.BinOp(left, ast.FloorDiv(), right):
            return rf"\left\lfloor \dfrac{{{_latex(left)}}}{{{_latex(right)}}} \right\rfloor"
        case ast.BinOp(left, ast.Div(), right):
            return rf"\dfrac{{{_latex(left)}}}{{{_latex(right)}}}"
        case ast.BinOp(left, sign, right) if type(sign) in SIGNS:
            factor = isinstance(sign, ast.Mult)
            parts = _part(left, factor=factor), _part(right, factor=factor or isinstance(sign, ast.Sub))
            return f" {SIGNS[type(sign)]} ".join(parts)
    raise ValueError(f"{ast.unparse(node)}: no sum of whole numbers")


def _part(node: ast.expr, *, factor: bool) -> str:
    """Put a sum that is a factor, or is taken off, into parentheses."""
    within = _latex(node)
    return (
        f"({within})" if factor and isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub) else within
    )
