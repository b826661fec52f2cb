"""What the papers say holds: the files that they name are there, and no file or folder outgrows its bound."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAPERS = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "explorer").rglob("README.md")]
PATH = re.compile(r"`((?:explorer|pages|tests|docs|\.streamlit)/[\w./-]*|[\w.-]+\.(?:toml|txt|py))`")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
MOST_LINES = 300
MOST_ENTRIES = 16
# Tables of data: texts in words, or networks and values in rows.
TABLES = {"explorer/architecture/presets.py"}


def _named(paper: Path) -> list[str]:
    text = paper.read_text(encoding="utf-8")
    made = {name for name in PATH.findall(text) if f"New file `{name}`" in text}
    return [name for name in [*PATH.findall(text), *LINK.findall(text)] if name not in made]


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_what_a_paper_names_is_there(paper: Path) -> None:
    named = _named(paper)
    assert [name for name in named if not any((folder / name).exists() for folder in (ROOT, paper.parent))] == []


def test_a_path_that_is_not_there_would_be_found(tmp_path: Path) -> None:
    paper = tmp_path / "paper.md"
    paper.write_text("see `explorer/nowhere.py` and [this](gone.md)")
    assert _named(paper) == ["explorer/nowhere.py", "gone.md"]


def _code(*suffixes: str) -> list[Path]:
    """Give the files of code, as paths from the root."""
    found = [path for folder in ("explorer", "pages", "tests") for path in (ROOT / folder).rglob("*")]
    return [path.relative_to(ROOT) for path in found if path.suffix in suffixes and "__pycache__" not in path.parts]


def test_no_file_of_code_is_longer_than_one_subject_needs() -> None:
    lines = {path: len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in _code(".py", ".js", ".css")}
    assert {path.as_posix(): n for path, n in lines.items() if n > MOST_LINES and path.as_posix() not in TABLES} == {}


def test_no_folder_of_code_holds_more_than_one_subject_needs() -> None:
    folders = {folder for path in _code(".py") for folder in path.parents}
    sizes = {folder: sum(path.name != "__pycache__" for path in (ROOT / folder).iterdir()) for folder in folders}
    assert {folder.as_posix(): n for folder, n in sizes.items() if n > MOST_ENTRIES and folder != Path()} == {}
