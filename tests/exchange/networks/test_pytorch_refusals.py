"""PyTorch source that is no design of ours: refused by its line, in words, however long, deep or damaged it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.architecture.errors import DesignError
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import MAX_BYTES, MAX_LAYERS, read_json, to_json
from explorer.exchange.pytorch_source import to_pytorch
from tests.exchange.networks.reading import read_pytorch
from tests.exchange.networks.test_pytorch_reader import BOOK, COLOUR, FORWARD

SETTLED = "what the text itself settles"
KINDS = "one of the kinds Conv2d, MaxPool2d"
PASSED = "layers one after another"
REFUSED: dict[str, tuple[str, str, str, str]] = {  # text, where, found, allowed
    "no layer of ours": ("nn.Sequential(\n\n  nn.GRU(3))", "line 3", "nn.GRU", KINDS),
    "a class of another module": ("nn.Sequential(mine.Conv2d(1, 2, 3))", "line 1", "mine.Conv2d", KINDS),
    "a call of something": ("nn.Sequential(__import__('os').system('x'))", "line 1", "__import__", KINDS),
    "a class, not a layer": ("nn.Sequential(nn.ReLU)", "line 1", "nn.ReLU", KINDS),
    "unpacked layers": ("nn.Sequential(*blocks)", "line 1", "*blocks", KINDS),
    "unpacked arguments": ("nn.Sequential(nn.ReLU(*a))", "line 1", "*a", SETTLED),
    "unpacked names": ("nn.Sequential(nn.ReLU(**a))", "line 1", "**a", SETTLED),
    "a name": ("nn.Sequential(nn.LazyLinear(num_classes))", "line 1, out_features", "num_classes", SETTLED),
    "an argument that nobody gives": (
        "class Net(nn.Module):\n def __init__(self, n):\n  super().__init__()\n  self.fc = nn.LazyLinear(n)\n"
        " def forward(self, x):\n  return self.fc(x.flatten(1))",
        "line 4, out_features",
        "n, which nothing in the text gives (line 3)",
        SETTLED,
    ),
    "no number": ("nn.Sequential(nn.Dropout(float('nan')))", "line 1, p", "NaN", "below 1"),
    "a power": ("nn.Sequential(nn.LazyLinear(9**9**9))", "line 1, out_features", "9**9**9", SETTLED),
    "three sides": ("nn.Sequential(nn.MaxPool2d((2, 3, 4)))", "line 1, kernel_size", "[2, 3, 4]", "a list of 2"),
    "a pad that is no number": (
        "nn.Sequential(nn.LazyConv2d(2, 4, padding='same'))",
        "line 1, padding",
        '"same"',
        "odd",
    ),
    "a stranger to torch": ("nn.Sequential(nn.ReLU(slope=1))", "line 1", "slope", "inplace"),
    "twice": ("nn.Sequential(nn.Linear(1, 2, out_features=2))", "line 1", "out_features twice", "once"),
    "too many": ("nn.Sequential(nn.Sigmoid(1))", "line 1", "Sigmoid", "at most 0"),
    "missing": ("nn.Sequential(nn.Conv2d(1, 6))", "line 1", "without kernel_size", "in_channels"),
    "a setting of torch alone": ("nn.Sequential(nn.MaxPool2d(2, dilation=2))", "line 1, dilation", "2", "default, 1"),
    "too large": ("nn.Sequential(nn.MaxPool2d(256))", "line 1, kernel_size", "256", "from 1 to 255"),
    "a product too large": (
        f"nn.Sequential(nn.MaxPool2d({'9' * 4000} * {'9' * 4000}))",
        "line 1, kernel_size",
        "999",
        SETTLED,
    ),
    "far too large": (f"nn.Sequential(nn.MaxPool2d({'9' * 5000}))", "line 1", "digits", "Python"),
    "an infinite p": ("nn.Sequential(nn.Dropout(1e999))", "line 1, p", "Infinity", "below 1"),
    "true": ("nn.Sequential(nn.MaxPool2d(True))", "line 1, kernel_size", "true", "whole number"),
    "a fraction": ("nn.Sequential(nn.Linear(7.0, 1))", "line 1", "7.0", "whole number"),
    "no channels": ("nn.Sequential(nn.Conv2d(-1, 6, 5))", "line 1", "-1", "1 or more"),
    "a huge input": ("# input: 1 × 28 × 99999\nnn.Sequential(nn.ReLU())", "input_shape[2]", "99999", "1 to 1,024"),
    "65 layers": (f"nn.Sequential({'nn.ReLU(),' * (MAX_LAYERS + 1)})", "line 1", "65 layers", "at most 64"),
    "no network": ("import os", "design", "no network", "an nn.Sequential"),
    "a layer that is taken out": (
        "net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU())[0]",
        "design",
        "no network",
        "an nn.Sequential",
    ),
    "an empty Sequential": ("net = nn.Sequential()", "design", "no network", "an nn.Sequential"),
    "two networks": (
        "a = nn.Sequential(nn.ReLU())\nb = nn.Sequential(nn.Tanh())",
        "design",
        "several networks: a, b",
        "by its name",
    ),
    "the same part twice": ("a = nn.Linear(2, 2)\nnn.Sequential(a, a)", "line 1", "a second time", "once each"),
    "a forward that branches": (
        FORWARD + "if x.mean() > 0: x = x.relu()\n  return self.net(x)",
        "line 5",
        "x.mean()",
        PASSED,
    ),
    "a forward without end": (FORWARD + "x = self.net(x)", "line 1", "no tensor", "its last layer"),
    "a sum of two paths": (FORWARD + "return x + self.net(x)", "line 5", "x + self.net(x)", PASSED),
    "a path that is kept": (FORWARD + "y = self.net(x)\n  y += x\n  return y", "line 6", "y += x", PASSED),
    "two ways out": (FORWARD + "x = self.net(x)\n  return x.tanh(), x.relu()", "line 6", "two ways out", PASSED),
    "a function that is no layer": (FORWARD + "return F.fold(self.net(x), 1)", "line 5", "F.fold", PASSED),
    "a flattened batch": (FORWARD + "return torch.flatten(self.net(x))", "line 5", "torch.flatten", "(x, 1)"),
    "a part that is not there": (FORWARD + "return self.head(x)", "line 5", "self.head", PASSED),
    "maps in another order": (FORWARD + "return self.net(x).permute(0, 2, 3, 1)", "line 5", "permute", PASSED),
    "a view that is no row": (FORWARD + "return self.net(x).view(-1, 2, 14, 28)", "line 5", "view", PASSED),
    "a network of words": (
        FORWARD.replace("nn.ReLU()", "nn.Embedding(9, 3)") + "return self.net(x)",
        "line 3",
        "nn.Embedding",
        KINDS,
    ),
    "no layer of torch": ("nn.Sequential(nn.ScaledTanh())", "line 1", "nn.ScaledTanh", KINDS),
    "no lists": ("nn.Sequential(PartialConv2d(1, 1, 3, 5))", "line 1, connections", "5", "at most 1,024 lists"),
    "a map of text": (
        "nn.Sequential(PartialConv2d(1, 1, 3, (('a',),)))",
        "line 1, connections[0][0]",
        '"a"',
        "a whole number",
    ),
    "lists too few": ("nn.Sequential(PartialConv2d(1, 2, 3, ((0,),)))", "layers[0].connections", "1 lists", "2, one"),
    "10,001 words": ("x " * 10_001, "design", "10,001 words and signs", "at most 10,000"),
    "brackets": ("(" * 121, "design", "deeper nesting", "at most 120 deep"),
    "accents": ("a" + "\u0301" * 1_001, "design", "a long word", "1,000 characters"),
    "named layers": ("nn.Sequential(a=nn.ReLU())", "line 1", "a named argument", KINDS),
    "no pairs": ("nn.Sequential(OrderedDict([nn.ReLU()]))", "line 1", "OrderedDict([nn.ReLU()])", KINDS),
    "no Python": ("nn.Sequential(\n  nn.ReLU() nn.ReLU())", "line 2", "no Python", "Python source"),
    "an empty text": ("", "design", "no network", "an nn.Sequential"),
    "a zero byte": ("nn.Sequential()\0", "line 1", "no Python", "Python source"),
    "half a character": ("nn.Sequential('\ud800')", "design", "not UTF-8", "UTF-8"),
    "64 KB": (" " * MAX_BYTES + "x", "design", "more than 65,536 bytes", "at most"),
    "without an end": ("while True: x = 1\nnet = nn.Sequential(x)", "line 1", "a long loop", KINDS),
    "calls without an end": ("def f(n): return f(n + 1)\nnet = nn.Sequential(f(1))", "design", "no network", ""),
    "MXNet": ("from mxnet.gluon import nn\nnet = nn.Sequential()\nnet.add(nn.Dense(3))", "line 2", "MXNet", "torch"),
    "Paddle": ("import paddle\nnet = paddle.nn.Sequential(paddle.nn.ReLU())", "line 2", "Paddle", "torch"),
    "Keras with branches": (
        "from keras.layers import *\nfrom keras.models import Model\nx = Input((9, 9, 1))\nm = Model(x, x)",
        "line 4",
        "Keras",
        "a Keras Sequential",
    ),
    "a layer of Keras": (
        "from keras.layers import LSTM\nfrom keras.models import Sequential\nm = Sequential([LSTM(3)])",
        "line 3",
        "Keras's LSTM",
        "Conv2D, MaxPooling2D",
    ),
    "a printed part with a forward": (
        "Net(\n  (block): Block(\n    (0): Conv2d(1, 1, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))\n  )\n)",
        "line 2",
        "Block, whose forward is not printed",
        "the program itself",
    ),
    "a prototxt": (
        'name: "LeNet"\nlayer {\n  name: "conv1"\n  type: "Convolution"\n  bottom: "data"\n}',
        "design",
        "Caffe",
        "PyTorch",
    ),
    "a slip beside what is not followed": (
        FORWARD.replace("nn.ReLU()", "nn.Conv2d(1, 4, 3), nn.Conv2d(5, 6, 3)")
        + "x = self.net(x)\n  return x + x.tanh()",
        "line 6",
        "besides, a slip in line 3: It is written for in_channels=5, but 4 come in",
        PASSED,
    ),
    "a slip behind what is not followed": (
        FORWARD.replace("nn.ReLU()", "nn.Linear(9, 8), nn.Dropout(), nn.ReLU(), nn.Linear(7, 6)")
        + "x = x + x.tanh()\n  return self.net(x)",
        "line 5",
        "besides, a slip in line 3: It is written for in_features=7, but 8 come in",
        PASSED,
    ),
    "what may have been changed": (
        "net = nn.Sequential(nn.ReLU())\nif flag:\n    net[0] = nn.Tanh()",
        "line 2",
        "flag",
        KINDS,
    ),
}


@pytest.mark.parametrize(("text", "where", "found", "allowed"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_names_the_line_what_is_there_and_what_may_be(
    text: str, where: str, found: str, allowed: str
) -> None:
    error = refused(text)
    assert error.where == where
    assert found in error.found
    assert allowed in error.allowed


def refused(text: str) -> DesignError:
    with pytest.raises(DesignError) as refusal:
        read_pytorch(text)
    assert str(refusal.value).isprintable()
    assert len(str(refusal.value)) < 500
    return refusal.value


DEEP = {
    "minus": "nn.Sequential(nn.ReLU(" + "-" * 60_000 + "1))",
    "attributes": "nn" + ".Sequential" * 5_000 + "()",
    "product": "nn.Sequential(nn.ReLU(1" + "*1" * 30_000 + "))",
    "brackets": "nn.Sequential(" * 4_000,
    "tuples": "nn.Sequential(nn.ReLU(" + "(" * 150 + "1," + ")," * 150 + "))",
    "calls": "nn.Sequential" + "()" * 30_000,
    "negations": "nn.Sequential(nn.ReLU(" + "not " * 15_000 + "1))",
    "product within bounds": "nn.Sequential(nn.MaxPool2d(1" + "*1" * 200 + "))",
    "statements": "x;" * 30_000,
    "comment": "# " * 30_000,
    "loops in loops": "for a in range(4000):\n for b in range(4000):\n  for c in range(4000):\n   d = a * b\n",
    "a list that grows": "a = [1]\nfor i in range(60):\n a = a + a\n",
    "a text that grows": "a = 'x'\nwhile True:\n a += a\n",
    "lists of lists in a network": "class N(nn.Module):\n def __init__(self):\n  a = []\n"
    "  for i in range(60):\n   a = [a, a]\n  self.a = a\n def forward(self, x):\n  return x.fold(self.a)\n",
    "lists of lists": "a = []\nfor i in range(4000):\n a = [a, a]\n",
    "lists doubled in place": "a = [1]\nfor i in range(60):\n a = [*a, *a]\n",
    "f-strings doubled": "a = 'x'\nfor i in range(60):\n a = f'{a}{a}'\n",
    "powers of powers": "a = 9\nfor i in range(60):\n a = pow(a, 64)\n",
    "deep lists compared": "a, b = [0], [0]\nfor i in range(60):\n a, b = [a, a], [b, b]\nc = a == b\n",
    "a list in itself": "a = []\na.append(a)\nnet = nn.Sequential(nn.Conv2d(1, 4, a))\n",
    "a diamond of classes": "class A: pass\nclass B: pass\n" + "class A(A, B): pass\nclass B(A, B): pass\n" * 40,
    "lists zipped": "a = [[1] * 4000] * 4000\nfor i in range(50):\n b = list(zip(*a))\n",
    "a rounding": "a = round(5, -1000000000)\n",
    "a module in a tuple": "nn.Sequential(nn.Conv2d(1, 4, (nn.ReLU(), 3)))",
    "comment lines": "# \n" * 20_000,
    "inputs": "# input: " + "1" * 60_000,
    "spaces in an input": "#" + " " * 60_000 + "x",
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_nothing_deep_or_long_is_followed_far(text: str) -> None:
    refused(text)


PIECES = [
    "",
    "(",
    ")",
    "[",
    ",",
    "*",
    "**",
    "-",
    "'",
    "nn.",
    "Lazy",
    "Sequential(",
    "9" * 20,
    "1e999",
    "\n",
    "True",
    "lambda: ",
]
SOURCES = [to_pytorch(PRESETS["lenet-d2l"].architecture), BOOK, COLOUR]
_cuts = st.lists(st.tuples(st.integers(0, 900), st.integers(0, 40), st.sampled_from(PIECES) | st.text(max_size=3)))


@given(st.sampled_from(SOURCES), _cuts)
def test_a_damaged_text_is_a_design_or_refused_in_words(source: str, cuts: list[tuple[int, int, str]]) -> None:
    for start, length, inserted in cuts:
        source = source[:start] + inserted + source[start + length :]
    _read_or_refused(source)


@given(st.text(st.characters(codec=None), max_size=60) | st.binary(max_size=60))
def test_any_text_is_a_design_or_refused_in_words(text: str | bytes) -> None:
    _read_or_refused(text)


def _read_or_refused(text: str | bytes) -> None:
    try:
        design = read_pytorch(text)
    except DesignError as refusal:
        words = str(refusal)
    else:
        words = "read"
        assert read_json(to_json(design)) == design
    assert words.isprintable()
    assert len(words) < 500
