"""The stack's table: the trace's figures in cells, bars that add up, and marks for what changed."""

import pytest
from msgspec.structs import replace

from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import INPUT
from explorer.architecture.trace import trace
from explorer.views.design.effect import change
from explorer.views.design.stack import COLUMNS, table

LENET = PRESETS["lenet-d2l"].architecture
NARROWER = replace(LENET, layers=(*LENET.layers[:3], Conv2d(out_channels=16, kernel_size=3), *LENET.layers[4:]))


@pytest.mark.parametrize("name", PRESETS)
def test_every_layer_has_a_row_after_the_inputs(name: str) -> None:
    architecture = PRESETS[name].architecture
    rows = table(trace(architecture), columns=tuple(COLUMNS)).rows
    assert [row.index for row in rows] == [INPUT, *range(len(architecture.layers))]
    assert all(len(row.cells) == len(COLUMNS) for row in rows)


@pytest.mark.parametrize("name", PRESETS)
def test_bars_are_shares_of_the_total_that_the_last_line_shows(name: str) -> None:
    traced = trace(PRESETS[name].architecture)
    laid_out = table(traced, columns=("num_params", "mult_adds"))
    for column, total in enumerate((traced.totals.num_params, traced.totals.mult_adds)):
        shares = [row.cells[column].share for row in laid_out.rows]
        assert sum(shares) == pytest.approx(1, abs=0.001)
        assert laid_out.totals[column] == f"{total:,}"


def test_cells_that_changed_say_what_they_were_and_others_do_not() -> None:
    rows = {row.name: row for row in table(trace(NARROWER), trace(LENET)).rows}
    assert [cell.was for cell in rows["conv2"].cells] == ["16 × 10 × 10", "2,416", "240,000", "14"]
    assert [cell.was for cell in rows["conv1"].cells] == ["", "", "", ""]


def test_a_refused_layer_says_why_and_those_beyond_it_have_no_figures() -> None:
    rows = table(trace(replace(LENET, input_shape=(1, 9, 9)))).rows
    states = [row.state for row in rows]
    refused = rows[states.index("refused")]
    assert refused.name == "conv2"
    assert refused.cause == "The 5×5 kernel is larger than its 4×4 input."
    assert "Set padding to 1" in [mend.label for mend in refused.mends]
    assert states == ["fits"] * 4 + ["refused"] + ["beyond"] * 8
    assert all(not cell.text for row in rows[5:] for cell in row.cells)


def test_a_network_that_does_not_fit_has_no_totals_and_no_shares_of_them() -> None:
    broken = table(trace(replace(LENET, input_shape=(1, 9, 9))), columns=tuple(COLUMNS))
    assert set(broken.totals) == {"—", ""}
    assert {cell.share for row in broken.rows for cell in row.cells} == {0.0}


def test_a_row_without_a_figure_before_says_so() -> None:
    broken, sound = trace(replace(LENET, input_shape=(1, 9, 9))), trace(LENET)
    assert not any(cell.was for row in table(sound, broken).rows if row.name == "fc5" for cell in row.cells)


def test_a_mend_says_what_it_makes_of_parameters_and_multiply_adds() -> None:
    small, sound = trace(replace(LENET, input_shape=(1, 9, 9))), trace(LENET)
    refused = next(row for row in table(small, sound).rows if row.state == "refused")
    mend = refused.mends[0]
    mended = trace(small.repairs[mend.number].architecture)
    assert (mend.label, mended.error) == ("Set padding to 1", None)
    assert mend.effect == "15,626 parameters (−75 %), 34,590 multiply-adds (−92 %)"
    assert (mended.totals.num_params, mended.totals.mult_adds) == (15_626, 34_590)


def test_a_doubtful_layer_keeps_its_figures_and_says_why() -> None:
    rows = table(trace(PRESETS["lenet-pytorch"].architecture)).rows
    doubtful = [row for row in rows if row.cause]
    assert [(row.name, row.state) for row in doubtful] == [("fc5", "fits")]
    assert "59,134 parameters do the work of 4,010" in doubtful[0].cause
    assert doubtful[0].cells[1].text == "850"
    assert [mend.label for mend in doubtful[0].mends] == ["Insert ReLU between them"]


def test_a_change_reads_as_a_person_says_it() -> None:
    assert [change(now, 1_000) for now in (1_000, 1_000_000, 1_999, 1_500, 1_004, 996, 4, 2_100)] == [
        "",
        " (× 1,000)",
        " (× 2)",
        " (+50 %)",
        " (+0.4 %)",
        " (−0.4 %)",
        " (−100 %)",
        " (× 2.1)",
    ]
    assert change(60_000_006, 60_000_000) == " (+ under 0.1 %)"
