"""No pattern goes through all lines that follow from each line: a file of line ends would hold the server."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
SPACE = r"^\s"  # at a line's start, where it also takes the line ends that follow


def patterns(source: str) -> list[str]:
    """Give the patterns that are compiled for texts of several lines."""
    calls = [
        node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and "MULTILINE" in ast.dump(node)
    ]
    texts = [argument for call in calls for argument in call.args if isinstance(argument, ast.Constant)]
    return [str(text.value) for text in texts]


def test_a_pattern_for_lines_stays_within_a_line() -> None:
    sources = {path: path.read_text("utf-8") for path in (ROOT / "explorer").rglob("*.py")}
    several = {path: patterns(source) for path, source in sources.items() if "MULTILINE" in source}
    assert several
    assert [path for path, found in several.items() if any(SPACE in each for each in found)] == []


def test_such_a_pattern_is_found() -> None:
    found = patterns(
        'import re\nWORD = re.compile(r"^\\s*word", re.MULTILINE | re.DOTALL)\nOTHER = re.compile(r"^\\s*")'
    )
    assert found == [r"^\s*word"]
