"""PyTorch source as designs: what textbooks write is read as torch reads it, all else is refused by its line."""

from typing import Any

import pytest
import torch
import torch.nn.functional as F  # noqa: F401, N812  # evaluated calls name it
from hypothesis import assume, example, given
from hypothesis import strategies as st
from msgspec.structs import replace
from torch import nn

from explorer.architecture import layers as kinds
from explorer.architecture.build import build
from explorer.architecture.errors import DesignError
from explorer.architecture.layers import MAX_CONNECTIONS
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import MAX_BYTES, MAX_LAYERS, MAX_NAME, Architecture, read_json, to_json
from explorer.architecture.trace import trace
from explorer.exchange.pytorch_reader import read_pytorch
from explorer.exchange.pytorch_source import to_pytorch
from tests.architecture.stacks import architectures

LENET = PRESETS["lenet-d2l"].architecture
BOOK = """
class LeNet(d2l.Classifier):
    def __init__(self, lr=0.1, num_classes=10):
        super().__init__()
        self.net = nn.Sequential(
            nn.LazyConv2d(6, kernel_size=5, padding=2), nn.Sigmoid(),
            nn.AvgPool2d(kernel_size=2, stride=2),
            nn.LazyConv2d(16, kernel_size=5), nn.Sigmoid(),
            nn.AvgPool2d(kernel_size=2, stride=2),
            nn.Flatten(),
            nn.LazyLinear(120), nn.Sigmoid(),
            nn.LazyLinear(84), nn.Sigmoid(),
            nn.LazyLinear(10))
"""
COLOUR = """
net = torch.nn.Sequential(OrderedDict([
    ("conv1", torch.nn.Conv2d(3, 6, (5, 5))), ("relu1", torch.nn.ReLU(inplace=True)), ("pool1", MaxPool2d((2, 2), 2)),
    ("conv2", nn.Conv2d(6, 16, 5)), ("relu2", nn.ReLU(True)), ("pool2", nn.MaxPool2d(2)),
    ("flat", nn.Flatten(1)), ("fc", nn.Linear(16 * 5 * 5, 10, False)),
]))
"""


def read(*layers: str, before: str = "") -> Architecture:
    return read_pytorch(f"{before}net = nn.Sequential({', '.join(layers)})")


@given(architectures())
def test_what_is_exported_reads_back_the_same(architecture: Architecture) -> None:
    assume(trace(architecture).error is None)
    assert read_pytorch(to_pytorch(architecture)) == architecture


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_saved_network_of_the_course_opens_as_itself(name: str, end: str) -> None:
    source = to_pytorch(PRESETS[name].architecture).replace("\n", end)
    assert read_pytorch(source.encode("utf-8-sig")) == PRESETS[name].architecture


@given(st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=80))
@example("input: 9 × 9 × 9")
@example("# input: 9 × 9 × 9")
@example(" a ")
def test_any_visible_name_is_kept(name: str) -> None:
    assume(name.isprintable() and name.strip())
    design = replace(LENET, name=name)
    assert read_pytorch(to_pytorch(design)) == design


def test_the_books_lenet_is_read_from_its_class() -> None:
    assert read_pytorch(BOOK) == replace(LENET, name="Network in PyTorch")


def test_numbers_decide_the_size_that_a_text_does_not_say() -> None:
    design = read_pytorch(COLOUR)
    assert design.input_shape == (3, 32, 32)
    assert design.layers == (
        *(kinds.Conv2d(out_channels=6, kernel_size=5), kinds.ReLU(), kinds.MaxPool2d(kernel_size=2)),
        *(kinds.Conv2d(out_channels=16, kernel_size=5), kinds.ReLU(), kinds.MaxPool2d(kernel_size=2)),
        *(kinds.Flatten(), kinds.Linear(out_features=10, bias=False)),
    )


def test_the_longest_program_is_within_the_bounds_of_what_is_read() -> None:
    """All the connections allowed, each in a list of its own, and settings of many digits, under a name of brackets."""
    maps = tuple((number,) for number in range(MAX_CONNECTIONS))
    partial = kinds.PartialConv2d(out_channels=MAX_CONNECTIONS, kernel_size=1, connections=maps)
    long = [
        kinds.LocalResponseNorm(size=100 + number, alpha=-1.2345678901234567e-5, beta=-0.1 / 3, k=-1e-7 / 3)
        for number in range(MAX_LAYERS - 1)
    ]
    design = Architecture(name="(" * MAX_NAME, input_shape=(1024, 64, 64), layers=(partial, *long))
    assert read_pytorch(to_pytorch(design)) == design


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("", (1, 28, 28)),
        ("# input: 1 x 40 x 30\n", (1, 40, 30)),
        ("X = torch.randn(1, 1, 40, 30)\n", (1, 40, 30)),
        ("X = torch.rand(size=(8, 1, 40, 30), dtype=torch.float32)\n", (1, 40, 30)),
        ("X = torch.zeros((1, 1, 40, 30))\n", (1, 40, 30)),
        ("X = torch.zeros(n, 1, 40, 30)\n", (1, 28, 28)),
    ],
)
def test_the_input_is_what_the_text_says_or_usual(text: str, shape: tuple[int, int, int]) -> None:
    assert read("nn.Conv2d(1, 6, 5)", before=text).input_shape == shape


def test_the_callers_input_comes_first() -> None:
    assert read_pytorch("# input: 1 × 9 × 9\nnn.Sequential()", (3, 8, 8)).input_shape == (3, 8, 8)


def test_a_network_without_convolutions_takes_its_input_from_its_first_number() -> None:
    assert read("nn.Flatten()", "nn.Linear(3 * 32 * 32, 10)").input_shape == (3, 32, 32)


LAYERS = (
    *(kinds.Conv2d(out_channels=6, kernel_size=5), kinds.ReLU(), kinds.MaxPool2d(kernel_size=2), kinds.Flatten()),
    *(kinds.Linear(out_features=84), kinds.ReLU(), kinds.Linear(out_features=10)),
)
FEATURES = "nn.Sequential(nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2))"
CLASSIFIER = "nn.Sequential(nn.Linear(864, 84), nn.ReLU(), nn.Linear(84, 10))"
CLASS = f"""
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = {FEATURES}
        self.fc1, self.name = nn.Linear(864, 84), "net"
        self.classifier = {CLASSIFIER}

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        \"\"\"Say what it does.\"\"\"
"""
LAYER_BY_LAYER = """
class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.pool = nn.MaxPool2d(2, 2)
        self.fc1 = nn.Linear(864, 84)
        self.fc2 = nn.Linear(84, 10)

    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        return self.fc2(x)

net = Net()
"""
PARTS = {
    "nested": f"nn.Sequential({FEATURES}, nn.Flatten(), {CLASSIFIER})",
    "named": f"f = {FEATURES}\nc = {CLASSIFIER}\nnet = nn.Sequential(f, nn.Flatten(), c)",
    "a repeated activation": "act = nn.ReLU()\nnn.Sequential(nn.Conv2d(1, 6, 5), act, nn.MaxPool2d(2), nn.Flatten(), "
    "nn.Linear(864, 84), act, nn.Linear(84, 10))",
    "in a dict": f"nn.Sequential(OrderedDict([('f', {FEATURES}), ('flat', nn.Flatten()), ('c', {CLASSIFIER})]))",
    "step by step": CLASS
    + "        x = self.features(x)\n        x = torch.flatten(x, 1)\n        x = self.classifier(x)"
    "\n        return x",
    "in one line": CLASS + "        return self.classifier(self.features(x).flatten(start_dim=1))",
    "by a view": CLASS
    + "        y = self.features(x)\n        y = y.view(y.size(0), -1)\n        return self.classifier(y)",
    "by a reshape": CLASS + "        x = self.features(x)\n        return self.classifier(x.reshape(x.shape[0], -1))",
    "layer by layer": LAYER_BY_LAYER,
    "annotated": LAYER_BY_LAYER.replace("self.fc1 =", "self.fc1: nn.Module ="),
    "two at once": LAYER_BY_LAYER.replace(
        "self.fc1 = nn.Linear(864, 84)\n        self.fc2 =", "self.fc1, self.fc2 = nn.Linear(864, 84),"
    ),
}


@pytest.mark.parametrize("text", PARTS.values(), ids=PARTS)
def test_a_network_in_parts_is_read_as_one(text: str) -> None:
    assert read_pytorch(text) == Architecture(name="Network in PyTorch", input_shape=(1, 28, 28), layers=LAYERS)


FORWARD = (
    "class Net(nn.Module):\n def __init__(self):\n  self.net = nn.Sequential(nn.ReLU())\n def forward(self, x):\n  "
)
FUNCTION_CALLS = [
    *("torch.nn.functional.relu(x)", "F.max_pool2d(x, 3, 2, 1, 1, True)"),
    *("F.relu(x)", "torch.sigmoid(x)", "x.tanh()", "F.leaky_relu(x, 0.2)", "F.elu(x)", "F.gelu(x)", "F.silu(x)"),
    *(
        "F.softplus(x)",
        "F.max_pool2d(x, 3, 2, 1)",
        "F.avg_pool2d(x, 3, 2, 1, True)",
        "F.adaptive_avg_pool2d(x, (2, 2))",
    ),
    *(
        "nn.functional.local_response_norm(x, 5, 0.001, 0.5, 2)",
        "torch.flatten(x, start_dim=1)",
        "x.view(x.size(0), -1)",
    ),
]


@pytest.mark.parametrize("call", FUNCTION_CALLS)
def test_a_function_means_what_it_means_to_torch(call: str) -> None:
    x = torch.randn(2, 4, 9, 9)
    design = read_pytorch(f"{FORWARD}return self.net({call})".replace("nn.ReLU()", ""), (4, 9, 9))
    assert torch.equal(build(design)(x), eval(call))


CALLS = [  # in torch's order; torch itself says what each means
    "nn.Conv2d(4, 6, 3, 2, 1, 2, 2, False)",
    "nn.Conv2d(4, 6, kernel_size=(3, 3), stride=[2, 2], padding_mode='zeros', device=None)",
    "nn.Conv2d(4, 6, 5, padding='same', dilation=2)",
    "nn.Conv2d(4, 6, 5, padding='valid')",
    "nn.MaxPool2d(3, 2, 1, 1, False, True)",
    "nn.AvgPool2d(3, None, 1, True)",
    "nn.AdaptiveAvgPool2d((2, 2))",
    "nn.BatchNorm2d(4, 1e-5, momentum=0.1)",
    "nn.LocalResponseNorm(5, 0.001, 0.5, 2)",
    "nn.LeakyReLU(-0.2, True)",
    "nn.ELU(1)",
    "nn.GELU('none')",
    "nn.Dropout(0.25)",
    "nn.Linear(12, 2 * 4, bias=True)",
]


@pytest.mark.parametrize("call", CALLS)
def test_a_call_means_what_it_means_to_torch(call: str) -> None:
    (ours,) = build(read_pytorch(f"nn.Sequential({call})", (4, 12, 12)))
    theirs = eval(call)
    assert _plain(ours) == _plain(theirs)


def _plain(module: nn.Module) -> dict[str, Any]:
    """Give a module's settings, pairs as one number, words for a padding as the number that torch makes of them."""
    settings = {name: value for name, value in vars(module).items() if not name.startswith("_") and name != "inplace"}
    if settings.get("padding") in ("same", "valid"):
        settings["padding"] = vars(module)["_reversed_padding_repeated_twice"][0]
    return {name: value[0] if isinstance(value, tuple | list) else value for name, value in settings.items()}


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
    "two sizes": ("nn.Sequential(nn.MaxPool2d((2, 3)))", "line 1, kernel_size", "(2, 3)", "square"),
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
    "a softmax": (FORWARD + "return F.log_softmax(self.net(x), dim=1)", "line 5", "F.log_softmax", "one after another"),
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


def test_a_design_that_does_not_fit_is_opened_so_that_it_can_be_mended() -> None:
    assert trace(read("nn.Conv2d(1, 6, 5)", "nn.MaxPool2d(255)", "nn.Linear(1, 1)")).error is not None


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
SOURCES = [to_pytorch(LENET), BOOK, COLOUR]
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
