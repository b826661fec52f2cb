"""Where pictures lie: their values at a layer, seen in the plane in which they are spread most."""

from typing import NamedTuple

import torch
from torch import Tensor

DIRECTIONS, ROUNDS = 8, 3  # of the search, which is an exact one where there are no more directions
ALIKE = 1e-10  # of the values' own squares: a spread below it is what rounding leaves


class Plane(NamedTuple):
    """The two main directions' coordinates, N×2 and centred, and the share of all spread that they keep."""

    places: Tensor
    share: Tensor


def plane(values: Tensor) -> Plane:
    """Lay N vectors N×D into the plane of their two main directions, by `torch.pca_lowrank`.

    Either direction may be turned round: its largest coordinate is positive. Vectors that are all alike lie at zero,
    and keep nothing.
    """
    centred = values.double() - values.double().mean(dim=0)
    places, spread = values.new_zeros(len(values), 2), centred.square().sum()
    if spread <= ALIKE * values.double().square().sum():
        return Plane(places, values.new_zeros(()))
    found = _coordinates(centred)
    places[:, : found.shape[1]] = found * found.gather(0, found.abs().argmax(dim=0, keepdim=True)).sign()
    return Plane(places, (found.square().sum() / spread).to(values.dtype))


def _coordinates(centred: Tensor) -> Tensor:
    """Search for the coordinates along the two main directions, by the same chance each time."""
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(0)
        left, sizes, _ = torch.pca_lowrank(centred, q=min(DIRECTIONS, *centred.shape), center=False, niter=ROUNDS)
    return (left * sizes)[:, :2]
