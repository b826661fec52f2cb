"""How alike two maps are: the rank correlation of how strong their places are, whatever their scale and sign."""

import torch
from torch import Tensor

FEWEST = 16  # places: of fewer, chance alone too often gives a high correlation
# Two pictures' maps by the same method in a trained LeNet come to less than this nine times out of ten.
MUCH_THE_SAME = 0.6


def likeness(one: Tensor, two: Tensor) -> Tensor | None:
    """Give Spearman's rank correlation of two maps' absolute values; None where one is the same everywhere, or small.

    Ranks know no scale, which is why the small gradients of untrained weights can be compared.
    """
    if one.numel() < FEWEST:
        return None
    ranks = torch.stack([_ranks(values.flatten().abs()) for values in (one, two)])
    centred = ranks - ranks.mean(dim=1, keepdim=True)
    sizes = centred.norm(dim=1)
    if not sizes.all():
        return None
    return torch.div(centred.prod(dim=0).sum(), sizes.prod()).float()


def _ranks(values: Tensor) -> Tensor:
    """Rank values from the lowest; equal ones share the mean of their ranks."""
    _, which, counts = torch.unique(values, return_inverse=True, return_counts=True)
    ranks: Tensor = (counts.cumsum(dim=0) - (counts - 1) / 2).double()[which]
    return ranks
