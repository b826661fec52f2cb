"""What a person typed for a shape or a count, read as numbers: `6 × 28 × 28`, `6, 28, 28`, `2,416`, `2 416`."""

import re

MAX_TYPED = 60  # characters
CROSS = re.compile(r"\s*[×xX*·✕ｘ@]\s*")
GAP = re.compile(r"\s*[,;，、]\s*|\s+")
PLAIN, GROUPED = (
    re.compile(r"\d+"),
    re.compile(r"\d{1,3}(?:(?P<gap>[,， '’_\u00a0\u2009\u202f])\d{3})(?:(?P=gap)\d{3})*"),
)
BRACKETS = "()[] "
COUNT_EXAMPLE, SHAPE_EXAMPLE = "1234 or 1,234", "3 × 5 × 7"


class AnswerError(ValueError):
    """A typed answer that holds no number: what was found and what is wanted, in words."""

    def __init__(self, *, found: str, wanted: str) -> None:
        super().__init__(f"{found} Type {wanted}.")


def read_count(typed: str) -> int:
    """Read a whole number, its thousands apart or not; raises `AnswerError`."""
    return _count(_text(typed, COUNT_EXAMPLE), f"a whole number, such as {COUNT_EXAMPLE}")


def read_shape(typed: str, *, rank: int) -> tuple[int, ...]:
    """Read sizes between crosses, commas or spaces; raises `AnswerError`.

    `rank` is how many sizes the shape has: where it has one, `6,400` is a number with its thousands apart.
    """
    text, wanted = _text(typed, SHAPE_EXAMPLE), _wanted(rank)
    if CROSS.search(text):
        return tuple(_count(part, wanted) for part in CROSS.split(text))
    if rank == 1 and GROUPED.fullmatch(text):
        return (_count(text, wanted),)
    return tuple(_count(part, wanted) for part in GAP.split(text))


def _wanted(rank: int) -> str:
    if rank == 1:
        return f"one whole number, such as {COUNT_EXAMPLE}"
    return f"{rank} whole numbers, such as {SHAPE_EXAMPLE}"


def _text(typed: str, example: str) -> str:
    if len(typed) > MAX_TYPED:
        raise AnswerError(
            found=f"That is longer than {MAX_TYPED} characters.", wanted=f"numbers only, such as {example}"
        )
    text = typed.strip().strip(BRACKETS)
    if not text:
        raise AnswerError(found="Nothing is typed yet.", wanted=f"a number, such as {example}")
    return text


def _count(text: str, wanted: str) -> int:
    if PLAIN.fullmatch(text) or GROUPED.fullmatch(text):
        return int("".join(filter(str.isdecimal, text)))
    raise AnswerError(found=f"“{text}” is not a whole number." if text else "A number is missing.", wanted=wanted)
