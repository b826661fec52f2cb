"""The built network: its names, its parameters, and that it gives what the trace says."""

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from explorer.architecture.build import build, layer_names, settle
from explorer.architecture.errors import StackError
from explorer.architecture.kinds.activation import ReLU
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.normalisation import BatchNorm2d
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import MAX_LAYERS, Architecture
from explorer.architecture.trace import trace
from tests.architecture.stacks import any_layer, architectures


@given(st.lists(any_layer, max_size=MAX_LAYERS))
def test_names_are_unique_in_any_stack(layers: list[Layer]) -> None:
    assert len(set(layer_names(tuple(layers)))) == len(layers)


def test_names_are_unique_in_the_longest_stack_of_one_kind() -> None:
    assert len(set(layer_names((ReLU(),) * MAX_LAYERS))) == MAX_LAYERS


def test_lenet_is_named_as_papers_name_it() -> None:
    names = "conv1 sigmoid1 pool1 conv2 sigmoid2 pool2 flatten2 fc3 sigmoid3 fc4 sigmoid4 fc5"
    assert " ".join(layer_names(PRESETS["lenet-d2l"].architecture.layers)) == names


def test_alexnet_is_named_as_papers_name_it() -> None:
    names = layer_names(PRESETS["alexnet-d2l"].architecture.layers)
    weights_and_pools = [name for name in names if name.startswith(("conv", "fc", "pool"))]
    assert " ".join(weights_and_pools) == "conv1 pool1 conv2 pool2 conv3 conv4 conv5 pool5 fc6 fc7 fc8"


def test_a_repeated_name_gets_a_letter() -> None:
    layers = (Conv2d(out_channels=1, kernel_size=1), ReLU(), BatchNorm2d(), ReLU())
    assert layer_names(layers) == ("conv1", "relu1", "norm1", "relu1b")


@pytest.mark.slow
@given(architectures())
def test_built_network_has_the_rows_names_parameters_and_output(architecture: Architecture) -> None:
    traced = trace(architecture)
    assume(traced.error is None)
    network = build(architecture).eval()
    assert [name for name, _ in network.named_children()] == [row.name for row in traced.rows]
    counts = [sum(parameter.numel() for parameter in module.parameters()) for module in network]
    assert counts == [row.num_params for row in traced.rows]
    with torch.no_grad():
        assert network(torch.rand(2, *architecture.input_shape)).shape == (2, *traced.output_shape)


def test_a_network_that_does_not_fit_is_not_built() -> None:
    layers = (Flatten(), Conv2d(out_channels=6, kernel_size=5))
    with pytest.raises(StackError, match=r"^Layer 2 \(conv1\): It needs maps"):
        build(Architecture(name="x", input_shape=(1, 28, 28), layers=layers))


def test_what_a_layer_says_of_the_one_before_is_left_out_where_it_is_so_up_to_the_first_that_does_not_fit() -> None:
    said = (Conv2d(out_channels=4, kernel_size=3, in_channels=1), Flatten(), Linear(out_features=5, in_features=7))
    found = settle(Architecture("said", (1, 8, 8), said)).layers
    assert found == (Conv2d(out_channels=4, kernel_size=3), Flatten(), said[2])
    fits = settle(Architecture("fits", (1, 8, 8), (*said[:2], Linear(out_features=5, in_features=144)))).layers
    assert fits[2] == Linear(out_features=5)
