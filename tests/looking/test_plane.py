"""The plane in which pictures lie is that of torch's own decompositions, and says how much of the spread it keeps."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.looking.plane import DIRECTIONS, plane


@given(seed=st.integers(0, 1_000), count=st.integers(2, 60), size=st.integers(1, 80))
def test_it_is_the_plane_of_the_two_largest_singular_values(seed: int, count: int, size: int) -> None:
    torch.manual_seed(seed)
    values = torch.randn(count, size) * torch.linspace(3, 0.1, size)
    found, centred = plane(values), values.double() - values.double().mean(dim=0)
    left, sizes, _ = torch.linalg.svd(centred, full_matrices=False)
    share = sizes[:2].square().sum() / sizes.square().sum()
    assert share - 0.01 < found.share.item() < share + 1e-5
    if size <= DIRECTIONS:
        exact = (left[:, :2] * sizes[:2]).abs().float()
        assert torch.allclose(found.places[:, : exact.shape[1]].abs(), exact, atol=2e-3)


def test_the_same_values_lie_in_the_same_places_and_nobody_elses_chance_is_touched() -> None:
    values = torch.randn(50, 200)
    torch.manual_seed(7)
    one, drawn = plane(values), torch.rand(1)
    torch.manual_seed(7)
    assert torch.equal(drawn, torch.rand(1))
    assert torch.equal(one.places, plane(values).places)


def test_values_that_are_all_alike_lie_at_zero_and_keep_nothing() -> None:
    found = plane(torch.full((9, 5), 0.3))
    assert found.places.abs().max().item() == 0
    assert found.share.item() == 0
