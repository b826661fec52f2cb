"""PyTorch source as designs: what textbooks write is read as torch reads it."""

import pytest
import torch.nn.functional as F  # noqa: F401, N812  # evaluated calls name it
from hypothesis import assume, example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from explorer.architecture.kinds.activation import ReLU
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.historic import MAX_CONNECTIONS, PartialConv2d
from explorer.architecture.kinds.normalisation import LocalResponseNorm
from explorer.architecture.kinds.pooling import MaxPool2d
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import MAX_LAYERS, MAX_NAME, Architecture, is_written
from explorer.architecture.trace import trace
from explorer.exchange.networks.reader import read_python
from explorer.exchange.pytorch_source import to_pytorch
from tests.architecture.stacks import architectures
from tests.exchange.networks.reading import read_pytorch

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
@example("👩\u200d💻\u3000net")
def test_any_visible_name_is_kept(name: str) -> None:
    assume(is_written(name) and name.strip())
    design = replace(LENET, name=name)
    assert read_pytorch(to_pytorch(design)) == design


def test_the_books_lenet_is_read_from_its_class() -> None:
    assert read_pytorch(BOOK) == replace(LENET, name="LeNet")


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
        ("# 40x30x1 is what 输入 means: 输入 40 * 30 * 1\n", (1, 40, 30)),
        ("# one kernel of an input: 5 x 5\n", (1, 28, 28)),
        ("X = torch.randn(1, 1, 40, 30)\n", (1, 40, 30)),
        ("X = torch.rand(size=(8, 1, 40, 30), dtype=torch.float32)\n", (1, 40, 30)),
        ("X = torch.zeros((1, 1, 40, 30))\n", (1, 40, 30)),
        ("X = torch.zeros(n, 1, 40, 30)\n", (1, 40, 30)),
        ("box = torch.ones(1, 1, 5, 5)\n", (1, 28, 28)),
        ("size = transforms.Resize((40, 30))\n", (1, 40, 30)),
    ],
)
def test_the_input_is_what_the_text_says_or_usual(text: str, shape: tuple[int, int, int]) -> None:
    passed = "\nnet(X)" if "X" in text else ""
    assert read_pytorch(f"{text}net = nn.Sequential(nn.Conv2d(1, 6, 5)){passed}").input_shape == shape


def test_a_table_of_a_network_says_its_input() -> None:
    text = "net = nn.Sequential(nn.Conv2d(1, 6, 5))\nsummary(net, (1, 40, 30))"
    assert read_pytorch(f"from torchsummary import summary\n{text}").input_shape == (1, 40, 30)


def test_the_first_dense_layer_decides_where_no_usual_size_fits() -> None:
    read = read_python("net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(2 * 43 * 43, 5))")
    assert read.architecture.input_shape == (1, 45, 45)
    assert read.input_from == "the one size that its first dense layer fits"


@pytest.mark.parametrize(
    ("layers", "index"),
    [
        ("nn.Flatten(), nn.Linear(784, 120), nn.ReLU(), nn.Linear(84, 10)", 3),
        ("nn.Conv2d(1, 6, 5), nn.ReLU(), nn.Conv2d(16, 6, 5)", 2),
        ("nn.Conv2d(1, 6, 5), nn.BatchNorm2d(7), nn.ReLU()", 1),
    ],
)
def test_a_wrong_number_opens_at_its_row_with_its_repairs(layers: str, index: int) -> None:
    error = trace(read_pytorch(f"net = nn.Sequential({layers})")).error
    assert error is not None
    assert error.index == index
    assert error.cause.startswith("It is written for ")
    assert all(trace(repair.architecture).error is None for repair in error.repairs[:2])
    assert error.repairs[0].label.startswith("Set ")


def test_a_network_for_rows_of_pixels_opens_with_the_flatten_that_it_lacks_as_its_first_repair() -> None:
    traced = trace(read_pytorch("net = nn.Sequential(nn.Linear(784, 120), nn.ReLU(), nn.Linear(120, 10))"))
    assert traced.error is not None
    assert traced.error.repairs[0].label == "Insert Flatten before it"
    assert trace(traced.error.repairs[0].architecture).error is None


def test_a_view_with_a_wrong_number_is_wrong_in_the_dense_layer_behind_it() -> None:
    body = "x = self.conv(x).view(-1, 400)\n        return self.fc(x)"
    for size in (400, 2304):
        text = VIEWED.format(size=size, body=body)
        error = trace(read_pytorch(text, (1, 28, 28))).error
        assert error is not None
        assert (error.kind, error.cause) == ("Linear", "It is written for in_features=400, but 2,304 come in.")


def test_the_callers_input_comes_first() -> None:
    assert read_pytorch("# input: 1 × 9 × 9\nnn.Sequential(nn.ReLU())", (3, 8, 8)).input_shape == (3, 8, 8)


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
    name = "Net" if "class" in text else "Network in PyTorch"
    assert read_pytorch(text) == Architecture(name=name, input_shape=(1, 28, 28), layers=LAYERS)


VIEWED = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 5)
        self.fc = nn.Linear({size}, 10)

    def forward(self, x):
        {body}
"""
FORWARD = (
    "class Net(nn.Module):\n def __init__(self):\n  self.net = nn.Sequential(nn.ReLU())\n def forward(self, x):\n  "
)


def test_a_design_that_does_not_fit_is_opened_so_that_it_can_be_mended() -> None:
    assert trace(read("nn.Conv2d(1, 6, 5)", "nn.MaxPool2d(255)", "nn.Flatten()", "nn.Linear(7, 1)")).error is not None


@pytest.mark.filterwarnings("error")
def test_what_python_warns_of_in_a_text_is_nobodys_business(recwarn: pytest.WarningsRecorder) -> None:
    read("nn.ReLU()", before='pattern = "\\d"\nif 1or 2: pass\n')
    assert not recwarn.list


def test_what_a_forward_keeps_is_forgotten_between_the_sizes_that_are_tried() -> None:
    text = """class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.calls = 0
        self.conv = nn.Conv2d(1, 4, 3)
        self.fc = nn.Linear(4 * 41 * 41, 10)
    def forward(self, x):
        self.calls += 1
        x = self.conv(x)
        if self.calls > 1:
            x = torch.tanh(x)
        return self.fc(torch.flatten(x, 1))
"""
    design = read_pytorch(text)
    assert design.input_shape == (1, 43, 43)
    assert [type(layer).__name__ for layer in design.layers] == ["Conv2d", "Flatten", "Linear"]


def test_a_class_that_another_begins_from_is_no_network_to_choose() -> None:
    text = """class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)
    def forward(self, x):
        return self.conv(x)
class Net(Base):
    def forward(self, x):
        return torch.relu(super().forward(x))
"""
    assert [type(layer).__name__ for layer in read_pytorch(text).layers] == ["Conv2d", "ReLU"]
