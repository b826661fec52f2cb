"""Whatever form people have a network in, as a design: JSON, Python source of several kinds, or ONNX."""

from pathlib import PurePath

from msgspec.structs import replace

from explorer.architecture.spec import MAX_NAME, check, read_json
from explorer.exchange.networks.input_shape import InputShape
from explorer.exchange.networks.reader import CHOSEN, NAME, Read, read_python
from explorer.exchange.networks.text import MAX_PAGE
from explorer.exchange.onnx_reader import NAME as ONNX_NAME
from explorer.exchange.onnx_reader import read_onnx
from explorer.exchange.summary_table import is_table, read_table

EXTENSIONS = ("json", "py", "ipynb", "txt", "md", "onnx")
ONNX_SIGN = b"\x08"  # the tag of its first field; no text begins with a backspace
JSON_SIGNS = (b"{", b"[")


def open_network(data: bytes, input_shape: InputShape | None = None, network: str = "", *, file: str = "") -> Read:
    """Read a network; raises `DesignError` that says what it is instead, `SeveralNetworksError` for a choice.

    `input_shape` and `network` say what a program leaves open: the pictures' size, and which of its networks. One that
    has no class is called by the name of its `file`.
    """
    title = PurePath(file).stem[:MAX_NAME]
    if data.startswith(ONNX_SIGN) or file.lower().endswith(".onnx"):
        return _sized(Read(replace(read_onnx(data), name=title or ONNX_NAME), "what the file says"), input_shape)
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(JSON_SIGNS) and b'"cells"' not in data:
        return Read(read_json(data), "")
    if len(data) <= MAX_PAGE and is_table(text := data.decode("utf-8-sig", errors="replace").replace("\r\n", "\n")):
        return _sized(read_table(text, title=title or NAME), input_shape)
    return read_python(data, input_shape, network, title=title or NAME)


def _sized(read: Read, input_shape: InputShape | None) -> Read:
    """Give a network that says its pictures' size for those that are chosen instead."""
    if input_shape is None:
        return read
    return Read(check(replace(read.architecture, input_shape=input_shape)), CHOSEN)
