"""The import rule: folders import one way, Streamlit stays in the pages, and nothing that runs a stranger's text."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ALLOWED: dict[str, set[str]] = {
    "architecture": set(),
    "exchange": {"architecture"},
    "training": {"architecture"},
    "runs": {"training", "exchange", "architecture"},
    "lessons": {"architecture"},
    "views": {"lessons", "runs", "training", "exchange", "architecture"},
    "ui": {"views", "lessons", "runs", "training", "exchange", "architecture"},
    "benchmarks": {"views", "runs", "training", "architecture"},
    "commands": {"benchmarks", "views", "runs", "training", "exchange", "architecture"},
    "__main__": {"commands", "benchmarks", "views", "runs", "training", "exchange", "architecture"},
}
UNPICKLES = {"explorer/training/pictures.py"}  # CIFAR-10 is published pickled: its own unpickler, after its checksum
FORBIDDEN_MODULES = {"pickle", "cPickle", "dill", "marshal", "shelve"}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__"}


def _sources() -> list[Path]:
    folders = [ROOT / name for name in ("explorer", "pages")]
    return [ROOT / "app.py", *sorted(path for folder in folders for path in folder.rglob("*.py"))]


SOURCES = _sources()


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _imports(tree: ast.AST) -> Iterator[str]:
    """Name every module that a tree imports, wherever in it, as `explorer.ui.state`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute, so that their direction can be read"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


class _WithoutFunctions(ast.NodeTransformer):
    """Leaves out the functions, whose bodies do not run on import."""

    def visit_FunctionDef(self, _: ast.FunctionDef) -> None:
        return None


def _imports_at_top(tree: ast.Module) -> Iterator[str]:
    return _imports(_WithoutFunctions().visit(tree))


def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def _folder(path: Path) -> str:
    """Give the part of the package that a file belongs to: its folder, or its own name at the package's top."""
    return path.relative_to(ROOT / "explorer").parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", [path for path in SOURCES if "explorer" in path.parts], ids=_name)
def test_folders_import_one_way(path: Path) -> None:
    ours = {name.split(".")[1] for name in _imports(_parse(path)) if name.startswith("explorer.")}
    folder = _folder(path)
    assert ours <= {folder, *ALLOWED.get(folder, set())}


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_streamlit_stays_in_the_pages_and_the_ui(path: Path) -> None:
    if not _name(path).startswith(("app.py", "pages/", "explorer/ui/")):
        assert not [name for name in _imports(_parse(path)) if name.split(".")[0] == "streamlit"]


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_torchvision_is_never_imported_at_the_top(path: Path) -> None:
    assert not [name for name in _imports_at_top(_parse(path)) if name.split(".")[0] == "torchvision"]


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_nothing_evaluates_or_unpickles(path: Path) -> None:
    tree = _parse(path)
    calls = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not calls & FORBIDDEN_CALLS
    if _name(path) not in UNPICKLES:
        assert not {name.split(".")[0] for name in _imports(tree)} & FORBIDDEN_MODULES


def test_the_rules_see_what_they_forbid() -> None:
    tree = ast.parse("import torchvision.io\nfrom explorer.ui import state\ndef f():\n    import pickle\n    eval('1')")
    assert list(_imports(tree)) == ["torchvision.io", "explorer.ui.state", "pickle"]
    assert list(_imports_at_top(tree)) == ["torchvision.io", "explorer.ui.state"]


def test_the_web_process_does_not_import_torchvision() -> None:
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for folder in ("architecture", "exchange", "lessons", "runs", "views")
        for path in (ROOT / "explorer" / folder).glob("*.py")
    ]
    modules += ["explorer.training.recipe", "explorer.training.datasets"]
    code = f"import sys, {', '.join(modules)}; print('torch' in sys.modules, 'torchvision' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["True", "False"]
