"""The forms in which people have programs, from notebooks to prompts and older encodings; a refusal finds its place."""

import json

import pytest

from explorer.architecture.errors import DesignError
from explorer.architecture.kinds.activation import ReLU, Tanh
from explorer.architecture.kinds.convolution import Conv2d
from explorer.exchange.networks.text import MAX_NOTEBOOK
from tests.exchange.networks.reading import read_pytorch

NET = "net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU())"
LAYERS = (Conv2d(out_channels=4, kernel_size=3), ReLU())


def notebook(*cells: str | tuple[str, str]) -> str:
    kinds = [("code", cell) if isinstance(cell, str) else cell for cell in cells]
    made = [{"cell_type": kind, "metadata": {}, "source": text.splitlines(keepends=True)} for kind, text in kinds]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


FORMS = {
    "a page with code in it": f"# LeNet\n\nAs it is:\n\n```python\n{NET}\n```\n\nand that was it (see above).",
    "two blocks of a page": f"```py\nwide = 4\n```\ntext\n~~~\n{NET.replace('4', 'wide')}\n~~~",
    "a block beside what a run has said": f"```python\n{NET}\n```\nSo:\n```\nRuntimeError: sizes differ\n```\n",
    "a block beside what a shell does": f"```bash\npip install torch\n```\n```\n{NET}\n```\n",
    "prompts of IPython": f"In [1]: import torch\nIn [2]: {NET}\nOut[2]: Sequential\n",
    "prompts": f">>> import torch\n>>> {NET}\n>>> net\nSequential(\n  (0): Conv2d(1, 4)\n)\n",
    "prompts over lines": ">>> net = nn.Sequential(\n...     nn.Conv2d(1, 4, 3),\n...     nn.ReLU())\n",
    "magics": f"%matplotlib inline\n!pip install torch\n{NET}\nnet?\n",
    "spaces of a page": NET.replace(" ", "\u00a0"),
    "joiners": NET.replace("nn.", "nn\u200b."),
    "Windows": f"\ufeff{NET}\r\n",
    "a notebook": notebook(("markdown", "# other = nn.Sequential(nn.Tanh())"), "%%time\nwide = 4", NET),
    "a notebook in other languages": notebook("%%bash\nnet = nn.Sequential(", NET),
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_a_program_is_found_in_what_people_have(text: str) -> None:
    assert read_pytorch(text).layers == LAYERS


def test_chinese_text_of_older_editors_is_read() -> None:
    text = "# 卷积\n通道 = 4\nnet = nn.Sequential(nn.Conv2d(1, 通道, 3), nn.ReLU())"
    assert read_pytorch(text.encode("gbk")).layers == LAYERS


def test_a_refusal_names_the_cell_and_the_line_in_it() -> None:
    with pytest.raises(DesignError, match=r"^cell 2, line 3: found nn\.GRU") as refusal:
        read_pytorch(notebook("import torch", "from torch import nn\nnet = nn.Sequential(\n    nn.GRU(3))"))
    assert refusal.value.where == "cell 2, line 3"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"cells": 3}', "a notebook that is damaged"),
        ('{"cells": [{"source": "x"}]}', "a notebook that is damaged"),
        ('{"cells": [', "a notebook that is damaged"),
        ("x" * (MAX_NOTEBOOK + 1), "more than 4,194,304 bytes"),
    ],
)
def test_what_is_no_notebook_is_refused_in_words(text: str, found: str) -> None:
    with pytest.raises(DesignError) as refusal:
        read_pytorch(text)
    assert refusal.value.found == found


PRINTED = """
Net(
  (conv): Conv2d(1, 4, kernel_size=(3, 3), stride=(1, 1))
  (acts): Sequential(
    (0): ReLU()
    (1): Tanh()
  )
  (fc): Linear(in_features={features}, out_features=10, bias=True)
)
"""


def test_what_is_printed_of_a_network_opens_with_a_flatten_before_its_first_row() -> None:
    design = read_pytorch(PRINTED.format(features=4 * 26 * 26))
    assert design.name == "Net"
    assert [type(layer).__name__ for layer in design.layers] == ["Conv2d", "ReLU", "Tanh", "Flatten", "Linear"]
    assert design.layers[1:3] == (ReLU(), Tanh())


def test_what_is_printed_in_another_order_than_it_is_called_is_refused() -> None:
    with pytest.raises(DesignError, match="do not fit each other in the order in which they are printed"):
        read_pytorch(PRINTED.format(features=400))


@pytest.mark.parametrize("line", ["\n", "layer {\n", "```\n", "import\n", " (0): Conv2d(\n", "'''\n", "x" * 90 + "\n"])
def test_lines_of_nothing_are_refused_and_many_of_them_unread(line: str) -> None:
    with pytest.raises(DesignError):
        read_pytorch(line * (60_000 // len(line)))
    with pytest.raises(DesignError, match="131,072 letters"):
        read_pytorch(line * (600_000 // len(line)))
