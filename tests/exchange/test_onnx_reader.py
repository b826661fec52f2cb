"""ONNX files as designs: what is read computes what ONNX Runtime computes from the file, and nothing crashes."""

from contextlib import suppress
from pathlib import Path
from typing import cast

import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto

from explorer.architecture.errors import DesignError
from explorer.architecture.kinds import KINDS
from explorer.architecture.kinds.activation import ReLU
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.normalisation import LocalResponseNorm
from explorer.architecture.kinds.pooling import AdaptiveAvgPool2d, AdaptiveMaxPool2d, AdaptivePool2d, AvgPool2d, Pool2d
from explorer.architecture.kinds.regularisation import Dropout
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture, check
from explorer.exchange.onnx_file import why_not_onnx
from explorer.exchange.onnx_reader import read_onnx
from tests.architecture.random_stacks import random_stack
from tests.exchange.onnx_files import computes_the_same, narrowed, node, older_file, own_file, random, written_out
from tests.exchange.test_onnx_file import EVERY_KIND

pytestmark = pytest.mark.slow  # a file is written and run for each case

SEEDS = [seed for seed in range(200) if not why_not_onnx(random_stack(seed))]
LENET = PRESETS["lenet-d2l"].architecture


def as_tested(design: Architecture) -> tuple[Layer, ...]:
    """Give the layers that an exporter writes of a network of the course: there is no dropout in a test.

    An adaptive pooling to the size that its maps have already is one of single pixels.
    """
    single = AvgPool2d(kernel_size=1)
    kept = [layer for layer in design.layers if not isinstance(layer, Dropout)]
    return tuple(single if isinstance(layer, AdaptiveAvgPool2d) else layer for layer in kept)


@pytest.mark.slow
@pytest.mark.parametrize("name", PRESETS)
def test_what_the_program_writes_of_a_network_of_the_course_it_reads_again(name: str, tmp_path: Path) -> None:
    design = narrowed(PRESETS[name].architecture)
    read = computes_the_same(own_file(design, tmp_path))
    assert read.input_shape == design.input_shape
    assert read.layers == as_tested(design)


@pytest.mark.slow
@pytest.mark.parametrize(("opset", "any_number"), [(9, True), (11, False), (17, True), (20, False)])
@pytest.mark.parametrize("name", PRESETS)
def test_what_torchs_older_exporter_writes_of_it_is_read(name: str, opset: int, any_number: bool) -> None:
    design = narrowed(PRESETS[name].architecture)
    assert computes_the_same(older_file(design, opset=opset, any_number=any_number)).layers == as_tested(design)


@pytest.mark.parametrize("seed", SEEDS[:5])
def test_random_stacks_are_read_as_the_program_writes_them(seed: int, tmp_path: Path) -> None:
    computes_the_same(own_file(random_stack(seed), tmp_path))


@pytest.mark.slow
def test_every_kind_is_read_as_the_program_writes_it(tmp_path: Path) -> None:
    read = computes_the_same(own_file(Architecture("every kind", (2, 60, 64), EVERY_KIND), tmp_path))
    kinds = {type(layer).__name__ for layer in read.layers}
    assert set(KINDS) - kinds == {"Dropout", "Dropout2d", "Identity"}


@pytest.mark.parametrize(
    ("kind", "output_size"),
    [
        (AdaptiveAvgPool2d, (3, 2)),
        (AdaptiveAvgPool2d, (5, 3)),
        (AdaptiveMaxPool2d, (4, 7)),
        (AdaptiveMaxPool2d, (6, 1)),
    ],
)
def test_an_adaptive_pooling_comes_back_as_one(
    kind: type[AdaptivePool2d], output_size: tuple[int, int], tmp_path: Path
) -> None:
    layers = cast(tuple[Layer, ...], (kind(output_size=output_size), ReLU()))
    assert computes_the_same(own_file(Architecture("x", (2, 5, 7), layers), tmp_path)).layers == layers


def is_written_otherwise(design: Architecture) -> bool:
    """Tell whether there is a layer that the older exporter cannot write, or whose windows ONNX counts otherwise."""
    unlike = any(isinstance(layer, AdaptivePool2d) for layer in design.layers)
    return unlike or any(isinstance(layer, Pool2d) and layer.ceil_mode for layer in design.layers)


@pytest.mark.parametrize("seed", [seed for seed in SEEDS if not is_written_otherwise(random_stack(seed))][:30])
def test_random_stacks_are_read_as_the_older_exporter_writes_them(seed: int) -> None:
    opset = (9, 11, 13, 17, 20)[seed % 5]
    computes_the_same(older_file(random_stack(seed), opset=opset, any_number=seed % 2 == 0))


def tensor(dims: list[int], *, elsewhere: bool = False) -> bytes:
    """Write a file whose one weight says these dims, or lies elsewhere."""
    model = onnx.ModelProto.FromString(written_out(node("Conv", "x", "w"), {"w": random(4, 2, 3, 3)}))
    weight = model.graph.initializer[0]
    weight.ClearField("dims")
    weight.dims.extend(dims)
    if elsewhere:
        weight.data_location = TensorProto.EXTERNAL
        weight.external_data.add(key="location", value="/etc/passwd")
    return bytes(model.SerializeToString())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (tensor([2**40, 2, 3, 3]), "found 72 values for the shape [1099511627776, 2, 3, 3]"),
        (tensor([-1, 2, 3, 3]), "found 72 values for the shape [-1, 2, 3, 3]"),
        (tensor([2**62, 4, 3, 3]), "found 72 values"),
        (tensor([4, 2, 3, 3], elsewhere=True), 'tensor "w": found values in another file'),
    ],
)
def test_a_hostile_weight_is_refused_before_anything_is_made_of_it(data: bytes, words: str) -> None:
    with pytest.raises(DesignError) as refusal:
        read_onnx(data)
    assert words in str(refusal.value)


SAMPLES = [older_file(LENET, opset=opset, any_number=True) for opset in (9, 17)] + [
    older_file(PRESETS["lenet5-1998"].architecture, opset=17, any_number=False),
    older_file(Architecture("x", (2, 5, 5), (LocalResponseNorm(size=3),)), opset=17, any_number=True),
]


@given(st.sampled_from(SAMPLES), st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=6)), min_size=1, max_size=4))
def test_a_file_with_other_bytes_is_a_design_or_refused(data: bytes, changes: list[tuple[float, bytes]]) -> None:
    changed = bytearray(data)
    for place, other in changes:
        start = int(place * len(changed))
        changed[start : start + len(other)] = other
    try:
        design = read_onnx(bytes(changed))
    except DesignError:
        return
    assert check(design) == design


@given(st.sampled_from(SAMPLES), st.floats(0, 1))
def test_a_file_that_ends_early_is_a_design_or_refused(data: bytes, share: float) -> None:
    with suppress(DesignError):
        read_onnx(data[: int(share * len(data))])
