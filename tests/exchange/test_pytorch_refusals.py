"""PyTorch source that is no design of ours: refused by its line, in words, however long, deep or damaged it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.architecture.errors import DesignError
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import MAX_BYTES, MAX_LAYERS, read_json, to_json
from explorer.exchange.pytorch_reader import read_pytorch
from explorer.exchange.pytorch_source import to_pytorch
from tests.exchange.test_pytorch_reader import BOOK, COLOUR, FORWARD

CHAIN = "nn.Conv2d(1, 6, 5),\n  nn.Conv2d({}, 16, 5)"
REFUSED: dict[str, tuple[str, str, str, str]] = {  # text, where, found, allowed
    "a layer that is added later": (
        "net = nn.Sequential(nn.ReLU())\nnet.append(nn.Tanh())",
        "line 2",
        "net.append",
        "its layers written out",
    ),
    "a layer that is put in later": (
        "net = nn.Sequential(nn.ReLU())\nnet[0] = nn.Tanh()",
        "line 2",
        "net",
        "written out",
    ),
    "a flatten that lays out the batch too": (
        f"{FORWARD}return torch.flatten(self.net(x), end_dim=-1)",
        "line 5",
        "torch.flatten",
        "torch.flatten(x, 1)",
    ),
    "no layer of ours": ("nn.Sequential(\n\n  nn.GRU(3))", "line 3", "nn.GRU", "one of the kinds Conv2d, MaxPool2d"),
    "a class of another module": ("nn.Sequential(mine.Conv2d(1, 2, 3))", "line 1", "mine.Conv2d", "one of the kinds"),
    "a module of torch.nn": ("nn.Sequential(nn.Module())", "line 1", "nn.Module", "one of the kinds"),
    "a call of something": ("nn.Sequential(__import__('os').system('x'))", "line 1", "__import__", "one of the kinds"),
    "an import": ("nn.Sequential(__import__('os'))", "line 1", "__import__", "one of the kinds"),
    "a class, not a layer": ("nn.Sequential(nn.ReLU)", "line 1", "nn.ReLU", "one of the kinds"),
    "unpacked layers": ("nn.Sequential(*blocks)", "line 1", "*blocks", "one of the kinds"),
    "unpacked arguments": ("nn.Sequential(nn.ReLU(*a))", "line 1, inplace", "*a", "written out"),
    "unpacked names": ("nn.Sequential(nn.ReLU(**a))", "line 1", "the argument **", "inplace"),
    "a name": ("nn.Sequential(nn.LazyLinear(num_classes))", "line 1, out_features", "num_classes", "written out"),
    "a call for a number": ("nn.Sequential(nn.Dropout(float('nan')))", "line 1, p", "float", "written out"),
    "a power": ("nn.Sequential(nn.LazyLinear(9**9**9))", "line 1, out_features", "9**9**9", "written out"),
    "three sides": (
        "nn.Sequential(nn.MaxPool2d((2, 3, 4)))",
        "line 1, kernel_size",
        "[2, 3, 4]",
        "a list of 2",
    ),
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
        "beyond",
        "255",
    ),
    "far too large": (f"nn.Sequential(nn.MaxPool2d({'9' * 5000}))", "line 1", "digits", "Python"),
    "a product with a fraction": (f"nn.Sequential(nn.Dropout(1e300 * {'9' * 999}))", "line 1, p", "1e300", "written"),
    "an infinite p": ("nn.Sequential(nn.Dropout(1e999))", "line 1, p", "Infinity", "below 1"),
    "true": ("nn.Sequential(nn.MaxPool2d(True))", "line 1, kernel_size", "true", "whole number"),
    "a fraction": ("nn.Sequential(nn.Linear(7.0, 1))", "line 1", "7.0", "whole number"),
    "channels": (f"nn.Sequential({CHAIN.format(8)})", "line 2, in_channels", "8", "6, since the layer before gives"),
    "features": (
        "# input: 1 × 28 × 28\nnn.Sequential(nn.Flatten(), nn.Linear(400, 10))",
        "line 2, in_features",
        "400",
        "784",
    ),
    "features of no usual size": (
        "nn.Sequential(nn.Flatten(), nn.Linear(7, 1))",
        "line 1, in_features",
        "7",
        "'# input: 3 × 64",
    ),
    "no channels": ("nn.Sequential(nn.Conv2d(-1, 6, 5))", "input_shape[0]", "-1", "1 to 1,024"),
    "a huge input": ("# input: 1 × 28 × 99999\nnn.Sequential()", "input_shape[2]", "99999", "1 to 1,024"),
    "65 layers": (f"nn.Sequential({'nn.ReLU(),' * (MAX_LAYERS + 1)})", "line 1", "65 layers", "at most 64"),
    "no network": ("import os", "design", "no nn.Sequential", "one nn.Sequential"),
    "two networks": ("a = nn.Sequential()\nb = nn.Sequential()", "line 2", "a second", "one"),
    "the same part twice": ("a = nn.Linear(2, 2)\nnn.Sequential(a, a)", "line 2", "a a second time", "once each"),
    "a name of two parts": (
        "a = nn.ReLU()\na = nn.Tanh()\nnn.Sequential(a)",
        "line 3",
        "more than once",
        "one meaning",
    ),
    "a network in itself": ("net = nn.Sequential(net)", "design", "no nn.Sequential", "one nn.Sequential"),
    "networks nine deep": ("nn.Sequential(" * 10 + ")" * 10, "line 1", "deeper nesting", "at most 8 deep"),
    "a class and a network": (FORWARD + "return x\nnn.Sequential()", "line 6", "a second nn.Sequential", "one class"),
    "two classes": ((FORWARD + "return x\n") * 2, "line 6", "a second class", "one class"),
    "a forward that branches": (FORWARD + "if x: pass", "line 5", "another statement", "assignments"),
    "a forward without end": (FORWARD + "x = self.net(x)", "line 4", "without return", "return at the end"),
    "a forward of two tensors": (FORWARD.replace("x)", "x, y)") + "return x", "line 4", "other arguments", "(self, x)"),
    "a sum of two paths": (FORWARD + "return x + self.net(x)", "line 5", "something else", "one after another"),
    "a function that is no layer": (
        FORWARD + "return F.fold(self.net(x), 1)",
        "line 5",
        "F.fold",
        "one after another",
    ),
    "a flattened batch": (FORWARD + "return torch.flatten(self.net(x))", "line 5", "torch.flatten", "(x, 1)"),
    "a part that is not there": (FORWARD + "return self.head(x)", "line 5", "self.head", "one of the kinds"),
    "no layer of torch": ("nn.Sequential(nn.ScaledTanh())", "line 1", "nn.ScaledTanh", "one of the kinds"),
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
    "named layers": ("nn.Sequential(a=nn.ReLU())", "line 1", "a named argument", "OrderedDict"),
    "a dict": ("nn.Sequential(OrderedDict({}))", "line 1", "something else", "(name, layer)"),
    "no pairs": ("nn.Sequential(OrderedDict([nn.ReLU()]))", "line 1", "no pair", "name"),
    "no Python": ("nn.Sequential(\n  nn.ReLU() nn.ReLU())", "line 2", "no Python", "Python source"),
    "a wide comma": ("nn.Sequential(nn.ReLU()，)", "line 1", "no Python", "Python source"),
    "an empty text": ("", "design", "no nn.Sequential", "one"),
    "a zero byte": ("nn.Sequential()\0", "line 1", "no Python", "Python source"),
    "half a character": ("nn.Sequential('\ud800')", "design", "not UTF-8", "UTF-8"),
    "64 KB": (" " * MAX_BYTES + "x", "design", "more than 65,536 bytes", "at most"),
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
    "product within bounds": "nn.Sequential(nn.ReLU(1" + "*1" * 200 + "))",
    "statements": "x;" * 30_000,
    "comment": "# " * 30_000,
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
