"""The steps of `docs/adding.md`, taken as they are written on a copy of the program: what was added is there."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PAPER = ROOT / "docs" / "adding.md"
COPIED = ("explorer", "pages", "app.py", ".streamlit", "tests", "pyproject.toml")
STEP = re.compile(r"^(New file|In|Run|with|It says)(.*?):\n\n```\w*\n(.*?)```$", re.DOTALL | re.MULTILINE)
PLACED = re.compile(r" `([^`]+)`(?:, (below|in place of) `(.+)`)?")

MENUS = """
from tests.ui.widgets import session
from streamlit.testing.v1 import AppTest
page = AppTest.from_file("pages/explore.py", default_timeout=120).run()
assert not page.exception, page.exception
print([option for row in page.get("button_group") for option in row.options])
session(page).designs.selected = 0
page.run()
assert not page.exception, page.exception
print(next(box.options for box in page.selectbox if box.label == "Kind"))
"""
READ_BACK = """
from explorer.architecture.kinds import KINDS
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import trace
from tests.exchange.networks.reading import read_pytorch
from explorer.exchange.pytorch_source import to_pytorch
from explorer.lessons.quiz import cells, slips
from explorer.views.design.formulas import formulas
from explorer.views.drawing.volumes import volumes
design = Architecture("hard", (1, 28, 28), (KINDS["Hardtanh"](), KINDS["LPPool2d"](norm_type=2, kernel_size=3)))
assert read_pytorch(to_pytorch(design)).layers == design.layers
traced = trace(design)
assert [row.output_shape for row in traced.rows] == [(1, 28, 28), (1, 9, 9)]
assert [volume.role for volume in volumes(traced)] == ["input", "pooling"]
assert "Height and width" in [formula.quantity for formula in formulas(traced, 1)]
assert all(slips(traced, cell) for cell in cells(traced))
large = Architecture("large", (1, 28, 28), (KINDS["LPPool2d"](norm_type=2, kernel_size=30),))
assert "Set the kernel to 28×28" in [repair.label for repair in trace(large).repairs]
print(to_pytorch(design))
"""
FORM = """
import json
from streamlit.testing.v1 import AppTest
page = AppTest.from_file("pages/train.py", default_timeout=120).run()
assert not page.exception, page.exception
print([json.loads(each.proto.json).get("label") for each in page.get("bidi_component")])
"""
OPTIMIZER = """
from streamlit.testing.v1 import AppTest
page = AppTest.from_file("pages/train.py", default_timeout=120).run()
assert not page.exception, page.exception
print(next(box.options for box in page.selectbox if box.label == "optimizer"))
"""
ASKED = """
from streamlit.testing.v1 import AppTest
page = AppTest.from_file("pages/race.py", default_timeout=120).run()
assert not page.exception, page.exception
print([option for box in page.selectbox for option in box.options])
"""
LISTED = """
from streamlit.testing.v1 import AppTest
page = AppTest.from_file("app.py", default_timeout=120).run().switch_page("pages/networks.py").run()
assert not page.exception, page.exception
print(page.table[0].value)
"""
SHOWN = {  # section: a program that runs in the copy, and what it prints of what was added
    "A layer kind": (
        MENUS + READ_BACK,
        ["Hardtanh", "LPPool2d", "nn.Hardtanh()", "nn.LPPool2d(norm_type=2, kernel_size=3)"],
    ),
    "A recipe field": (FORM, ["input_noise"]),
    "An optimizer": (OPTIMIZER, ["Adagrad"]),
    "A question to race": (ASKED, ["How much weight decay?"]),
    "A page": (LISTED, ["AlexNet"]),
}


class Step(NamedTuple):
    """One thing to do: what it is, where, and the text of its block."""

    verb: str
    about: str
    block: str


def _sections() -> dict[str, list[Step]]:
    _, *parts = re.split(r"^## (.+)$", PAPER.read_text(encoding="utf-8"), flags=re.MULTILINE)
    sections = zip(parts[::2], parts[1::2], strict=True)
    return {title: [Step(*found) for found in STEP.findall(text)] for title, text in sections}


SECTIONS = _sections()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The program in a folder of its own."""
    for name in COPIED:
        source = ROOT / name
        ignored = shutil.ignore_patterns("*.min.js")  # what is compiled already goes along: it is valid for a copy
        shutil.copytree(source, tmp_path / name, ignore=ignored) if source.is_dir() else shutil.copy(source, tmp_path)
    return tmp_path


def _write(folder: Path, about: str, block: str) -> None:
    """Write a new file, or lines below or in place of the one line that holds some text."""
    found = PLACED.fullmatch(about)
    assert found, about
    path, how, anchor = folder / found[1], found[2], found[3]
    if how is None:
        path.write_text(block, encoding="utf-8")
        return
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    (at,) = [number for number, line in enumerate(lines) if anchor in line]
    lines[at : at + 1] = [block] if how == "in place of" else [lines[at], block]
    path.write_text("".join(lines), encoding="utf-8")


def _run(folder: Path, *command: str, stdin: str = "") -> str:
    environment = os.environ | {"EXPLORER_HOME": str(folder / "home"), "PYTHONPATH": str(folder), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _take(steps: list[Step], folder: Path) -> Iterator[tuple[str, str]]:
    """Take the steps; gives what was printed with what should be in it."""
    for place, (verb, about, block) in enumerate(steps):
        following = steps[place + 1] if place + 1 < len(steps) else None
        if verb in ("New file", "In"):
            _write(folder, about, block)
        elif verb == "Run":
            program, *arguments = block.split()
            assert program == "python"
            stdin = following.block if following and following.verb == "with" else ""
            printed = _run(folder, *arguments, stdin=stdin)
        elif verb == "It says":
            yield printed, block.strip()


@pytest.mark.slow
def test_the_steps_of_the_paper_add_what_they_say(copy: Path) -> None:
    """All recipes one after another, in one copy: none is in another's way."""
    for title in SHOWN:
        for printed, expected in _take(SECTIONS[title], copy):
            assert expected in printed, title
    shown = _run(copy, "-c", "".join(program for program, _ in SHOWN.values()))
    missing = {title: [each for each in added if each not in shown] for title, (_, added) in SHOWN.items()}
    assert not any(missing.values()), missing


def test_each_recipe_of_the_paper_with_steps_is_taken() -> None:
    assert {title for title, steps in SECTIONS.items() if steps} == SHOWN.keys()
