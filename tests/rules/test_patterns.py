"""No pattern goes through all lines that follow from each line: a file of line ends would hold the server."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SPACE = r"^\s"  # at a line's start, where it also takes the line ends that follow


def patterns(source: str) -> list[str]:
    """Give the patterns that are compiled for texts of several lines."""
    calls = [
        node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and "MULTILINE" in ast.dump(node)
    ]
    texts = [argument for call in calls for argument in call.args if isinstance(argument, ast.Constant)]
    return [str(text.value) for text in texts]


@pytest.mark.parametrize(
    "path", sorted((ROOT / "explorer").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT))
)
def test_a_pattern_for_lines_stays_within_a_line(path: Path) -> None:
    assert [each for each in patterns(path.read_text("utf-8")) if SPACE in each] == []


def test_such_a_pattern_is_found() -> None:
    found = patterns(
        'import re\nWORD = re.compile(r"^\\s*word", re.MULTILINE | re.DOTALL)\nOTHER = re.compile(r"^\\s*")'
    )
    assert found == [r"^\s*word"]
