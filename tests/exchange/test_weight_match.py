"""Trained weights find their layers by shape and order: held against the networks that they were saved from."""

import itertools
from collections import OrderedDict

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from torch import Tensor, nn
from torchvision.models import alexnet

from explorer.architecture.build import build
from explorer.architecture.kinds.activation import ReLU
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.normalisation import BatchNorm2d
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.exchange.weight_file import WeightFileError
from explorer.exchange.weight_match import match_weights
from explorer.looking.maps import network_with

LENET = PRESETS["lenet-keras"].architecture
NORMED = Architecture(
    "normed",
    (1, 8, 8),
    (
        *(Conv2d(out_channels=4, kernel_size=3, padding=1), BatchNorm2d(), ReLU()),
        *(Conv2d(out_channels=4, kernel_size=3, padding=1), BatchNorm2d(), ReLU()),
        *(Flatten(), Linear(out_features=8), ReLU(), Linear(out_features=8), ReLU(), Linear(out_features=3)),
    ),
)


def drawn(architecture: Architecture, seed: int = 0) -> nn.Sequential:
    """Build a network whose every number, running statistics and counts among them, is drawn."""
    torch.manual_seed(seed)
    network = build(architecture)
    for value in network.state_dict().values():
        value.copy_(
            torch.randint(1, 9, value.shape) if not value.is_floating_point() else torch.rand(value.shape) + 0.1
        )
    return network


def renamed(weights: dict[str, Tensor], names: list[str]) -> dict[str, Tensor]:
    """Call the layers of a state dict otherwise, in their order."""
    layers = dict(zip(dict.fromkeys(name.rpartition(".")[0] for name in weights), names, strict=False))
    return {f"{layers[name.rpartition('.')[0]]}.{name.rpartition('.')[2]}": each for name, each in weights.items()}


@pytest.mark.slow
@pytest.mark.parametrize("in_order", [True, False], ids=["as saved", "sorted by name"])
def test_torchvisions_alexnet_fits_and_answers_as_torchvisions_own(in_order: bool) -> None:
    torch.manual_seed(1)
    witness = alexnet(weights=None).eval()
    weights = witness.state_dict()
    given_order = weights if in_order else dict(sorted(weights.items()))
    design = PRESETS["alexnet-torchvision"].architecture
    found = match_weights(design, given_order)
    assert found.sources["conv1"] == "features.0"
    assert found.sources["fc8"] == "classifier.6"
    pictures = torch.rand(2, 3, 224, 224)
    with torch.inference_mode():
        assert torch.equal(network_with(design, found.weights)(pictures), witness(pictures))


@pytest.mark.parametrize("prefix", ["", "module.", "module._orig_mod.", "backbone.", "a.b.c."])
@pytest.mark.parametrize("preset", ["lenet-d2l", "lenet5-1998", "alexnet-28"])
def test_a_design_s_own_weights_come_back_under_any_prefix(preset: str, prefix: str) -> None:
    design = PRESETS[preset].architecture
    own = drawn(design).state_dict()
    found = match_weights(design, {prefix + name: value for name, value in own.items()}).weights
    assert found.keys() == own.keys()
    assert all(torch.equal(found[name], own[name]) for name in own)


@given(order=st.permutations("abcdefg"), counts=st.booleans())
def test_layers_in_any_order_find_their_places_and_of_two_alike_the_first_the_first(
    order: list[str], counts: bool
) -> None:
    theirs = renamed(drawn(NORMED).state_dict(), list("abcdefg"))
    shuffled = {name: theirs[name] for layer in order for name in theirs if name.startswith(f"{layer}.")}
    if not counts:
        shuffled = {name: each for name, each in shuffled.items() if not name.endswith("num_batches_tracked")}
    norms = sorted("bd", key=order.index)  # both normalise four channels
    found = match_weights(NORMED, shuffled)
    assert list(found.sources.values()) == ["a", norms[0], "c", norms[1], "e", "f", "g"]


def test_of_layers_alike_the_first_takes_the_first() -> None:
    design = Architecture("deep", (8, 1, 1), (Flatten(), *itertools.repeat(Linear(out_features=8), 12)))
    own = drawn(design).state_dict()
    names = [f"layers.{number}" for number in range(12)]
    found = match_weights(design, renamed(own, names))
    assert list(found.sources.values()) == names
    assert all(torch.equal(found.weights[name], own[name]) for name in own)


def test_running_statistics_come_and_a_count_that_is_missing_is_0() -> None:
    own = drawn(NORMED).state_dict()
    theirs = {name: value for name, value in own.items() if not name.endswith("num_batches_tracked")}
    found = match_weights(NORMED, renamed(theirs, [f"x{number}" for number in range(7)])).weights
    assert all(torch.equal(found[name], theirs[name]) for name in theirs)
    assert {int(found[name]) for name in own if name.endswith("num_batches_tracked")} == {0}
    network_with(NORMED, found)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_other_precisions_become_float32(dtype: torch.dtype) -> None:
    own = drawn(LENET).state_dict()
    found = match_weights(LENET, {name: value.to(dtype) for name, value in own.items()}).weights
    assert {value.dtype for value in found.values()} == {torch.float32}
    assert all(torch.equal(found[name], own[name].to(dtype).float()) for name in own)


def test_the_design_s_own_names_are_heard_before_the_order() -> None:
    own = drawn(NORMED).state_dict()
    found = match_weights(NORMED, dict(reversed(own.items()))).weights
    assert all(torch.equal(found[name], own[name]) for name in own)


@pytest.mark.parametrize("shared", [torch.rand(8, 8), torch.rand(1).expand(8, 8)], ids=["tied", "one number"])
def test_what_is_taken_shares_no_memory_with_the_file_or_among_itself(shared: Tensor) -> None:
    design = Architecture("tied", (8, 1, 1), (Flatten(), Linear(out_features=8), Linear(out_features=8)))
    tied = {"a.weight": shared, "a.bias": torch.rand(8), "b.weight": shared, "b.bias": torch.rand(8)}
    found = match_weights(design, tied).weights
    assert len({value.data_ptr() for value in found.values()}) == len(found)
    assert all(value.is_contiguous() for value in found.values())


def changed(**named: Tensor | None) -> dict[str, Tensor]:
    """Give LeNet's weights by other names, with some taken out or in another shape; `_` in a name is a dot."""
    own = renamed(drawn(LENET).state_dict(), ["c1", "c2", "f1", "f2", "f3"])
    other = own | {name.replace("_", "."): value for name, value in named.items() if value is not None}
    return {name: value for name, value in other.items() if named.get(name.replace(".", "_"), value) is not None}


@pytest.mark.parametrize(
    ("tensors", "words"),
    [
        (
            changed(c2_weight=torch.zeros(16, 6, 3, 3)),
            "conv2 has weight 16 × 6 × 5 × 5 and bias 16 in the design, and c2 has weight 16 × 6 × 3 × 3 and bias 16 "
            "in the file. Change conv2 in the design",
        ),
        (
            changed(f3_weight=torch.zeros(1_000, 84), f3_bias=torch.zeros(1_000)),
            "fc5 has weight 10 × 84 and bias 10 in the design, and f3 has weight 1,000 × 84 and bias 1,000 in the file",
        ),
        (changed(f1_bias=None), "and f1 has weight 120 × 400 in the file."),
        (
            changed(f3_weight=None, f3_bias=None),
            "fc5 has weight 10 × 84 and bias 10 in the design, and the file has no weights for it. The design has 5 "
            "layers with weights, the file 4.",
        ),
        (
            changed(aux_weight=torch.zeros(3, 3)),
            "aux has weight 3 × 3 in the file, and the design has no layer for it. The design has 5 layers with "
            "weights, the file 6.",
        ),
        (
            changed(c1_scale=torch.tensor(1.0)),
            "c1 has weight 6 × 1 × 5 × 5, bias 6 and scale of one number in the file",
        ),
        ({"steps": torch.tensor(3)}, "The design has 5 layers with weights, the file 0."),
    ],
)
def test_a_misfit_says_which_layer_has_which_shape_on_either_side(tensors: dict[str, Tensor], words: str) -> None:
    with pytest.raises(WeightFileError) as refused:
        match_weights(LENET, tensors)
    assert words in str(refused.value)
    assert "design that these weights were trained with" in str(refused.value)


def test_a_design_that_does_not_fit_itself_or_has_no_weights_is_refused() -> None:
    own = drawn(LENET).state_dict()
    with pytest.raises(WeightFileError, match=r"Layer 4 \(conv2\).*Change the design"):
        match_weights(replace(LENET, input_shape=(1, 9, 9)), own)
    with pytest.raises(WeightFileError, match="no layer with weights"):
        match_weights(Architecture("flat", (1, 2, 2), (Flatten(),)), own)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_are_none_are_refused_with_their_place_and_count(value: float) -> None:
    own = OrderedDict(drawn(LENET).state_dict())
    own["fc3.weight"].view(-1)[:7] = value
    with pytest.raises(WeightFileError, match=r"fc3\.weight: found 7 of 48,000 values that are NaN or infinite"):
        match_weights(LENET, own)
