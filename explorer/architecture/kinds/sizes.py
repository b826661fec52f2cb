"""Sizes of one or two sides, and the two ways in which sizes are written: `6 × 28 × 28` and `5×5`."""

from typing import TypeVar

Shape = tuple[int, ...]
Pair = tuple[int, int]  # height, width
Sides = TypeVar("Sides", bound=Shape)


def pair(size: int | Shape) -> Pair:
    """Give height and width of a size that may be one number for both."""
    height, width = size if isinstance(size, tuple) else (size, size)
    return height, width


def merged(sides: Sides) -> int | Sides:
    """Give one number for equal sides, so that each size is written in one way."""
    return sides[0] if len(set(sides)) == 1 else sides


def shape_words(sizes: Shape) -> str:
    """Write a shape: `6 × 28 × 28`."""
    return " × ".join(f"{size:,}" for size in sizes)


def size_words(sizes: Shape) -> str:
    """Write the sides of a window or a map: `5×5`."""
    return "×".join(f"{size:,}" for size in sizes)


def setting_words(size: int | Shape) -> str:
    """Write a setting that is one number for both sides, or one for each: `2`, `1×2`."""
    return size_words(size) if isinstance(size, tuple) else f"{size:,}"
