"""The table as text: the trace's own figures in every cell, and no name that another program would take for code."""

import csv
import io
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from explorer.architecture.presets import PRESETS
from explorer.architecture.trace import trace
from explorer.views.design.stack import COLUMNS
from explorer.views.design.table_text import to_csv, to_markdown

LENET = PRESETS["lenet-d2l"].architecture
BROKEN = replace(LENET, input_shape=(1, 9, 9))
CONV2 = (
    "LeNet (the book),conv2,Conv2d,16 @ 5×5,16 × 10 × 10,2416,240000,6400,14,2,241600,1600,0 × 0",
    "| conv2 | Conv2d 16 @ 5×5 | 16 × 10 × 10 | 2,416 | 240,000 | 14 | 2 |  | 6.4 kB | 1,600 | 241,600 |",
)


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_layers_line_has_all_its_figures() -> None:
    assert CONV2[0] in to_csv(trace(LENET)).splitlines()
    assert CONV2[1] in to_markdown(trace(LENET)).splitlines()


@pytest.mark.parametrize("name", PRESETS)
def test_columns_add_up_to_the_line_of_totals(name: str) -> None:
    *rows, total = read_csv(to_csv(trace(PRESETS[name].architecture)))
    assert [row["kind"] for row in rows] == [type(layer).__name__ for layer in PRESETS[name].architecture.layers]
    for column in ("num_params", "mult_adds", "output_bytes", "neurons", "connections"):
        assert sum(int(row[column]) for row in rows) == int(total[column])


@pytest.mark.parametrize("name", PRESETS)
def test_every_line_of_markdown_has_the_same_cells(name: str) -> None:
    architecture = PRESETS[name].architecture
    lines = to_markdown(trace(architecture)).splitlines()[2:]
    assert len(lines) == len(architecture.layers) + 4  # heading, rule, input, total
    assert {line.count("|") for line in lines} == {len(COLUMNS) + 3}


def test_a_layer_that_does_not_fit_has_no_figures_and_markdown_says_why() -> None:
    traced = trace(BROKEN)
    rows = read_csv(to_csv(traced))
    assert [row["layer"] for row in rows if not row["num_params"]] == [
        *("conv2", "sigmoid2", "pool2", "flatten2", "fc3", "sigmoid3", "fc4", "sigmoid4", "fc5", "total")
    ]
    assert "| Conv2d 16 @ 5×5: The 5×5 kernel is larger than its 4×4 input. |" in to_markdown(traced)


@given(st.text(max_size=80))
@example("=1+1")
@example(" =1+1")
@example("+1")
@example("-1")
@example("@SUM(A1)")
@example("＝1")
@example("\t=1")
@example('a"\r\n=1')
def test_no_cell_is_a_formula_and_no_name_adds_a_line(name: str) -> None:
    text = to_csv(trace(replace(LENET, name=name)))
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert [len(row) for row in rows] == [13] * (len(LENET.layers) + 2)
    assert {row[0].removeprefix("'") for row in rows[1:]} <= {name, name.removeprefix("'")}
    assert not any(cell.lstrip()[:1] in tuple("=+-@＝＋－＠") for row in rows for cell in row)


@given(st.text(max_size=80))
@example("a | b")
@example("**\n| a | b |\n<script>")
@example(":red[a]")
def test_a_name_stays_in_markdowns_title(name: str) -> None:
    title, *rest = to_markdown(trace(replace(LENET, name=name))).split("\n")
    assert rest == to_markdown(trace(LENET)).split("\n")[1:]
    assert not re.search(r"(?<!\\)[<|`\[:]", title.replace("\\\\", ""))


def test_a_network_that_does_not_fit_has_no_totals() -> None:
    *_, total = read_csv(to_csv(trace(BROKEN)))
    assert set(total.values()) == {BROKEN.name, "total", ""}
    assert "| — |" in to_markdown(trace(BROKEN)).splitlines()[-1]
