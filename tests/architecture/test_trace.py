"""The trace against torch's own modules on real tensors, for random stacks of every kind of layer."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given

from explorer.architecture.build import fit
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.normalisation import BatchNorm2d, LocalResponseNorm
from explorer.architecture.kinds.shape import ZeroPad2d
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import MAX_LAYERS, Architecture, check
from explorer.architecture.trace import Trace, trace
from tests.architecture.stacks import REFUSALS, Passed, architectures, pass_through

ROOT = Path(__file__).parents[2]


@given(architectures())
def test_agrees_with_torch_on_real_tensors(architecture: Architecture) -> None:
    passed, refusal = _ask_torch(architecture)
    traced = trace(architecture)
    assert [(row.output_shape, row.num_params) for row in traced.rows] == [
        (layer.output_shape, layer.num_params) for layer in passed
    ]
    assert (traced.error is not None) == (refusal is not None), refusal


def _ask_torch(architecture: Architecture) -> tuple[list[Passed], Exception | None]:
    passed = list[Passed]()
    try:
        passed.extend(pass_through(architecture))
    except REFUSALS as refusal:
        return passed, refusal
    return passed, None


@given(architectures())
def test_each_refusal_is_explained_at_the_layer_after_the_last_row(architecture: Architecture) -> None:
    error = trace(architecture).error
    if error:
        assert error.index == len(trace(architecture).rows)
        assert not error.cause.startswith("torch refuses"), error.cause


@given(architectures())
def test_columns_sum_to_the_totals_and_shapes_connect(architecture: Architecture) -> None:
    check_invariants(trace(architecture))


def check_invariants(traced: Trace) -> None:
    """Hold a trace against what must be true of any."""
    for column in ("num_params", "num_trainable", "mult_adds", "neurons", "connections", "output_bytes", "param_bytes"):
        assert getattr(traced.totals, column) == sum(getattr(row, column) for row in traced.rows), column
    shapes = [traced.architecture.input_shape, *(row.output_shape for row in traced.rows)]
    assert [row.input_shape for row in traced.rows] == shapes[:-1]
    assert traced.output_shape == shapes[-1]


FILLERS: dict[str, Callable[[int], Layer]] = {  # those that take longest, and what is found beside them
    "BatchNorm2d": lambda place: BatchNorm2d(eps=place / 1_000),
    "LocalResponseNorm": lambda place: LocalResponseNorm(size=3 + place),
    "Conv2d": lambda place: Conv2d(out_channels=3 + place, kernel_size=3, padding=1),
    "ZeroPad2d": lambda place: ZeroPad2d(padding=1),
}


@pytest.mark.parametrize("filler", FILLERS.values(), ids=FILLERS)
def test_the_longest_search_for_repairs_passes_few_layers(filler: Callable[[int], Layer]) -> None:
    """A large stride long before a window that nothing fits: of each stride that is tried, all layers are new."""
    first = Conv2d(out_channels=16, kernel_size=1, stride=(255, 254))
    last = Conv2d(out_channels=3, kernel_size=255, dilation=64)
    layers = (first, *(filler(place) for place in range(MAX_LAYERS - 2)), last)
    fit.cache_clear()
    found = trace(check(Architecture("a", (1, 1_024, 1_024), layers)))
    assert found.error is not None
    assert found.error.index == MAX_LAYERS - 1
    assert fit.cache_info().misses <= 16 * MAX_LAYERS


@pytest.mark.slow
def test_the_texts_networks_are_traced_without_torchs_compiler() -> None:
    """It takes a second to load, and 115 MB; only weights of 1998's own kinds need it."""
    names = [name for name in PRESETS if name != "lenet5-1998"]
    program = f"""
import sys
from explorer.architecture.presets import PRESETS
from explorer.architecture.trace import trace
print([trace(PRESETS[name].architecture).error for name in {names}], "torch._dynamo" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"{[None] * len(names)} False"
