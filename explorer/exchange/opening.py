"""Whatever form people have a network in, as a design: JSON, Python source of several kinds, or ONNX."""

from explorer.architecture.spec import read_json
from explorer.exchange.networks.input_shape import InputShape
from explorer.exchange.networks.reader import NAME, Read, read_python

EXTENSIONS = ("json", "py", "ipynb", "txt", "md", "onnx")
LISTED = "a design in JSON, a program of PyTorch or a Keras Sequential, a notebook, what print(model) shows, or ONNX"
JSON_SIGNS = (b"{", b"[")


def open_network(
    data: bytes | str, input_shape: InputShape | None = None, network: str = "", *, title: str = ""
) -> Read:
    """Read a network; raises `DesignError` that says what it is instead, `SeveralNetworksError` for a choice.

    `input_shape` and `network` say what a program leaves open: the pictures' size, and which of its networks; one that
    has no class is called by `title`.
    """
    given = data.encode(errors="surrogatepass") if isinstance(data, str) else data
    start = given.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(JSON_SIGNS) and b'"cells"' not in given:
        return Read(read_json(given), "")
    return read_python(data, input_shape, network, title=title or NAME)
