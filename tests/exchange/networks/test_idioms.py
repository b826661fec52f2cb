"""Idioms that change what a network is, in `programs/idioms.txt`: each is read as torch runs it, to what comes out."""

import re
from pathlib import Path

import pytest

from explorer.architecture.trace import trace
from explorer.exchange.networks.reader import read_python
from tests.exchange.networks.witness import Shape, gives_the_same

TEXT = (Path(__file__).parent / "programs" / "idioms.txt").read_text(encoding="utf-8")
HEADING = re.compile(r"^### (.*) \| ([\d,]+)\n", re.MULTILINE)  # what the idiom is, and the size that is found


def _programs() -> list[tuple[str, Shape, str]]:
    pieces = HEADING.split(TEXT)[1:]
    sizes = [tuple(map(int, said.split(","))) for said in pieces[1::3]]
    return list(zip(pieces[::3], sizes, pieces[2::3], strict=True))


PROGRAMS = _programs()


@pytest.mark.parametrize(("shape", "text"), [program[1:] for program in PROGRAMS], ids=[name for name, *_ in PROGRAMS])
def test_an_idiom_is_read_as_torch_runs_it(shape: Shape, text: str) -> None:
    design = read_python(text).architecture
    assert design.input_shape == shape
    assert trace(design).error is None
    assert gives_the_same(text, design)
