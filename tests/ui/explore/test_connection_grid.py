"""The card of LeNet-5's partial convolution, and that no kind of layer breaks the page."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.architecture import edit
from explorer.architecture.kinds import KINDS
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.historic import PartialConv2d
from explorer.architecture.presets import C3, PRESETS
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import trace
from explorer.exchange.link import to_link
from explorer.ui.explore.connection_grid import toggled
from tests.ui.widgets import session, widget

LENET = PRESETS["lenet5-1998"].architecture
C3_PLACE = 4


def opened(root: Path, design: Architecture, layer: int) -> AppTest:
    """Open the Explore page with a layer's card, and the grid in it where it has one."""
    page = AppTest.from_file(str(root / "pages/explore.py"), default_timeout=30)
    page.query_params["m"] = to_link(design)
    session(page.run()).designs.selected = layer
    page.session_state["connections_menu"] = True
    return page.run()


def test_each_layer_of_lenet_5_has_a_card(root: Path) -> None:
    page = opened(root, LENET, 0)
    for place in range(len(LENET.layers)):
        session(page).designs.selected = place
        assert not page.run().exception


def test_the_grid_has_a_row_for_each_output_map_with_its_inputs_checked(root: Path) -> None:
    (grid,) = opened(root, LENET, C3_PLACE).dataframe
    shown = [tuple(int(name) for name in grid.value.columns if row[name]) for _, row in grid.value.iterrows()]
    assert shown == list(C3)


def test_boxes_that_were_checked_and_cleared_change_their_maps_alone() -> None:
    assert toggled(C3, {0: {"3": True, "0": False}, 15: {"5": False}}) == ((1, 2, 3), *C3[1:15], (0, 1, 2, 3, 4))


def test_more_output_maps_bring_their_rows(root: Path) -> None:
    page = opened(root, LENET, C3_PLACE)
    widget(page, "field_out_channels").set_value(17).run()
    assert not page.exception
    (grid,) = page.dataframe
    assert grid.value.shape == (17, 6)
    assert trace(session(page).design).error is None


def test_fewer_maps_before_bring_fewer_columns(root: Path) -> None:
    fewer = edit.replace_layer(LENET, 0, Conv2d(out_channels=2, kernel_size=5))
    (grid,) = opened(root, fewer, C3_PLACE).dataframe
    assert grid.value.shape == (16, 2)


def test_a_grid_without_maps_and_one_too_large_say_so(root: Path) -> None:
    after_flatten = edit.insert(LENET, C3_PLACE, edit.new_layer("Flatten"))
    wide = edit.replace_layer(LENET, 0, Conv2d(out_channels=1_000, kernel_size=5))
    for design, place, words in ((after_flatten, C3_PLACE + 1, "no maps"), (wide, C3_PLACE, "too large to show")):
        page = opened(root, design, place)
        assert not page.exception
        assert not page.dataframe
        assert any(words in caption.value for caption in page.caption)


@pytest.mark.parametrize("place", [0, 3, 7], ids=["first", "conv2", "fc3"])
def test_a_layer_can_become_any_kind_without_breaking_the_page(root: Path, place: int) -> None:
    page = opened(root, PRESETS["lenet-d2l"].architecture, place)
    for kind in KINDS:
        widget(page, "kind").select(kind).run()
        assert not page.exception
        assert not page.error
        assert type(session(page).design.layers[place]).__name__ == kind


def test_a_convolution_becomes_partial_with_all_its_inputs(root: Path) -> None:
    page = opened(root, PRESETS["lenet-d2l"].architecture, 3)
    widget(page, "kind").select("PartialConv2d").run()
    layer = session(page).design.layers[3]
    assert layer == PartialConv2d(out_channels=16, kernel_size=5, connections=(tuple(range(6)),) * 16)
