"""Another network's rows between the own: only where something differs, and marked there."""

import itertools

from explorer.architecture.presets import PRESETS
from explorer.architecture.trace import Trace, trace
from explorer.views.common.table import TableRow
from explorer.views.design.difference import compared
from explorer.views.design.stack import table


def _preset(name: str) -> Trace:
    return trace(PRESETS[name].architecture)


def _pairs(ours: str, theirs: str) -> dict[str, TableRow]:
    """Give the other network's rows by the name of the own row above them."""
    rows = compared(_preset(ours), _preset(theirs)).rows
    return {above.name: row for above, row in itertools.pairwise(rows) if row.state == "other"}


def test_a_network_beside_itself_shows_nothing_more_than_its_totals_twice() -> None:
    lenet = _preset("lenet-d2l")
    laid_out = compared(lenet, lenet)
    assert laid_out.rows == table(lenet).rows
    assert laid_out.beside is not None
    assert [cell.text for cell in laid_out.beside.cells] == table(lenet).totals


def test_lenet_5_shows_the_books_input_convolutions_and_pooling() -> None:
    below = _pairs("lenet5-1998", "lenet-d2l")
    assert below["input"].cells[0].text == "1 × 28 × 28"
    assert (below["conv2"].words, below["conv2"].cells[1].text) == ("Conv2d 16 @ 5×5", "2,416")
    assert below["conv3"].name == "↳ fc3"


def test_what_differs_is_marked_on_the_networks_own_side_and_never_on_the_others() -> None:
    rows = compared(_preset("lenet5-1998"), _preset("lenet-d2l")).rows
    assert not any(cell.was for row in rows if row.state == "other" for cell in row.cells)
    own = {row.name: row for row in rows if row.state != "other"}
    assert [cell.was for cell in own["conv2"].cells] == ["", "2,416", "240,000", ""]
    assert own["conv2"].was == "Conv2d 16 @ 5×5"
    assert own["tanh1b"].was == "no such layer"


def test_alexnet_of_2012_shows_what_its_towers_save() -> None:
    laid_out = compared(_preset("alexnet-2012"), _preset("alexnet-227"))
    marked = {row.name: row.cells[1].was for row in laid_out.rows if row.cells[1].was}
    assert marked == {"conv2": "614,656", "conv4": "1,327,488", "conv5": "884,992"}
    assert next(row for row in laid_out.rows if row.name == "norm1").was == "no such layer"
    assert laid_out.beside is not None
    assert laid_out.beside.cells[1].text == "62,378,344"
