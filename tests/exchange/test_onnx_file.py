"""The ONNX file: ONNX Runtime computes from it what torch computes, for any number of pictures, every kind included."""

from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import pytest
import torch
from msgspec.structs import replace

from explorer.architecture.build import build
from explorer.architecture.kinds import KINDS
from explorer.architecture.kinds.activation import (
    ELU,
    GELU,
    LeakyReLU,
    PReLU,
    ReLU,
    ReLU6,
    ScaledTanh,
    Sigmoid,
    SiLU,
    Softplus,
    Tanh,
)
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.historic import GaussianRBF, PartialConv2d, Subsample2d
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.normalisation import BatchNorm1d, BatchNorm2d, LocalResponseNorm
from explorer.architecture.kinds.output import LogSoftmax, Softmax
from explorer.architecture.kinds.pooling import AdaptiveAvgPool2d, AdaptiveMaxPool2d, AvgPool2d, MaxPool2d, Pool2d
from explorer.architecture.kinds.regularisation import Dropout, Dropout2d
from explorer.architecture.kinds.shape import Flatten, Identity, ZeroPad2d
from explorer.architecture.presets import C3, PRESETS
from explorer.architecture.spec import Architecture
from explorer.exchange.onnx_file import SEED, OnnxError, file_size, why_not_onnx, write_onnx
from tests.architecture.random_stacks import random_stack

GRAPH = 50_000  # bytes at most for all in a file that is no weight
FULL = "alexnet-torchvision"  # the others that are large get narrow dense layers, to spare a test gigabytes
SLIDING = (
    Conv2d(out_channels=6, kernel_size=3, stride=2, padding=2, dilation=2, groups=2, bias=False),
    MaxPool2d(kernel_size=3, stride=2, padding=1, ceil_mode=True),
    AvgPool2d(kernel_size=3, stride=2, padding=1, ceil_mode=True),
)
EVERY_KIND = (
    *(Conv2d(out_channels=6, kernel_size=5), ScaledTanh(), Subsample2d(kernel_size=3)),
    *(PartialConv2d(out_channels=16, kernel_size=5, connections=C3), BatchNorm2d(), LeakyReLU()),
    *(*SLIDING, LocalResponseNorm(size=4, alpha=0.5), AdaptiveMaxPool2d(output_size=(6, 8)), Dropout2d()),
    *(ZeroPad2d(padding=(1, 0, 2, 1)), ReLU6(), AdaptiveAvgPool2d(output_size=(5, 3)), Softmax(dim=1), Flatten()),
    *(BatchNorm1d(), ELU(), GELU(), SiLU(), Softplus(), Dropout(), Tanh(), PReLU(num_parameters=90), Identity()),
    *(Linear(out_features=20), ReLU(), Sigmoid(), GaussianRBF(out_features=7), LogSoftmax(dim=1)),
)

pytestmark = pytest.mark.slow  # a file is written and run for each case


def narrow(layer: Layer) -> Layer:
    return replace(layer, out_features=64) if isinstance(layer, Linear) and layer.out_features > 999 else layer


def check(architecture: Architecture, path: Path) -> None:
    """Hold ONNX Runtime's outputs against torch's, for one picture and for three, with the weights of the seed.

    The file passes ONNX's own check, shapes included.
    """
    write_onnx(architecture, path)
    onnx.checker.check_model(path, full_check=True)
    torch.manual_seed(SEED)
    network, session = build(architecture).eval(), onnxruntime.InferenceSession(path)
    for number in (1, 3):
        x = torch.rand(number, *architecture.input_shape)
        outputs: npt.NDArray[np.float32] = session.run(["scores"], {"pictures": x.numpy()})[0]
        with torch.no_grad():
            np.testing.assert_allclose(outputs, network(x).numpy(), rtol=1e-4, atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("name", PRESETS)
def test_a_network_of_the_course_computes_the_same_and_its_file_is_as_large_as_was_said(
    name: str, tmp_path: Path
) -> None:
    full = PRESETS[name].architecture
    design = full if name == FULL else replace(full, layers=tuple(map(narrow, full.layers)))
    check(design, tmp_path / "network.onnx")
    assert (tmp_path / "network.onnx").stat().st_size == pytest.approx(file_size(design), rel=0.05, abs=GRAPH)


def test_every_kind_computes_the_same(tmp_path: Path) -> None:
    assert {type(layer).__name__ for layer in EVERY_KIND} == set(KINDS)
    check(Architecture(name="every kind", input_shape=(2, 60, 64), layers=EVERY_KIND), tmp_path / "network.onnx")


@pytest.mark.parametrize("seed", [seed for seed in range(60) if not why_not_onnx(random_stack(seed))][:5])
def test_random_stacks_compute_the_same(seed: int, tmp_path: Path) -> None:
    check(random_stack(seed), tmp_path / "network.onnx")


ROUNDED = (
    ((7, 7), 2, 2, 1),  # the last window would lie in the padding alone, in height and width
    ((5, 5), 1, 3, 0),
    ((7, 6), 2, 2, 1),  # in height alone, and in width nothing is left over
    ((7, 8), (2, 3), 2, 1),  # in height alone, and in width a last window is half outside
    ((8, 7), (3, 2), 2, 1),
    ((8, 8), 3, 2, 1),  # both half outside
)


@pytest.mark.parametrize("kind", [MaxPool2d, AvgPool2d])
@pytest.mark.parametrize("sizes", ROUNDED)
def test_a_pooling_that_rounds_up_is_written_so_that_onnx_counts_its_windows_as_torch_does(
    kind: type[Pool2d], sizes: tuple[tuple[int, int], int | tuple[int, int], int, int], tmp_path: Path
) -> None:
    size, kernel_size, stride, padding = sizes
    pooling = kind(kernel_size=kernel_size, stride=stride, padding=padding, ceil_mode=True)
    layers = cast(tuple[Layer, ...], (pooling,))
    check(Architecture(name="x", input_shape=(2, *size), layers=layers), tmp_path / "network.onnx")


WIDE = Linear(out_features=100_000)


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ((BatchNorm1d(),), "Layer 1 (norm0): It needs a row of numbers"),
        ((), "without layers"),
        ((Flatten(), WIDE, WIDE), "10,078,600,000 parameters are 40.3 GB"),
    ],
)
def test_a_design_that_makes_no_file_says_why(layers: tuple[Layer, ...], words: str, tmp_path: Path) -> None:
    design = Architecture(name="x", input_shape=(1, 28, 28), layers=layers)
    with pytest.raises(OnnxError) as refusal:
        write_onnx(design, tmp_path / "network.onnx")
    assert words in str(refusal.value)
    assert not [*tmp_path.iterdir()]
