"""Beside what an answer hangs on stands what shows the same without it; and a wrong question is refused in words."""

import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from explorer.architecture.build import build
from explorer.looking.choices import ChoiceError, Classes, classes_of, layer_of, sides_of, square_of
from explorer.looking.hangs import Question, hangs
from explorer.looking.likeness import FEWEST, MUCH_THE_SAME, likeness
from explorer.looking.saliency import METHODS, Square
from tests.training.small_jobs import SMALL

SCORES, GROUND = torch.tensor([0.1, 0.9, 0.5]), torch.zeros(1, 28, 28)


@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=FEWEST, max_size=60))
def test_likeness_is_the_rank_correlation_that_pandas_finds(pairs: list[tuple[int, int]]) -> None:
    one, two = torch.tensor(pairs, dtype=torch.float32).T
    found = likeness(one, two)
    if one.abs().unique().numel() == 1 or two.abs().unique().numel() == 1:
        assert found is None
    else:
        ranks = pd.DataFrame({"one": one.abs().numpy(), "two": two.abs().numpy()}).rank()
        assert found is not None
        assert found.item() == pytest.approx(ranks["one"].corr(ranks["two"]), abs=1e-5)


def test_what_looks_at_edges_alone_is_much_the_same_and_what_looks_at_weights_is_not() -> None:
    edges = torch.rand(28, 28).diff(dim=0)
    same = likeness(edges, -1e-4 * edges)
    assert same is not None
    assert same.item() == pytest.approx(1, abs=1e-6)
    torch.manual_seed(0)
    other = likeness(torch.rand(28, 28), torch.rand(28, 28))
    assert other is not None
    assert other < MUCH_THE_SAME
    assert likeness(torch.rand(3, 5), torch.rand(3, 5)) is None


def network_of(seed: int) -> nn.Sequential:
    torch.manual_seed(seed)
    return build(SMALL).eval()


def asked(inputs: Tensor, classes: Classes) -> Question:
    return Question(inputs, classes, "conv1", Square(5, 1, torch.zeros_like(inputs)))


def test_each_row_has_each_method() -> None:
    found = hangs(network_of(1), network_of(2), asked(torch.rand(1, 28, 28), Classes(2, 5)))
    rows = {f"{row}/{method}" for row in ("trained", "untrained", "other") for method in METHODS}
    assert rows <= found.keys()
    swapped = hangs(network_of(2), network_of(1), asked(torch.rand(1, 28, 28), Classes(2, None)))
    assert not any("other" in name for name in swapped)


def test_the_same_weights_are_wholly_alike() -> None:
    found = hangs(network_of(1), network_of(1), asked(torch.rand(1, 28, 28), Classes(2, 5)))
    assert [found[f"like/untrained/{method}"].item() for method in METHODS] == pytest.approx([1] * len(METHODS))


def test_a_network_that_diverged_says_so() -> None:
    broken = network_of(1)
    nn.init.constant_(broken.get_parameter("conv1.bias"), torch.nan)
    with pytest.raises(ChoiceError, match="it diverged"):
        hangs(broken, network_of(2), asked(torch.rand(1, 28, 28), Classes(2, 5)))


def test_the_answer_and_the_next_likeliest_class_are_usual() -> None:
    assert classes_of(SCORES, None, None) == Classes(1, 2)
    assert classes_of(SCORES, "2", None) == Classes(2, 1)
    assert classes_of(SCORES, "0", "2") == Classes(0, 2)
    assert classes_of(SCORES[:1], None, None) == Classes(0, None)


@pytest.mark.parametrize(("target", "other"), [("3", None), ("-1", None), ("x", None), ("٣", None), ("1", "1")])
def test_a_class_that_is_not_there_is_refused(target: str, other: str | None) -> None:
    with pytest.raises(ChoiceError, match="allowed: 0"):
        classes_of(SCORES, target, other)


def test_a_layer_without_maps_is_refused() -> None:
    assert layer_of(None, ["conv1"], "conv1") == "conv1"
    with pytest.raises(ChoiceError, match=r"no layer 'fc2' with maps; those that have them: conv1"):
        layer_of("fc2", ["conv1"], "conv1")


def test_a_square_goes_in_larger_steps_where_a_network_costs_much() -> None:
    assert square_of(None, GROUND, mult_adds=400_000)[:2] == (5, 1)
    assert square_of("4", GROUND, mult_adds=100_000_000)[:2] == (4, 2)
    assert square_of(None, GROUND[:, :2, :2], mult_adds=1)[:2] == (2, 1)
    large = torch.zeros(3, 224, 224)
    assert square_of(None, large, mult_adds=938_146_176)[:2] == (40, 37)
    assert sides_of(large) == ([24, 32, 40, 48, 56, 64, 72], 40)
    for size in ("2", "10", "3.5"):
        with pytest.raises(ChoiceError, match="allowed: 3, 4, 5, 6, 7, 8, 9"):
            square_of(size, GROUND, mult_adds=1)
    with pytest.raises(ChoiceError, match="too many places"):
        square_of("3", GROUND, mult_adds=10**9)
