"""Tests look at what can be seen: no test reaches into a private name, so that the code behind it may change."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
DOCUMENTED = {"os._exit"}  # Python's own paper describes it
BY_NAME = {"setattr", "getattr", "delattr", "hasattr"}  # also `monkeypatch`'s


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def _reached_into(source: str) -> Iterator[str]:
    """Give the private names of others that a file uses: by attribute, by import, or by a name in quotes."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(value=ast.Name(id="self" | "cls")):
                continue
            case ast.Attribute(attr=name) if _is_private(name) and ast.unparse(node) not in DOCUMENTED:
                yield ast.unparse(node)
            case ast.ImportFrom(names=names):
                yield from (alias.name for alias in names if _is_private(alias.name))
            case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called), args=given) if called in BY_NAME:
                yield from (text for text in _texts(given[:2]) if _is_private(text.rpartition(".")[2]))


def _texts(nodes: list[ast.expr]) -> Iterator[str]:
    return (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


def test_no_test_reaches_into_a_private_name() -> None:
    found = {path: list(_reached_into(path.read_text(encoding="utf-8"))) for path in TESTS.rglob("*.py")}
    assert {path.relative_to(TESTS).as_posix(): names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("store._connection.close()", ["store._connection"]),
        ("dispatcher.slots[0]._worker", ["dispatcher.slots[0]._worker"]),
        ("from explorer.views.design.effect import _change, effect", ["_change"]),
        ("monkeypatch.setattr(datasets, '_FOLDER', path)", ["_FOLDER"]),
        ("monkeypatch.setattr('explorer.data.datasets._FOLDER', path)", ["explorer.data.datasets._FOLDER"]),
        ("getattr(store, '_connection')", ["_connection"]),
        ("self._process.kill(); cls._count; self.__class__; os._exit(1)", []),
        ("def _helper(_): return _", []),
    ],
)
def test_a_private_name_would_be_found(source: str, found: list[str]) -> None:
    assert list(_reached_into(source)) == found
