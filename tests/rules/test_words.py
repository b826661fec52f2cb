"""The words of the program are ones that a class reads without its source: phrases that nobody says are found here."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNSAID = re.compile(  # each with what is said instead
    r"; allowed is "  # `; allowed: `
    r"|\b(?:is|was|are|were) no (?:whole|finite) "  # is not a whole
    r"|\bat (?:its|their) ends?: |\bare at their ends\b|\bcame to their ends\b"  # has ended, finished
    r"|\b[Mm]end it\b"  # what to change, and where
    r"|\bthe note'?s? on\b"  # a note on
)


def _unsaid(text: str) -> list[str]:
    """List the strings of a source that hold such a phrase; docstrings apart."""
    tree = ast.parse(text)
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    strings = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in told]
    return [node.value for node in strings if isinstance(node.value, str) and UNSAID.search(node.value)]


def test_no_sentence_of_the_program_has_words_that_nobody_says() -> None:
    found = {path: _unsaid(path.read_text(encoding="utf-8")) for path in (ROOT / "explorer").rglob("*.py")}
    assert {path.relative_to(ROOT).as_posix(): words for path, words in found.items() if words} == {}


@pytest.mark.parametrize(
    "written", ["f'{where}: found {found}; allowed is {allowed}.'", "'“a” is no whole number.'", "'Mend it first.'"]
)
def test_such_a_phrase_would_be_found(written: str) -> None:
    assert len(_unsaid(f"words = {written}")) == 1
    assert _unsaid(f'def function():\n    """{written[1:-1]}"""') == []
