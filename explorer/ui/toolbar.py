"""What stands above the stack: the network, undo and redo, the file, and the changes that touch many layers."""

from collections.abc import Callable
from functools import partial

import streamlit as st
from msgspec.structs import replace

from explorer.architecture import edit
from explorer.architecture.errors import DesignError
from explorer.architecture.export import to_pytorch, why_not_pytorch
from explorer.architecture.layers import ACTIVATIONS, POOLINGS
from explorer.architecture.presets import PRESETS
from explorer.architecture.source import read_pytorch
from explorer.architecture.spec import MAX_NAME, Architecture, read_json, to_json
from explorer.architecture.trace import trace
from explorer.ui import race_state, state
from explorer.ui.race_start import start_sigmoid_or_relu
from explorer.views.stack import COLUMNS
from explorer.views.table_text import to_csv, to_markdown

MIMES = {"json": "application/json", "py": "text/x-python", "csv": "text/csv", "md": "text/markdown"}
SAVE_WIDTH = 216  # px: two beside each other in the menu
POOLING_WORDS = {"MaxPool2d": "Max", "AvgPool2d": "Average"}


def toolbar() -> None:
    """Show the network's menu, undo and redo, its file, and the way to training."""
    state.session().toolbar = _shown()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        preset_menu()
        _history()
        _file()
        _columns()
        st.space("stretch")
        if st.button("Sigmoid or ReLU?", key="sigmoid_or_relu", icon=":material/flag:"):
            st.switch_page("pages/race.py", query_params=race_state.race_parameters(start_sigmoid_or_relu()))
        if st.button("Train this network", type="primary", icon=":material/play_arrow:"):
            st.switch_page("pages/train.py", query_params=state.design_parameter())


def toolbar_is_current() -> bool:
    """Tell whether the toolbar still shows what the session holds, so that an edit below need not draw it again."""
    return state.session().toolbar == _shown()


def _shown() -> tuple[object, ...]:
    """Give all that the toolbar and the controls below it depend on, apart from what is read when it is clicked."""
    session = state.session()
    design, refusal = session.design, session.refusal
    kinds = edit.common_kind(design, ACTIVATIONS), edit.common_kind(design, POOLINGS)
    history = bool(session.past), bool(session.future)
    return design.name, _chosen_preset(), *history, *kinds, refusal, state.counterpart() is None


def _chosen_preset() -> str | None:
    """Name the network of the course that the session shows unchanged."""
    design = state.session().design
    name = state.origin(design)
    return name if name and PRESETS[name].architecture == design else None


def preset_menu() -> None:
    """Show the menu of the course's networks; a changed one says so."""
    design = state.session().design
    chosen, names = _chosen_preset(), list(PRESETS)
    key = state.key_for("preset", chosen)
    st.selectbox(
        "Network",
        names,
        index=names.index(chosen) if chosen else None,
        key=key,
        format_func=lambda name: PRESETS[name].title,
        placeholder=f"{design.name}, changed",
        on_change=state.pass_on,
        args=(key, _load_preset),
        label_visibility="collapsed",
        width=340,
    )


def _load_preset(name: str | None) -> None:
    if name:
        state.change(PRESETS[name].architecture)


def _history() -> None:
    session = state.session()
    st.button(
        "Undo", key="undo", icon=":material/undo:", shortcut="Ctrl+Z", disabled=not session.past, on_click=state.undo
    )
    st.button(
        "Redo", key="redo", icon=":material/redo:", shortcut="Ctrl+Y", disabled=not session.future, on_click=state.redo
    )


def _file() -> None:
    menu = st.popover("File", icon=":material/description:", key="file_menu", on_change="rerun")
    if menu.open:
        with menu:
            _file_menu()


def _file_menu() -> None:
    design = state.session().design
    traced, why_not = trace(design), why_not_pytorch(design)
    key = state.key_for("name", design.name)
    st.text_input("Name", design.name, key=key, max_chars=MAX_NAME, on_change=state.pass_on, args=(key, _rename))
    with st.container(horizontal=True, gap="small"):
        _save("the design as JSON", "design.json", to_json(design))
        _save("as PyTorch code", "design.py", "" if why_not else to_pytorch(design), unless=why_not)
    with st.container(horizontal=True, gap="small"):
        _save("the table as CSV", "table.csv", to_csv(traced).encode("utf-8-sig"))  # Excel needs the mark
        _save("the table as Markdown", "table.md", to_markdown(traced))
    st.file_uploader("Open a design", type=["json", "py"], key="upload", on_change=_open_file)
    st.caption("The link in the address bar holds the whole design: copy it to share or keep it.")


def _save(what: str, file_name: str, text: str | bytes, *, unless: str = "") -> None:
    """Show a button that saves a text, unless there is a reason against it.

    The text is given, not made at the click: a click while the menu is drawn anew would then save nothing.
    """
    st.download_button(
        f"Save {what}",
        text,
        file_name=file_name,
        mime=MIMES[file_name.rpartition(".")[2]],
        on_click="ignore",
        disabled=bool(unless),
        help=unless or None,
        width=SAVE_WIDTH,
    )


def _rename(name: str) -> None:
    if name.strip():
        state.change(replace(state.session().design, name=name.strip()))


def _open_file() -> None:
    upload = st.session_state["upload"]
    if upload is None:
        return
    read = read_pytorch if upload.name.lower().endswith(".py") else read_json
    try:
        state.change(read(upload.getvalue()))
    except DesignError as error:
        state.session().refusal = f"{upload.name} holds no design that can be read: {error}"


def _columns() -> None:
    menu = st.popover("Columns", icon=":material/view_column:", key="columns_menu", on_change="rerun")
    if menu.open:
        chosen = list(state.session().columns)
        key = state.key_for("columns", chosen)
        menu.multiselect(
            "Columns of the table",
            list(COLUMNS),
            default=chosen,
            key=key,
            format_func=lambda name: COLUMNS[name].title,
            on_change=state.pass_on,
            args=(key, state.choose_columns),
        )


def chosen_columns() -> tuple[str, ...]:
    """Give the table's columns in their own order, the standard ones at first."""
    return tuple(name for name in COLUMNS if name in state.session().columns)


def all_layers_controls() -> None:
    """Show the controls that change every activation, or every pooling, by one click."""
    design = state.session().design
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("All activations", width="content")
        activation, pooling = edit.common_kind(design, ACTIVATIONS), edit.common_kind(design, POOLINGS)
        key = state.key_for("activations", activation)
        st.segmented_control(
            "All activations",
            list(ACTIVATIONS),
            default=activation,
            key=key,
            on_change=state.pass_on,
            args=(key, partial(_change_all, edit.replace_activations)),
            label_visibility="collapsed",
        )
        st.markdown("All pooling", width="content")
        key = state.key_for("poolings", pooling)
        st.segmented_control(
            "All pooling",
            list(POOLINGS),
            default=pooling,
            key=key,
            format_func=POOLING_WORDS.__getitem__,
            on_change=state.pass_on,
            args=(key, partial(_change_all, edit.replace_poolings)),
            label_visibility="collapsed",
        )
        _comparison()


def _comparison() -> None:
    """Offer to show the counterpart's layers between the network's own, where it has one."""
    if state.counterpart():
        st.space("stretch")
        key = state.key_for("compares", state.session().compares)
        st.toggle(
            "Beside the modern one" if _chosen_preset() else "Beside the original",
            state.session().compares,
            key=key,
            on_change=state.pass_on,
            args=(key, state.compare),
        )


def _change_all(replaced: Callable[[Architecture, str], Architecture], kind: str | None) -> None:
    if kind:
        state.change(replaced(state.session().design, kind))
