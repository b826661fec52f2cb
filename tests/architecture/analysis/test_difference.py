"""Which layer stands for which: nothing is lost, order is kept, and the originals pair with their modern versions."""

from hypothesis import given

from explorer.architecture.analysis.difference import Pair, align
from explorer.architecture.build import layer_names
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from tests.architecture.stacks import architectures


@given(architectures(), architectures())
def test_every_layer_stands_once_and_in_order(one: Architecture, other: Architecture) -> None:
    pairs = align(one.layers, other.layers)
    assert [pair.ours for pair in pairs if pair.ours is not None] == [*range(len(one.layers))]
    assert [pair.theirs for pair in pairs if pair.theirs is not None] == [*range(len(other.layers))]


@given(architectures())
def test_a_stack_stands_for_itself(architecture: Architecture) -> None:
    places = range(len(architecture.layers))
    assert align(architecture.layers, architecture.layers) == [Pair(place, place) for place in places]


def _named(ours: str, theirs: str) -> list[tuple[str, str]]:
    mine, yours = PRESETS[ours].architecture.layers, PRESETS[theirs].architecture.layers
    one, other = layer_names(mine), layer_names(yours)
    return [
        ("-" if pair.ours is None else one[pair.ours], "-" if pair.theirs is None else other[pair.theirs])
        for pair in align(mine, yours)
    ]


def test_lenet_5_beside_the_books() -> None:
    named = _named("lenet5-1998", "lenet-d2l")
    weights = [
        pair for pair in named if pair[0].startswith(("conv", "fc", "rbf")) or pair[1].startswith(("conv", "fc"))
    ]
    assert weights == [("conv1", "conv1"), ("conv2", "conv2"), ("conv3", "fc3"), ("fc4", "fc4"), ("rbf5", "fc5")]


def test_alexnet_of_2012_beside_one_tower_lacks_only_the_normalisations_there() -> None:
    named = _named("alexnet-2012", "alexnet-227")
    assert [pair for pair in named if "-" in pair] == [("norm1", "-"), ("norm2", "-")]
