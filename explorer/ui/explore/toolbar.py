"""What stands above the stack: the network, undo and redo, the file, and the changes that touch many layers."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from explorer.architecture import edit
from explorer.architecture.kinds import ACTIVATIONS, POOLINGS
from explorer.architecture.spec import Architecture
from explorer.ui.base import links, state
from explorer.ui.base.inputs import keyed_default
from explorer.ui.common.preset_menu import chosen_preset, preset_menu
from explorer.ui.explore import explore_state
from explorer.ui.explore.first_steps import offer_again, race_sigmoid_and_relu
from explorer.ui.explore.second_design import second_design_menu
from explorer.ui.files.file_menu import file_menu
from explorer.ui.files.open_menu import open_menu
from explorer.views.design.stack import COLUMNS

STYLE = f"<style>{Path(__file__).with_name('explore.css').read_text('utf-8')}</style>"


def toolbar() -> None:
    """Show the network's menu, undo and redo, its file, and the way to training."""
    explore_state.remembered().toolbar = _shown()
    st.html(STYLE)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="toolbar"):
        preset_menu()
        _history()
        open_menu()
        file_menu()
        _view_menu()
        st.space("stretch")
        if st.button("Sigmoid or ReLU?", key="sigmoid_or_relu", icon=":material/flag:"):
            race_sigmoid_and_relu()
        if st.button("Train this network", key="train_this", type="primary", icon=":material/play_arrow:"):
            links.to_run(state.session().design).follow()


def toolbar_is_current() -> bool:
    """Tell whether the toolbar still shows what the session holds, so that an edit below need not draw it again."""
    return explore_state.remembered().toolbar == _shown()


def _shown() -> tuple[object, ...]:
    """Give all that the toolbar and the controls below it depend on, apart from what is read when it is clicked."""
    session = state.session()
    design, refusal = session.design, session.refusal
    kinds = edit.common_kind(design, ACTIVATIONS), edit.common_kind(design, POOLINGS)
    history = bool(session.designs.past), bool(session.designs.future)
    beside = explore_state.remembered().beside
    return design.name, chosen_preset(), *history, *kinds, refusal, beside, explore_state.counterpart() is None


def _history() -> None:
    designs = state.session().designs
    st.button(
        "Undo", key="undo", icon=":material/undo:", shortcut="Ctrl+Z", disabled=not designs.past, on_click=state.undo
    )
    st.button(
        "Redo", key="redo", icon=":material/redo:", shortcut="Ctrl+Y", disabled=not designs.future, on_click=state.redo
    )


def _view_menu() -> None:
    key = f"view_{explore_state.remembered().offers_made}"
    menu = st.popover("View", icon=":material/view_column:", key=key, on_change="rerun")
    if menu.open:
        chosen = list(explore_state.remembered().columns)
        menu.multiselect(
            "Columns of the table",
            list(COLUMNS),
            format_func=lambda name: COLUMNS[name].title,
            **keyed_default("columns", chosen, explore_state.choose_columns),
        )
        menu.button("First things to try, with LeNet", key="offer_steps", on_click=offer_again)


def chosen_columns() -> tuple[str, ...]:
    """Give the table's columns in their own order, the standard ones at first."""
    return tuple(name for name in COLUMNS if name in explore_state.remembered().columns)


def all_layers_controls() -> None:
    """Show the controls that change every activation, or every pooling, by one click."""
    design, locks = state.session().design, state.session().locks
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="controls"):
        st.markdown("All activations", width="content")
        activation, pooling = edit.common_kind(design, ACTIVATIONS), edit.common_kind(design, POOLINGS)
        st.segmented_control(
            "All activations",
            [name for name, kind in ACTIVATIONS.items() if kind.usual or name == activation],
            label_visibility="collapsed",
            disabled=locks.fixes("activations"),
            **keyed_default("activations", activation, partial(_change_all, edit.replace_activations)),
        )
        st.markdown("All pooling", width="content")
        st.segmented_control(
            "All pooling",
            list(POOLINGS),
            format_func=lambda name: POOLINGS[name].title or name,
            label_visibility="collapsed",
            disabled=locks.fixes("poolings"),
            **keyed_default("poolings", pooling, partial(_change_all, edit.replace_poolings)),
        )
        st.space("stretch")
        second_design_menu()


def _change_all(replaced: Callable[[Architecture, str], Architecture], kind: str | None) -> None:
    if kind:
        state.change(replaced(state.session().design, kind))
