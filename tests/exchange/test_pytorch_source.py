"""The exported program: it runs as it is printed, makes the network that `build` makes, and holds no name's code."""

import ast
import io
import subprocess
import sys
import tokenize
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, TypeGuard, cast

import pytest
import torch
from hypothesis import assume, example, given
from hypothesis import strategies as st
from msgspec.structs import replace
from torch import Tensor, nn

from explorer.architecture.build import build
from explorer.architecture.errors import StackError
from explorer.architecture.historic import modules
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.historic import GaussianRBF
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import trace
from explorer.exchange.pytorch_source import to_pytorch
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
    check_same(architecture, *run(to_pytorch(architecture)))


def check_same(architecture: Architecture, network: nn.Sequential, printed: str) -> None:
    """Hold a program's network against the one that is built: settings, weights, and outputs for the same weights."""
    built, x = build(architecture).eval(), torch.rand(2, *architecture.input_shape)
    assert weights(network) == weights(built)
    assert [parameter.requires_grad for parameter in network.parameters()] == [
        parameter.requires_grad for parameter in built.parameters()
    ]
    assert settings(network) == settings(built)
    network.load_state_dict(dict(zip(network.state_dict(), built.state_dict().values(), strict=True)))
    with torch.no_grad():
        outputs, expected = network.eval()(x), built(x)
    assert torch.allclose(outputs, expected, rtol=1e-3, atol=1e-4, equal_nan=True)
    assert printed == f"torch.Size({[*expected.shape]})\n"


def settings(network: nn.Sequential) -> list[str]:
    """Give the settings of torch's own modules, such as a stride; those of 1998 are compared by what they compute."""
    return [repr(module) for module in network if type(module).__module__.startswith("torch.")]


@pytest.mark.slow
def test_each_network_of_the_course_is_a_program_that_runs_as_it_is_printed(tmp_path: Path) -> None:
    """In an interpreter of their own, where every warning is an error, one after another."""
    count = "print(sum(parameter.numel() for parameter in net.parameters()))"
    for name, preset in PRESETS.items():
        (tmp_path / f"{name}.py").write_text(f"{to_pytorch(preset.architecture)}\n{count}\n", "utf-8")
    run_all = "import runpy, sys; [runpy.run_path(path) for path in sys.argv[1:]]"
    files = [str(tmp_path / f"{name}.py") for name in PRESETS]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", run_all, *files], capture_output=True, text=True, check=False
    )
    traces = [trace(preset.architecture) for preset in PRESETS.values()]
    expected = [f"torch.Size({[2, *traced.output_shape]})\n{traced.totals.num_params}\n" for traced in traces]
    assert done.stdout == "".join(expected), done.stderr


def test_fixed_codes_are_the_same_in_the_program() -> None:
    sizes = ((84, 10), (20, 10), (84, 7))
    layers = (Flatten(), *(layer for size in sizes for layer in _coded(*size)))
    design = Architecture(name="codes", input_shape=(1, 2, 2), layers=layers)
    network, _ = run(to_pytorch(design))
    ours = [cast(Tensor, module.weight) for module in network if type(module).__name__ == "GaussianRBF"]
    theirs = [module.weight for module in build(design) if isinstance(module, modules.GaussianRBF)]
    assert all(torch.equal(one, other) for one, other in zip(ours, theirs, strict=True))
    assert len(ours) == len(sizes)


def _coded(in_features: int, out_features: int) -> tuple[Layer, Layer]:
    return Linear(out_features=in_features), GaussianRBF(out_features=out_features)


def test_only_the_classes_that_a_design_needs_are_defined() -> None:
    defined = {
        name: [node.name for node in ast.parse(to_pytorch(PRESETS[name].architecture)).body if is_definition(node)]
        for name in ("lenet-d2l", "lenet5-1998")
    }
    five = ["ScaledTanh", "PartialConv2d", "Subsample2d", "codes", "GaussianRBF"]
    assert defined == {"lenet-d2l": [], "lenet5-1998": five}


def is_definition(node: ast.stmt) -> TypeGuard[ast.ClassDef | ast.FunctionDef]:
    return isinstance(node, ast.ClassDef | ast.FunctionDef)


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
