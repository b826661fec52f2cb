"""How much Python source is parsed at all: that costs far more than reading, and a stranger's text may be made for it.

A text is measured as it stands, comments and quoted words included: where those end is known only after parsing.
"""

import re

from explorer.architecture.errors import DesignError

MAX_SIGNS = 10_000  # words, numbers and signs; the longest program that is written here has below that
MAX_DEPTH = 120  # brackets; a name of 80 of them may stand in a comment
MAX_RUN = 1_000  # characters beyond ASCII in a row: Python puts a name's accents in order, which takes their square
SIGN = re.compile(r"\w+|[^\w\s]")
RUN = re.compile(rf"[^\x00-\x7f]{{{MAX_RUN + 1}}}")
BRACKETS = re.compile(r"[()\[\]{}]")


def check_bounds(source: str) -> None:
    """Refuse a text that would take long to parse; raises `DesignError`."""
    if (signs := len(SIGN.findall(source))) > MAX_SIGNS:
        raise _refusal(f"{signs:,} words and signs", f"at most {MAX_SIGNS:,}")
    if _depth(source) > MAX_DEPTH:
        raise _refusal("deeper nesting", f"brackets at most {MAX_DEPTH} deep")
    if RUN.search(source):
        raise _refusal("a long word in other letters", f"at most {MAX_RUN:,} characters beyond ASCII in a row")


def _depth(source: str) -> int:
    depth = deepest = 0
    for bracket in BRACKETS.findall(source):
        depth = depth + 1 if bracket in "([{" else max(0, depth - 1)
        deepest = max(deepest, depth)
    return deepest


def _refusal(found: str, allowed: str) -> DesignError:
    return DesignError(where="design", found=found, allowed=allowed)
