"""The exported program: it runs as it is printed, makes the network that `build` makes, and holds no name's code."""

import ast
import io
import tokenize
from contextlib import redirect_stdout
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from msgspec.structs import replace
from torch import nn

from explorer.architecture.build import build
from explorer.architecture.errors import StackError
from explorer.architecture.export import ExportError, to_pytorch
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import trace
from tests.architecture.stacks import architectures

LENET = PRESETS["lenet-d2l"].architecture
LENET_SOURCE = """\
import torch
from torch import nn

# LeNet (the book)
# input: 1 × 28 × 28, 61,706 parameters
net = nn.Sequential(
    nn.Conv2d(in_channels=1, out_channels=6, kernel_size=5, padding=2),  # 6 × 28 × 28
    nn.Sigmoid(),                                                        # 6 × 28 × 28
    nn.AvgPool2d(kernel_size=2),                                         # 6 × 14 × 14
    nn.Conv2d(in_channels=6, out_channels=16, kernel_size=5),            # 16 × 10 × 10
    nn.Sigmoid(),                                                        # 16 × 10 × 10
    nn.AvgPool2d(kernel_size=2),                                         # 16 × 5 × 5
    nn.Flatten(),                                                        # 400
    nn.Linear(in_features=400, out_features=120),                        # 120
    nn.Sigmoid(),                                                        # 120
    nn.Linear(in_features=120, out_features=84),                         # 84
    nn.Sigmoid(),                                                        # 84
    nn.Linear(in_features=84, out_features=10),                          # 10
)

X = torch.randn(2, 1, 28, 28)  # 2 pictures
print(net(X).shape)
"""


def run(source: str) -> tuple[nn.Sequential, str]:
    """Run a program in a namespace of its own; give its network and what it printed."""
    namespace: dict[str, Any] = {}
    with redirect_stdout(io.StringIO()) as printed:
        exec(source, namespace)
    return namespace["net"], printed.getvalue()


def weights(network: nn.Sequential) -> list[tuple[str, tuple[int, ...]]]:
    """Give the network's weights in order, by their names within a layer, with their shapes."""
    return [(name.rpartition(".")[2], tuple(value.shape)) for name, value in network.state_dict().items()]


def test_lenet_reads_like_a_textbooks() -> None:
    assert to_pytorch(LENET) == LENET_SOURCE


@given(architectures())
def test_the_program_makes_the_network_that_is_built_and_prints_its_output(architecture: Architecture) -> None:
    traced = trace(architecture)
    assume(traced.error is None)
    assume(all(hasattr(nn, row.kind) for row in traced.rows))  # those of 1998 have no class there
    network, printed = run(to_pytorch(architecture))
    assert weights(network) == weights(build(architecture))
    assert repr([*network]) == repr([*build(architecture)])  # settings without weights, such as a stride
    assert printed == f"torch.Size({[2, *traced.output_shape]})\n"


def test_a_design_without_layers_is_a_program_too() -> None:
    network, printed = run(to_pytorch(replace(LENET, layers=())))
    assert (len(network), printed) == (0, "torch.Size([2, 1, 28, 28])\n")


@given(st.text(st.characters(codec=None), max_size=80))
@example("a\nimport os")
@example("a\r\x0c\x0b\x85\u2028\u2029import os")
@example("coding: utf-7 +AAo-import os")
@example('"""')
@example("a\\")
@example("{name} {0}")
def test_a_name_stays_in_its_comment(name: str) -> None:
    source = to_pytorch(replace(LENET, name=name))
    assert ast.dump(ast.parse(source)) == ast.dump(ast.parse(LENET_SOURCE))
    assert len(source.splitlines()) == len(LENET_SOURCE.splitlines())
    assert tokenize.detect_encoding(io.BytesIO(source.encode()).readline)[0] == "utf-8"


def test_a_design_that_does_not_fit_names_the_layer() -> None:
    with pytest.raises(StackError, match=r"^Layer 4 \(conv2\): The 5×5 kernel is larger than its 4×4 input"):
        to_pytorch(replace(LENET, input_shape=(1, 9, 9)))


def test_a_kind_that_torch_lacks_names_the_layer() -> None:
    with pytest.raises(ExportError, match=r"^Layer 2 \(tanh1\): torch\.nn has no ScaledTanh; change its kind"):
        to_pytorch(PRESETS["lenet5-1998"].architecture)
