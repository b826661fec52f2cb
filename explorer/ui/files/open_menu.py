"""The Open menu: a file or a pasted program as the network, which one of several, and for which pictures."""

from functools import partial

import streamlit as st

from explorer.architecture.errors import DesignError
from explorer.architecture.kinds.sizes import shape_words
from explorer.exchange.networks.finding import SeveralNetworksError
from explorer.exchange.networks.input_shape import InputShape
from explorer.exchange.opening import EXTENSIONS, open_network
from explorer.ui.base import state
from explorer.ui.files.file_state import Opening, menu_tells_refusal, remembered
from explorer.ui.weights.weights_upload import weights_upload
from explorer.views.common.words import plain

PASTED = "What is pasted"
SHAPES: tuple[InputShape, ...] = ((1, 28, 28), (1, 32, 32), (3, 32, 32), (3, 224, 224))
EXAMPLES = {
    "A Sequential of PyTorch, also in parts": "net = nn.Sequential(nn.Conv2d(1, 6, 5), nn.ReLU(), …)",
    "A class with a forward, with helpers, loops, arguments": "class Net(nn.Module): …",
    "A Sequential of Keras": 'model.add(Conv2D(6, 5, activation="relu", input_shape=(28, 28, 1)))',
    "A notebook, or a page with code in it": "lenet.ipynb",
    "What print(model) shows": "Sequential(\n  (0): Conv2d(1, 6, kernel_size=(5, 5)) …",
    "torchinfo's table with kernels and inputs": 'summary(…, col_names=("kernel_size", "input_size", …))',
    "An ONNX file, or a design that was saved here": "lenet.onnx, design.json",
}
CANNOT = "Not what branches, adds or loops back: each layer takes what the one before gives."


def open_menu() -> None:
    """Show the menu's button, and the menu where it is open."""
    menu = st.popover("Open code", icon=":material/folder_open:", key="open_menu", on_change="rerun")
    remembered().is_open = bool(menu.open)
    if menu.open:
        with menu:
            _network()
            weights_upload()
            _what_opens()


def _network() -> None:
    """Show where a network is dropped, chosen or pasted, and what came of the last one."""
    st.file_uploader("A file", type=list(EXTENSIONS), key="upload", on_change=_open_file)
    st.text_area(
        "Or a program, pasted", key="pasted", height=88, placeholder=next(iter(EXAMPLES.values())), on_change=_paste
    )
    if menu_tells_refusal():
        st.error(plain(state.session().refusal))
    last = remembered().last
    if last and last.choices:
        _which(last)
    elif last and last.input_from:
        _input(last)


def _what_opens() -> None:
    with st.expander("What can be opened"):
        for words, example in EXAMPLES.items():
            st.caption(words)
            st.code(example, language=None)
        st.caption(CANNOT)


def _which(last: Opening) -> None:
    """Have one of several networks chosen."""
    choose = partial(_open, last)
    st.markdown(f"{plain(last.source)} has several networks. Which one?")
    with st.container(horizontal=True, gap="small"):
        for number, name in enumerate(last.choices):
            st.button(plain(name), key=f"network_{number}", on_click=choose, kwargs={"network": name})


def _input(last: Opening) -> None:
    """Say where the pictures' size comes from, and offer others."""
    now = state.session().design.input_shape
    st.caption(f"Opened for pictures of {shape_words(now)}: {plain(last.input_from)}. Other sizes:")
    with st.container(horizontal=True, gap="small"):
        for shape in SHAPES:
            if shape != now:
                key = f"input_{'_'.join(map(str, shape))}"
                st.button(shape_words(shape), key=key, on_click=_open, args=(last,), kwargs={"input_shape": shape})


def _open_file() -> None:
    upload = state.sent("upload")
    if upload is not None:
        _open(Opening(upload.getvalue(), upload.name))


def _paste() -> None:
    text = state.sent("pasted")
    if text.strip():
        _open(Opening(text.encode(errors="surrogatepass"), PASTED))


def _open(opening: Opening, *, network: str = "", input_shape: InputShape | None = None) -> None:
    """Open a network, or remember what is to be chosen first, or why it is refused."""
    opened, chosen = remembered(), network or opening.network
    file = "" if opening.source == PASTED else opening.source
    try:
        read = open_network(opening.data, input_shape, chosen, file=file)
        opened.last = Opening(opening.data, opening.source, chosen, read.input_from)
        state.change(read.architecture)
    except SeveralNetworksError as several:
        opened.last = Opening(opening.data, opening.source, choices=tuple(several.names))
        state.session().refusal = opened.refused = ""
    except DesignError as error:
        opened.last = None
        refused = f"{opening.source} holds no network that can be read: {error}"
        state.session().refusal = opened.refused = refused
