"""One number of a row as a formula, and how its parts are written in LaTeX."""

import msgspec


class Formula(msgspec.Struct, frozen=True):
    """One number of a row: what it counts, its formula in letters and in numbers (LaTeX), and a remark."""

    quantity: str
    letters: str
    numbers: str
    remark: str = ""


def equal(quantity: str, letters: str, numbers: str, value: int, remark: str = "") -> Formula:
    """Put the number that torch gave on the right of what is to give it."""
    return Formula(quantity, letters, f"{numbers} = {thousands(value)}", remark)


def product(sizes: tuple[int, ...]) -> str:
    """Write sizes as a product."""
    return r" \cdot ".join(map(str, sizes))


def thousands(value: int) -> str:
    """Write a number with its thousands apart, as LaTeX spaces them in text."""
    return f"{value:,}".replace(",", "{,}")
