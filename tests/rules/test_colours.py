"""Colours stand in the palette alone, so that a figure's blue is every figure's blue."""

import ast
import re
from pathlib import Path

from PIL import ImageColor

ROOT = Path(__file__).parents[2]
PALETTE = ROOT / "explorer" / "views" / "common" / "palette.py"
NUMBERS = re.compile(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})\b|\b(?:rgb|hsl)a?\(", re.IGNORECASE)
IN_MARKDOWN = re.compile(r":(?:red|orange|yellow|green|blue|violet|gray|grey|rainbow|primary)(?:-background)?\[")


def _colours(text: str) -> list[str]:
    """List the strings of a source that hold a colour, or are the name of one; docstrings apart."""
    tree = ast.parse(text)
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    strings = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in told]
    return [node.value for node in strings if isinstance(node.value, str) and _holds_colour(node.value)]


def _holds_colour(text: str) -> bool:
    return bool(NUMBERS.search(text) or IN_MARKDOWN.search(text)) or text.lower() in ImageColor.colormap


def test_colours_stand_in_the_palette_alone() -> None:
    sources = [ROOT / "app.py", *(ROOT / "pages").glob("*.py"), *(ROOT / "explorer").rglob("*.py")]
    found = {path: _colours(path.read_text(encoding="utf-8")) for path in sources}
    named = {path.relative_to(ROOT).as_posix(): colours for path, colours in found.items() if colours}
    assert named.keys() == {PALETTE.relative_to(ROOT).as_posix()}, f"move to the palette: {named}"


def test_a_colour_in_any_form_would_be_found() -> None:
    written = [
        "'#0072B2'",
        "f'<path fill=\"#fff\"/>'",
        "{'line': 'rgba(1, 2, 3, 0.5)'}",
        "['Orange']",
        "':red[**no**]'",
    ]
    assert [len(_colours(f"x = {each}")) for each in written] == [1] * len(written)
    assert _colours("'A docstring of #FFFFFF.'\nx = '##### Heading', 'run #12', 'reddish'") == []
