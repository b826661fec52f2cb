"""What torchinfo prints of a network opens as that network: torchinfo itself and torch are the witnesses."""

from collections.abc import Sequence

import pytest
import torchinfo
import torchvision
from torch import Tensor, nn
from torch.nn import functional

from explorer.architecture.build import build
from explorer.architecture.errors import DesignError
from explorer.architecture.kinds.pooling import MaxPool2d
from explorer.architecture.presets import PRESETS
from explorer.architecture.trace import trace
from explorer.exchange.opening import open_network

COLUMNS = ("kernel_size", "input_size", "output_size", "num_params", "mult_adds")
HISTORIC = {
    "lenet5-1998": "Subsample2d, whose settings are in no table",
    "alexnet-2012": "LocalResponseNorm, whose settings are in no table",
}


def table(network: nn.Module, shape: Sequence[int], columns: Sequence[str] = COLUMNS, *, depth: int = 3) -> str:
    made = torchinfo.summary(network, (1, *shape), col_names=columns, depth=depth, verbose=0, device="cpu")
    return f"what a notebook says before\n{made}\n"


def opened(text: str) -> list[tuple[tuple[int, ...], int]]:
    traced = trace(open_network(text.encode()).architecture)
    assert traced.error is None
    return [(row.output_shape, row.num_params) for row in traced.rows]


def rows_of(network: nn.Module, shape: Sequence[int]) -> list[tuple[tuple[int, ...], int]]:
    made = torchinfo.summary(network, (1, *shape), verbose=0, device="cpu").summary_list
    return [(tuple(row.output_size[1:]), row.num_params) for row in made if row.is_leaf_layer]


@pytest.mark.parametrize("name", [name for name in PRESETS if name not in HISTORIC])
def test_the_table_of_a_course_network_opens_as_its_rows(name: str) -> None:
    design = PRESETS[name].architecture
    found = opened(table(build(design), design.input_shape))
    assert found == [(row.output_shape, row.num_params) for row in trace(design).rows]


@pytest.mark.parametrize("name", HISTORIC)
def test_a_layer_whose_settings_no_table_has_is_refused(name: str) -> None:
    design = PRESETS[name].architecture
    text = table(build(design), design.input_shape)
    with pytest.raises(DesignError) as refused:
        open_network(text.encode())
    assert HISTORIC[name] in refused.value.found


class Net(nn.Module):
    """Layers in parts, a layout by a function, groups, no biases, a kernel of two sides."""

    def __init__(self) -> None:
        super().__init__()
        self.maps = nn.Sequential(
            nn.Conv2d(3, 8, (5, 3), stride=2, padding=(2, 1), bias=False),
            nn.BatchNorm2d(8),
            nn.PReLU(),
            nn.Sequential(nn.Conv2d(8, 8, 3, padding=1, groups=4), nn.LeakyReLU(), nn.AvgPool2d(3, 1)),
            nn.AdaptiveAvgPool2d(4),
        )
        self.scores = nn.Linear(8 * 16, 7, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        maps: Tensor = self.maps(x)
        found: Tensor = self.scores(maps.flatten(1))
        return found


def test_parts_groups_and_a_flatten_that_forward_does_are_found() -> None:
    network = Net()
    found = opened(table(network, (3, 32, 30)))
    assert [row for row in found if row != ((128,), 0)] == rows_of(network, (3, 32, 30))
    design = open_network(table(network, (3, 32, 30)).encode()).architecture
    assert [type(layer).__name__ for layer in design.layers][-2:] == ["Flatten", "Linear"]
    assert sum(each.numel() for each in build(design).parameters()) == sum(p.numel() for p in network.parameters())


def test_torchvisions_alexnet_opens_from_its_table() -> None:
    network = torchvision.models.alexnet(weights=None)
    found = trace(open_network(table(network, (3, 224, 224)).encode(), file="alexnet.txt").architecture)
    expected = trace(PRESETS["alexnet-torchvision"].architecture)
    assert [(row.settings, row.output_shape) for row in found.rows if row.kind != "Dropout"] == [
        (row.settings, row.output_shape) for row in expected.rows if row.kind != "Dropout"
    ]
    assert found.architecture.name == "alexnet"


def test_a_pooling_whose_stride_no_size_says_moves_by_its_kernel() -> None:
    design = open_network(table(nn.Sequential(nn.MaxPool2d(4)), (2, 4, 4)).encode()).architecture
    assert design.layers == (MaxPool2d(kernel_size=4, stride=4),)


class Pooled(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first, self.last = nn.Conv2d(1, 4, 3), nn.Conv2d(4, 4, 3)

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.last(functional.max_pool2d(self.first(x), 2))
        return found


class Twice(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.only = nn.Conv2d(4, 4, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.only(self.only(x))
        return found


HEADER = "Layer (type)  Kernel Shape  Input Shape  Output Shape  Param #\n"
SMALL = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU())
REFUSED: dict[str, tuple[str, str, str]] = {
    "the usual columns": (
        table(SMALL, (1, 9, 9), ("output_size", "num_params")),
        "Input Shape and Kernel",
        "col_names",
    ),
    "a function between two rows": (table(Pooled(), (1, 12, 12)), "4 × 5 × 5 where 4 × 10 × 10", "program"),
    "weights that are used twice": (table(Twice(), (4, 8, 8)), "weights stand in another row", "of their own"),
    "parts with a forward": (table(torchvision.models.resnet18(), (3, 64, 64), depth=5), "BasicBlock", "Sequential"),
    "an unknown layer": (table(nn.Sequential(nn.GRU(4, 4)), (3, 4)), "GRU", "known"),
    "rows of numbers": (table(nn.Sequential(nn.Linear(4, 4)), (4,)), "pictures of 4", "channels"),
    "no layer": (HEADER, "without a layer", "col_names"),
    "sizes that nothing gives": (
        table(SMALL, (1, 9, 9)).replace("[1, 4, 7, 7]", "[1, 4, 8, 7]"),
        "no stride and padding",
        "col_names",
    ),
    "no sizes": (f"{HEADER}ReLU: 1-1  --  --  --  --\n", "without what comes in", "col_names"),
    "a kernel of nothing": (f"{HEADER}MaxPool2d: 1-1  0  [1, 4, 9, 9]  [1, 4, 9, 9]  --\n", "two sides", "col_names"),
    "a kernel beyond bounds": (
        f"{HEADER}Conv2d: 1-1  [{9**20}, 9]  [1, 4, 9, 9]  [1, 4, 9, 9]  {'9' * 5000}\n",
        "two sides",
        "col_names",
    ),
    "counts that nothing gives": (table(SMALL, (1, 9, 9)).replace(" 40 ", " 41 "), "41 parameters", "col_names"),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_a_table_that_says_too_little_is_refused_with_what_would_say_it(case: tuple[str, str, str]) -> None:
    text, found, allowed = case
    with pytest.raises(DesignError) as refused:
        open_network(text.encode())
    assert found in refused.value.found
    assert allowed in f"{refused.value.found} {refused.value.allowed}"
