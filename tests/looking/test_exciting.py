"""What excites a map: the responses are the network's own, and the frame is what a response really hangs on."""

import pytest
import torch

from explorer.architecture.analysis.reach import sight_at
from explorer.architecture.build import build, layer_names
from explorer.architecture.presets import PRESETS
from explorer.looking.exciting import AT_ONCE, NoSuchLayerError, Responses, alike_maps, nine_strongest, responses
from explorer.looking.maps import maps

LENET = PRESETS["lenet-d2l"].architecture
PICTURES = AT_ONCE + 3


@pytest.mark.parametrize("layer", ["conv1", "pool2", "flatten2", "fc5"])
def test_each_response_is_the_largest_value_of_its_map(layer: str) -> None:
    torch.manual_seed(0)
    network, inputs = build(LENET).eval(), torch.rand(PICTURES, *LENET.input_shape)
    found = responses(network, inputs, layer=layer)
    for picture in (0, AT_ONCE - 1, AT_ONCE, PICTURES - 1):
        alone = maps(network, inputs[picture])[layer]
        every = alone.flatten(start_dim=1) if alone.dim() == 3 else alone[:, None]
        assert torch.allclose(found.values[picture], every.amax(dim=1), atol=1e-6)
        there = every.gather(1, found.places[picture][:, None])[:, 0]
        assert torch.allclose(there, found.values[picture], atol=1e-6)


def test_the_nine_are_the_strongest_of_all_in_their_order() -> None:
    torch.manual_seed(1)
    found = responses(build(LENET).eval(), torch.rand(PICTURES, *LENET.input_shape), layer="conv2")
    nine = nine_strongest(found, channel=5)
    values = found.values[:, 5]
    assert values[nine].tolist() == sorted(values.tolist(), reverse=True)[:9]
    even = torch.arange(PICTURES) % 2 == 0
    nine = nine_strongest(found, channel=5, among=even)
    assert even[nine].all()
    assert values[nine].tolist() == sorted(values[even].tolist(), reverse=True)[:9]
    assert nine_strongest(found, channel=5, among=torch.arange(PICTURES) == 3).tolist() == [3]


@pytest.mark.parametrize("layer", ["conv1", "pool1", "conv2", "pool2"])
def test_a_response_hangs_on_every_edge_of_its_frame_and_on_nothing_beyond(layer: str) -> None:
    torch.manual_seed(2)
    network = build(LENET).eval().double()
    index, inputs = layer_names(LENET.layers).index(layer), torch.rand(1, 1, 28, 28, dtype=torch.float64)
    inputs.requires_grad_()
    outputs = network[: index + 1](inputs)
    row, column = outputs.shape[2] - 1, 2
    outputs[0, 0, row, column].backward()
    assert inputs.grad is not None
    hangs = inputs.grad[0, 0].nonzero()
    seen = sight_at(LENET, index, (row, column))
    assert seen is not None
    edges = [(hangs[:, axis].min().item(), hangs[:, axis].max().item() + 1) for axis in (0, 1)]
    assert seen.box == (edges[0][0], edges[1][0], edges[0][1], edges[1][1])


def test_what_a_network_does_not_have_is_said_with_what_it_has() -> None:
    network, inputs = build(LENET).eval(), torch.rand(1, *LENET.input_shape)
    with pytest.raises(NoSuchLayerError, match=r"found 'conv9'; this network has conv1, .*fc5"):
        responses(network, inputs, layer="conv9")
    with pytest.raises(NoSuchLayerError, match="found 16; this layer's go from 0 to 15"):
        nine_strongest(responses(network, inputs, layer="conv2"), channel=16)


def test_a_map_that_responds_alike_to_all_pictures_is_named() -> None:
    values = torch.tensor([[0.0, 1.0, -2.0], [0.0, 1.5, -2.0]])
    assert alike_maps(Responses(values, torch.zeros(2, 3))).tolist() == [0, 2]
