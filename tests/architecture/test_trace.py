"""The trace against torch's own modules on real tensors, for random stacks of every kind of layer."""

from hypothesis import given

from explorer.architecture.spec import Architecture
from explorer.architecture.trace import Trace, trace
from tests.architecture.stacks import REFUSALS, Passed, architectures, pass_through


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
