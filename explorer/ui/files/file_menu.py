"""The File menu: a design's name, and all forms in which it can be saved."""

import streamlit as st
from msgspec.structs import replace

from explorer.architecture.spec import to_json
from explorer.architecture.trace import trace
from explorer.exchange.notebook import to_notebook
from explorer.exchange.onnx_file import SEED, file_size, why_not_onnx
from explorer.exchange.pytorch_source import to_pytorch, why_not_pytorch
from explorer.runs.background.onnx_files import OnnxFile
from explorer.ui.base import state
from explorer.ui.base.inputs import keyed_value
from explorer.ui.base.server import onnx_files, person
from explorer.ui.components.controls.save_button import save_button
from explorer.ui.weights.weights_upload import weights_upload
from explorer.views.common.words import megabytes, plain
from explorer.views.design.table_text import to_csv, to_markdown

MIMES = {
    "json": "application/json",
    "py": "text/x-python",
    "ipynb": "application/x-ipynb+json",
    "csv": "text/csv",
    "md": "text/markdown",
}
SAVE_WIDTH = 216  # px: two beside each other in the menu
TICK = 0.5  # seconds between two looks at a file that is being made


def file_menu() -> None:
    """Show the menu's button, and the menu where it is open."""
    menu = st.popover("File", icon=":material/description:", key="file_menu", on_change="rerun")
    if menu.open:
        with menu:
            _name()
            _saves()
            weights_upload()
            st.caption("The link in the address bar holds the whole design: copy it to share or keep it.")


def _name() -> None:
    name = state.session().design.name
    st.text_input("Name", **keyed_value("name", name, _rename))


def _saves() -> None:
    design = state.session().design
    traced, why_not = trace(design), why_not_pytorch(design)
    with st.container(horizontal=True, gap="small"):
        _save("the design as JSON", "design.json", to_json(design))
        _save("as PyTorch code", "design.py", "" if why_not else to_pytorch(design), unless=why_not)
        _save("as a notebook", "design.ipynb", "" if why_not else to_notebook(design), unless=why_not)
        file = onnx_files().find(design)
        _onnx(file)
        _save("the table as CSV", "table.csv", to_csv(traced).encode("utf-8-sig"))  # Excel needs the mark
        _save("the table as Markdown", "table.md", to_markdown(traced))
    if file and file.cause:
        st.error(plain(file.cause), title="The ONNX file was not made")
    st.caption(f"ONNX is for other programs, such as ONNX Runtime; its weights are untrained, from seed {SEED}.")


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


def _onnx(file: OnnxFile | None) -> None:
    """Offer the ONNX file, which takes seconds to make: first to prepare it, then to save it."""
    if file and not file.ended:
        st.fragment(_preparing, run_every=TICK)(file)
    elif file and not file.cause:
        save_button("Save as ONNX", "onnx", file.id, key="save_onnx", width=SAVE_WIDTH)
    else:
        _prepare()


def _preparing(file: OnnxFile) -> None:
    """Look now and then whether the file is ready, and then draw the page anew."""
    if file.ended:
        st.rerun()
    st.button("Preparing the ONNX file", key="preparing_onnx", disabled=True, width=SAVE_WIDTH)


def _prepare() -> None:
    """Show the button that has the file made, with its size, or why it cannot be made."""
    design = state.session().design
    why_not = why_not_onnx(design)
    st.button(
        "Prepare an ONNX file" if why_not else f"Prepare an ONNX file, {megabytes(file_size(design))}",
        key="prepare_onnx",
        disabled=bool(why_not),
        help=why_not or None,
        on_click=onnx_files().prepare,
        args=(design, person().id),
        width=SAVE_WIDTH,
    )


def _rename(name: str) -> None:
    if name.strip():
        state.change(replace(state.session().design, name=name.strip()))
