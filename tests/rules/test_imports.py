"""The import rule that `docs/architecture.md` states, and that nothing runs a stranger's text."""

import ast
import functools
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "explorer"
PAPER = ROOT / "docs" / "architecture.md"
ROW = re.compile(r"^\| `([a-z_/]+)` \|[^|]*\|([^|]*)\|$", re.MULTILINE)
UNPICKLES = {"explorer/data/pictures.py"}  # CIFAR-10 is published pickled: its own unpickler, after its checksum
SPEAKS_ITS_PROTOCOL = "explorer/benchmarks/classroom/tab.py"  # to a server in another process
SERVED = """
import asyncio, importlib, sys
from explorer.architecture.presets import PRESETS
from explorer.architecture.trace import trace
from explorer.training.cost.memory import kept_bytes
from explorer.web.served import lifespan

async def serve():
    async with lifespan(None):
        for name in sys.argv[1:]:
            importlib.import_module(name)
        assert kept_bytes(trace(PRESETS["lenet-d2l"].architecture)) > 0

asyncio.run(serve())
watched = ("torch", "torchvision", "pandas", "sympy.core", "torch._dynamo.guards")
print(*[name for name in watched if name in sys.modules])
"""
FORBIDDEN_MODULES = {"pickle", "cPickle", "dill", "marshal", "shelve"}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__"}


def _sources() -> list[Path]:
    folders = [ROOT / name for name in ("explorer", "pages")]
    return [ROOT / "app.py", *sorted(path for folder in folders for path in folder.rglob("*.py"))]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _allowed() -> dict[str, set[str]]:
    """Read the paper's table: for each folder those that it may import, itself among them."""
    rows = ROW.findall(PAPER.read_text(encoding="utf-8"))
    folders = [folder for folder, _ in rows]
    allowed = {folder: {folder} for folder in folders}
    for folder, cell in rows:
        for name in re.findall(r"`([a-z_/*]+)`", cell):
            allowed[folder] |= _meant(name, folders)
    return allowed


def _meant(name: str, folders: list[str]) -> set[str]:
    """Give the folders that a name in the table stands for: `x/*` is `x` and all that lie in it."""
    whole = name.removesuffix("/*")
    found = {each for each in folders if each == name or (whole != name and f"{each}/".startswith(f"{whole}/"))}
    assert found, f"{PAPER.name} names {name}, which has no row"
    return found


SOURCES = _sources()
ALLOWED = _allowed()


def _imports(tree: ast.AST) -> Iterator[str]:
    """Name every module that a tree imports, wherever in it, as `explorer.ui.base.session`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute, so that their direction can be read"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@functools.cache
def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@functools.cache
def _imported(path: Path) -> frozenset[str]:
    return frozenset(_imports(_parse(path)))


def _filed() -> list[Path]:
    """Give what needs a row of the table: a folder's line on what it holds imports nothing, and needs none."""
    return [path for path in SOURCES if PACKAGE in path.parents[1:] and _imported(path)]


def _folder(parts: tuple[str, ...]) -> str:
    """Give the row that a path or a module below `explorer` belongs to, the deepest; empty if there is none."""
    rows = [folder for folder in ALLOWED if parts[: folder.count("/") + 1] == tuple(folder.split("/"))]
    return max(rows, key=len, default="")


def _taken(path: Path) -> set[str]:
    """Name the folders of `explorer` from which a file imports."""
    ours = {_folder(tuple(name.split(".")[1:])) for name in _imported(path) if name.startswith("explorer.")}
    return ours - {""}


def test_folders_import_one_way() -> None:
    taken = {_name(path): _taken(path) - ALLOWED[_folder(path.relative_to(PACKAGE).parts)] for path in _filed()}
    assert {name: folders for name, folders in taken.items() if folders} == {}


def test_the_table_names_the_folders_that_there_are() -> None:
    assert [folder for folder in ALLOWED if not (PACKAGE / folder).is_dir()] == []
    assert [_name(path) for path in _filed() if not _folder(path.relative_to(PACKAGE).parts)] == []


def test_the_table_lets_nothing_import_what_stands_below_it() -> None:
    rows = list(ALLOWED)
    upward = [(a, b) for a in rows for b in ALLOWED[a] if rows.index(b) > rows.index(a)]
    assert upward == []


def _importers(module: str) -> list[str]:
    """Name the files that import a library, or a part of it."""
    tops = {_name(path): {name.split(".")[0] for name in _imported(path)} for path in SOURCES}
    return [name for name, imported in tops.items() if module in imported]


def test_streamlit_stays_in_the_pages_and_the_ui() -> None:
    may = ("app.py", "pages/", "explorer/ui/", "explorer/web/", SPEAKS_ITS_PROTOCOL)
    assert [name for name in _importers("streamlit") if not name.startswith(may)] == []


def test_torchvision_is_never_imported() -> None:
    assert _importers("torchvision") == []


def test_nothing_unpickles() -> None:
    assert {name for module in FORBIDDEN_MODULES for name in _importers(module)} <= UNPICKLES


def test_nothing_evaluates() -> None:
    assert {_name(path): called for path in SOURCES if (called := _called(_parse(path)) & FORBIDDEN_CALLS)} == {}


def _called(tree: ast.AST) -> set[str]:
    """Give the plain names that are called in a tree."""
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {function.id for function in calls if isinstance(function, ast.Name)}


def test_torch_reads_of_a_pickle_weights_alone() -> None:
    assert [_name(path) for path in SOURCES if any(_loads_more_than_weights(_parse(path)))] == []


def _loads_more_than_weights(tree: ast.AST) -> Iterator[str]:
    """Give the calls of `torch.load` that do not say by a constant that weights alone are read."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "torch.load":
            said = {each.arg: ast.unparse(each.value) for each in node.keywords}
            if said.get("weights_only") != "True":
                yield ast.unparse(node)


def test_the_rules_see_what_they_forbid() -> None:
    assert len(list(_loads_more_than_weights(ast.parse("torch.load(a); torch.load(a, weights_only=x)")))) == 2
    tree = ast.parse(
        "import torchvision.io\nfrom explorer.ui.base import x\ndef f():\n    import pickle\n    eval('1')"
    )
    assert list(_imports(tree)) == ["torchvision.io", "explorer.ui.base.x", "pickle"]
    assert _called(tree) == {"eval"}
    assert _importers("streamlit")
    assert "ui/base" not in ALLOWED["views/common"]


@pytest.mark.slow
def test_the_server_loads_only_of_its_libraries_what_its_pages_need() -> None:
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for folder in ("architecture", "data", "exchange", "experiments", "lessons", "runs", "views", "ui", "web")
        for path in (PACKAGE / folder).rglob("*.py")
        if path != PACKAGE / "ui" / "base" / "entrance.py"  # the script itself
    ]
    command = [sys.executable, "-c", SERVED, *modules]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["torch"]


@pytest.mark.slow
def test_a_server_answers_before_it_has_loaded_torch() -> None:
    code = "import sys, explorer.web.served; print('starlette' in sys.modules, 'torch' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["True", "False"]
