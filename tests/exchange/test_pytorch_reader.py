"""PyTorch source as designs: what textbooks write is read as torch reads it."""

from typing import Any

import pytest
import torch
import torch.nn.functional as F  # noqa: F401, N812  # evaluated calls name it
from hypothesis import assume, example, given
from hypothesis import strategies as st
from msgspec.structs import replace
from torch import nn

from explorer.architecture.build import build
from explorer.architecture.kinds.activation import ReLU
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.historic import MAX_CONNECTIONS, PartialConv2d
from explorer.architecture.kinds.normalisation import LocalResponseNorm
from explorer.architecture.kinds.pooling import MaxPool2d
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import MAX_LAYERS, MAX_NAME, Architecture
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
        *(Conv2d(out_channels=6, kernel_size=5), ReLU(), MaxPool2d(kernel_size=2)),
        *(Conv2d(out_channels=16, kernel_size=5), ReLU(), MaxPool2d(kernel_size=2)),
        *(Flatten(), Linear(out_features=10, bias=False)),
    )


def test_the_longest_program_is_within_the_bounds_of_what_is_read() -> None:
    """All the connections allowed, each in a list of its own, and settings of many digits, under a name of brackets."""
    maps = tuple((number,) for number in range(MAX_CONNECTIONS))
    partial = PartialConv2d(out_channels=MAX_CONNECTIONS, kernel_size=1, connections=maps)
    long = [
        LocalResponseNorm(size=100 + number, alpha=-1.2345678901234567e-5, beta=-0.1 / 3, k=-1e-7 / 3)
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
    *(Conv2d(out_channels=6, kernel_size=5), ReLU(), MaxPool2d(kernel_size=2), Flatten()),
    *(Linear(out_features=84), ReLU(), Linear(out_features=10)),
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


def test_a_design_that_does_not_fit_is_opened_so_that_it_can_be_mended() -> None:
    assert trace(read("nn.Conv2d(1, 6, 5)", "nn.MaxPool2d(255)", "nn.Linear(1, 1)")).error is not None


@pytest.mark.filterwarnings("error")
def test_what_python_warns_of_in_a_text_is_nobodys_business(recwarn: pytest.WarningsRecorder) -> None:
    read("nn.ReLU()", before='pattern = "\\d"\nif 1or 2: pass\n')
    assert not recwarn.list
