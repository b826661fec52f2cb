"""Doubts are true of torch's own modules, and their mends end them."""

import torch
from hypothesis import given
from torch import nn

from explorer.architecture.build import build
from explorer.architecture.kinds.activation import ReLU
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.output import LogSoftmax, Softmax
from explorer.architecture.kinds.regularisation import Dropout
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture, check
from explorer.architecture.trace import trace
from tests.architecture.stacks import architectures

ROW = Architecture(
    name="row", input_shape=(1, 4, 5), layers=(Flatten(), Linear(out_features=7), Linear(out_features=3))
)


def test_two_dense_layers_are_the_one_map_that_the_doubt_counts() -> None:
    (doubt,) = trace(ROW).doubts
    network = build(ROW).double()
    one, other = (layer for layer in network if isinstance(layer, nn.Linear))
    single = nn.Linear(20, 3, dtype=torch.float64)
    with torch.no_grad():
        single.weight.copy_(other.weight @ one.weight)
        single.bias.copy_(other.weight @ one.bias + other.bias)
    pictures = torch.randn(8, 1, 4, 5, dtype=torch.float64)
    torch.testing.assert_close(network(pictures), single(pictures.flatten(1)))
    held, needed = (sum(param.numel() for param in module.parameters()) for module in (network, single))
    assert f"their {held} parameters do the work of {needed}." in doubt.cause


def test_the_work_counts_a_bias_only_where_there_is_one_and_a_bottleneck_is_named() -> None:
    def cause(*layers: Linear) -> str:
        row = Architecture(name="x", input_shape=(1, 4, 5), layers=(Flatten(), *layers))
        return trace(row).doubts[0].cause

    plain = cause(Linear(out_features=9, bias=False), Linear(out_features=5, bias=False))
    assert "their 225 parameters do the work of 100." in plain
    narrow = cause(Linear(out_features=2), Linear(out_features=20))
    assert narrow.endswith("one linear map of 20 to 20 values, of rank 2 at most.")


def test_a_dense_layer_on_maps_mixes_only_the_values_of_a_row() -> None:
    maps = Architecture(name="maps", input_shape=(2, 4, 5), layers=(Linear(out_features=3),))
    (doubt,) = trace(maps).doubts
    assert "connects the 5 values of each row by themselves, 8 times, and not all 40 values" in doubt.cause
    picture = torch.zeros(1, 2, 4, 5)
    network = build(maps)
    changed = picture.clone()
    changed[0, 1, 2] = 1.0
    differs = (network(picture) != network(changed)).any(dim=-1)
    assert differs.nonzero().tolist() == [[0, 1, 2]]


def test_each_presets_doubts() -> None:
    doubtful = {name: len(found) for name, preset in PRESETS.items() if (found := trace(preset.architecture).doubts)}
    assert doubtful == {"lenet-pytorch": 1}


def test_dropout_bends_nothing_and_an_activation_does() -> None:
    def with_between(layer: Dropout | ReLU) -> Architecture:
        return Architecture(
            name="x", input_shape=(1, 4, 5), layers=(ROW.layers[0], ROW.layers[1], layer, ROW.layers[2])
        )

    assert len(trace(with_between(Dropout())).doubts) == 1
    assert not trace(with_between(ReLU())).doubts


@given(architectures())
def test_every_mend_ends_its_doubt(architecture: Architecture) -> None:
    traced = trace(architecture)
    for doubt in traced.doubts:
        for repair in doubt.repairs:
            left = [other.cause for other in trace(check(repair.architecture)).doubts]
            assert doubt.cause not in left


def test_a_softmax_at_the_end_is_doubted_by_the_loss_that_torch_cannot_pass() -> None:
    bare = (Flatten(), Linear(out_features=10))
    traced = trace(Architecture("x", (1, 4, 4), (*bare, Softmax(dim=1))))
    (doubt,) = traced.doubts
    sure = torch.nn.functional.one_hot(torch.tensor([3]), 10).float()  # the best that a softmax can say
    assert f"below {nn.CrossEntropyLoss()(sure, torch.tensor([3])):.2f}," in doubt.cause
    assert [repair.architecture.layers for repair in doubt.repairs] == [bare]
    assert trace(Architecture("x", (1, 4, 4), (*bare, LogSoftmax(dim=1)))).doubts == ()
