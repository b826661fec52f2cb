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


def test_a_network_beside_itself_shows_nothing_more() -> None:
    lenet = _preset("lenet-d2l")
    *rows, total = compared(lenet, lenet).rows
    assert rows == table(lenet).rows
    assert [(cell.text, cell.was) for cell in total.cells] == [(text, "") for text in table(lenet).totals]


def test_lenet_5_shows_the_books_input_convolutions_and_pooling() -> None:
    below = _pairs("lenet5-1998", "lenet-d2l")
    assert below["input"].cells[0].text == "1 × 28 × 28"
    assert (below["conv2"].words, below["conv2"].cells[1].text) == ("Conv2d 16 @ 5×5", "2,416")
    assert below["conv2"].cells[1].was == "1,516"
    assert below["conv2"].cells[0].was == ""
    assert below["conv3"].name == "↳ fc3"


def test_alexnet_of_2012_shows_what_its_towers_save() -> None:
    below = _pairs("alexnet-2012", "alexnet-227")
    assert below.pop("fc8").name == "↳ total"
    marked = {name: row.cells[1].text for name, row in below.items() if row.cells[1].was}
    assert marked == {"conv2": "614,656", "conv4": "1,327,488", "conv5": "884,992"}
    assert below["norm1"].words == "nothing in its place"
