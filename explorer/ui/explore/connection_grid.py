"""The check boxes of a partial convolution: which input maps, across, each output map, down, is connected to."""

import zlib
from collections.abc import Callable, Mapping
from typing import cast

import streamlit as st
from msgspec.structs import replace

from explorer.architecture.kinds.historic import PartialConv2d
from explorer.architecture.kinds.layer import Layer
from explorer.ui.base import state
from explorer.ui.explore import explore_state

NAME = "connections"
MAX_CELLS = 8_192  # beyond, nobody reads a grid, and the browser gets slow
COLUMN_WIDTH = 44  # px
ROW_HEIGHT = 35  # px
VISIBLE_ROWS = 12  # the rest scrolls

OnChange = Callable[[Callable[[Layer], Layer]], None]  # takes what is to be done to the layer as it is by then


def connection_grid(layer: PartialConv2d, maps: int | None, *, on_change: OnChange) -> None:
    """Show a button that opens the grid for a layer that gets `maps` input maps; a click in it calls `on_change`."""
    menu = st.popover("Connections", icon=":material/grid_on:", key="connections_menu", on_change="rerun")
    if menu.open:
        with menu:
            _open_grid(layer, maps, on_change)


def _open_grid(layer: PartialConv2d, maps: int | None, on_change: OnChange) -> None:
    if maps is None:
        st.caption("After Flatten there are no maps to connect.")
    elif maps * layer.out_channels > MAX_CELLS:
        size = f"{layer.out_channels:,} × {maps:,}"
        st.caption(f"A grid of {size} boxes is too large to show. The design's JSON file lists the connections.")
    else:
        st.caption("Each row is an output map; its checked boxes are the input maps that it sees.")
        _grid(layer, maps, on_change)


def _grid(layer: PartialConv2d, maps: int, on_change: OnChange) -> None:
    """Show the boxes; the editor is a new one after each change, since it keeps its own edits over its data."""
    import pandas as pd  # noqa: PLC0415  # a third of a second of each server's first page, which shows no grid

    cells = pd.DataFrame([[i in inputs for i in range(maps)] for inputs in layer.connections])
    cells.columns = pd.Index([str(i) for i in range(maps)])
    cells.index.name = "map"
    key = f"{NAME}:{explore_state.remembered().grid_edits}.{zlib.crc32(cells.to_numpy().tobytes())}.{maps}"
    st.data_editor(
        cells,
        key=key,
        width="content",
        height=ROW_HEIGHT * (min(VISIBLE_ROWS, len(cells)) + 1),
        column_config={name: st.column_config.CheckboxColumn(width=COLUMN_WIDTH) for name in cells.columns},
        on_change=_pass_on,
        args=(key, on_change),
    )


def _pass_on(key: str, on_change: OnChange) -> None:
    explore_state.remembered().grid_edits += 1
    edited = state.sent(key)["edited_rows"]
    on_change(lambda layer: replace(layer, connections=toggled(cast(PartialConv2d, layer).connections, edited)))


def toggled(
    connections: tuple[tuple[int, ...], ...], edited: Mapping[int, Mapping[str, bool]]
) -> tuple[tuple[int, ...], ...]:
    """Give the connections after some boxes, by row and column, were checked or cleared."""
    rows = [set(inputs) for inputs in connections]
    for row, boxes in edited.items():
        for column, checked in boxes.items():
            (rows[row].add if checked else rows[row].discard)(int(column))
    return tuple(tuple(sorted(inputs)) for inputs in rows)
