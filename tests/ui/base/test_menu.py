"""The table of pages: the files that there are, and the only place that names them."""

import ast
from pathlib import Path

from explorer.ui.base.menu import Page


def _addresses(source: Path) -> list[str]:
    """List the strings in a file, apart from docstrings, that name a file in the folder of pages."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    strings = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in told]
    return [node.value for node in strings if isinstance(node.value, str) and "pages/" in node.value]


def test_each_file_in_the_folder_is_a_row_of_the_table(root: Path) -> None:
    files = [path.relative_to(root).as_posix() for path in (root / "pages").glob("*.py")]
    assert sorted(page.path for page in Page) == sorted(files)


def test_no_other_file_names_a_page(root: Path) -> None:
    sources = [root / "app.py", *(root / "pages").glob("*.py"), *(root / "explorer" / "ui").rglob("*.py")]
    found = {source.name: _addresses(source) for source in sources}
    assert {name for name, addresses in found.items() if addresses} == {"menu.py"}
