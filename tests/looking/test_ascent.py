"""Gradient ascent: what it finds excites a map more than any test picture, within its rules, the same each time."""

import pytest
import torch
from torch import nn

from explorer.architecture.build import build
from explorer.architecture.edit import replace_activations
from explorer.architecture.presets import PRESETS
from explorer.looking.ascent import ascent
from explorer.looking.exciting import NoSuchLayerError

BLACK = torch.zeros(1, 28, 28)


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return build(replace_activations(PRESETS["lenet-d2l"].architecture, "ReLU")).eval()


@pytest.mark.parametrize(("layer", "channel"), [("conv1", 3), ("relu2", 9), ("fc4", 5), ("fc5", 9)])
def test_the_picture_excites_the_map_more_than_random_ones(layer: str, channel: int) -> None:
    net = network()
    found = ascent(net, BLACK, layer=layer, channel=channel)
    part = net[: [name for name, _ in net.named_children()].index(layer) + 1]
    with torch.inference_mode():
        others = part(torch.rand(500, 1, 28, 28, generator=torch.Generator().manual_seed(1)))[:, channel]
        mine = part(found.picture[None])[0, channel]
    assert mine.mean() > others.flatten(start_dim=1).mean(dim=1).max() if others.dim() > 1 else mine > others.max()
    assert found.value == mine.max()
    assert 0 <= found.picture.min() < found.picture.max() <= 1
    assert not found.is_stuck
    assert torch.equal(found.picture, ascent(net, BLACK, layer=layer, channel=channel).picture)


def test_a_dead_map_has_no_picture_and_it_says_so() -> None:
    net = network()
    nn.init.constant_(dict(net.named_children())["conv1"].bias, -100.0)  # type: ignore[arg-type]
    found = ascent(net, BLACK, layer="relu1", channel=0)
    assert found.is_stuck
    assert found.value == 0


def test_other_weights_give_another_picture() -> None:
    torch.manual_seed(1)
    other = build(replace_activations(PRESETS["lenet-d2l"].architecture, "ReLU")).eval()
    pictures = [ascent(net, BLACK, layer="fc5", channel=0).picture for net in (network(), other)]
    assert (pictures[0] - pictures[1]).abs().max() > 0.2


def test_what_is_not_there_is_refused() -> None:
    with pytest.raises(NoSuchLayerError, match="conv9"):
        ascent(network(), BLACK, layer="conv9", channel=0)
    with pytest.raises(NoSuchLayerError, match="map: found 6"):
        ascent(network(), BLACK, layer="conv1", channel=6)
