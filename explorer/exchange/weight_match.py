"""Trained weights held against a design: which layer of a file is which of the design's, by shapes and their order.

Names differ from program to program and say nothing here, unless all of them are the design's own. A layer takes the
weights of one whose tensors have the same roles and shapes; of several alike, the first takes the first. What the
numbers were trained for, nothing in a file says.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from explorer.architecture.build import layer_names, walk
from explorer.architecture.errors import StackError
from explorer.architecture.kinds.sizes import shape_words
from explorer.architecture.spec import Architecture
from explorer.exchange.weight_file import WeightFileError

ROLES = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")  # torch's names
NAME = re.compile(rf"(?:(.*)[._/])?({'|'.join(ROLES)})")
WRAPPED = re.compile(r"^(?:(?:module|_orig_mod|model|net|network)\.)+")  # what wrappers put before all names
LISTED = 3  # tensors that are named of a layer
Shape = tuple[int, ...]
Signature = frozenset[tuple[str, Shape]]


class Matched(NamedTuple):
    """A design's weights by its own names, and which layer of the file each of its layers has them from."""

    weights: dict[str, Tensor]
    sources: dict[str, str]


class _Group(NamedTuple):
    """A layer's tensors by their roles; of the design's they are on `meta`, without numbers."""

    name: str
    tensors: dict[str, Tensor]

    @property
    def signature(self) -> Signature:
        """What must be the same in file and design: counts of batches, which are whole numbers, need not."""
        return frozenset((role, tuple(value.shape)) for role, value in self.tensors.items() if _counts(value))


def match_weights(architecture: Architecture, tensors: Mapping[str, Tensor]) -> Matched:
    """Give a design's weights, float32 and finite, from tensors in the order of their layers.

    Raises `WeightFileError`, which says which layer has which shape on either side.
    """
    ours = _design(architecture)
    pairs = _by_name(ours, tensors) or _by_shape(ours, _groups(tensors))
    weights = {
        f"{group.name}.{role}": _taken(value, other.tensors.get(role), f"{other.name}.{role}".lstrip("."))
        for group, other in pairs
        for role, value in group.tensors.items()
    }
    return Matched(weights, {group.name: other.name for group, other in pairs})


def _design(architecture: Architecture) -> list[_Group]:
    """List the design's layers that have weights."""
    names = layer_names(architecture.layers)
    try:
        fitted = list(walk(architecture))
    except StackError as error:
        raise WeightFileError(f"{error} Change the design so that it fits, and open the file again.") from error
    found = [_Group(name, each.module.state_dict()) for name, each in zip(names, fitted, strict=True)]
    if not (weighing := [group for group in found if group.signature]):
        raise WeightFileError("The design has no layer with weights. Add a Conv2d or Linear layer first.")
    return weighing


def _groups(tensors: Mapping[str, Tensor]) -> list[_Group]:
    """Put the tensors of each layer together, the layers in their order."""
    found: dict[str, dict[str, Tensor]] = defaultdict(dict)
    for name, value in tensors.items():
        layer, role = parted.groups() if (parted := NAME.fullmatch(name)) else name.rpartition(".")[::2]
        found[layer or ""][role] = value
    return [group for name, values in found.items() if (group := _Group(name, values)).signature]


def _by_name(ours: Sequence[_Group], tensors: Mapping[str, Tensor]) -> list[tuple[_Group, _Group]]:
    """Pair layers by their names, where the file has exactly the design's; nothing where it has not."""
    theirs = {group.name: group for group in _groups({WRAPPED.sub("", name): each for name, each in tensors.items()})}
    if any(group.name not in theirs or theirs[group.name].signature != group.signature for group in ours):
        return []
    return [(group, theirs[group.name]) for group in ours] if len(theirs) == len(ours) else []


def _by_shape(ours: Sequence[_Group], theirs: Sequence[_Group]) -> list[tuple[_Group, _Group]]:
    """Pair layers of the same roles and shapes in their order; raises `WeightFileError` where one is left over."""
    waiting: dict[Signature, list[_Group]] = defaultdict(list)
    for group in theirs:
        waiting[group.signature].append(group)
    pairs, lacking = list[tuple[_Group, _Group]](), list[_Group]()
    for group in ours:
        if waiting[group.signature]:
            pairs.append((group, waiting[group.signature].pop(0)))
        else:
            lacking.append(group)
    left = {id(group) for groups in waiting.values() for group in groups}
    if lacking or left:
        raise _misfit(lacking, [group for group in theirs if id(group) in left], ours, theirs)
    return pairs


def _misfit(
    lacking: Sequence[_Group], left: Sequence[_Group], ours: Sequence[_Group], theirs: Sequence[_Group]
) -> WeightFileError:
    """Say which layers do not fit, the first of either side with its shapes, and what to do."""
    counts = f"The design has {len(ours)} layer{'s' * (len(ours) != 1)} with weights, the file {len(theirs)}."
    if lacking and left:
        more = max(len(lacking), len(left)) - 1
        rest = f" {more} more do{'es' * (more == 1)} not fit either." if more else ""
        words = f"{_told(lacking[0])} in the design, and {_told(left[0])} in the file.{rest}"
        repair = f"Change {lacking[0].name} in the design to what the file has"
    elif lacking:
        words = f"{_told(lacking[0])} in the design, and the file has no weights for it. {counts}"
        repair = f"Take {lacking[0].name} out of the design"
    else:
        words = f"{_told(left[0])} in the file, and the design has no layer for it. {counts}"
        repair = "Add that layer to the design"
    return WeightFileError(f"{words} {repair}, or open the design that these weights were trained with.")


def _told(group: _Group) -> str:
    """Write a layer with its shapes: `conv2 has weight 16×6×5×5 and bias 16`."""
    shapes = [f"{role} {shape_words(shape) or 'of one number'}" for role, shape in _in_order(group.signature)]
    more = f" and {len(shapes) - LISTED} more" if len(shapes) > LISTED else ""
    listed = shapes[:LISTED]
    said = ", ".join(listed) + more if more else " and ".join(filter(None, [", ".join(listed[:-1]), listed[-1]]))
    return f"{group.name or 'The layer without a name'} has {said}"


def _in_order(signature: Signature) -> Iterable[tuple[str, Shape]]:
    return sorted(signature, key=lambda each: (ROLES.index(each[0]) if each[0] in ROLES else len(ROLES), each))


def _counts(value: Tensor) -> bool:
    return value.is_floating_point()


def _taken(ours: Tensor, theirs: Tensor | None, name: str) -> Tensor:
    """Give a tensor's numbers as the design has them, in memory of their own; a count that a file lacks is 0."""
    if theirs is None or theirs.shape != ours.shape:
        return torch.zeros(ours.shape, dtype=ours.dtype)
    if not _counts(ours):
        return theirs.to(ours.dtype, copy=True)
    taken = theirs.detach().to(torch.float32, copy=True).contiguous()
    if wrong := int((~taken.isfinite()).sum()):
        raise WeightFileError(
            f"{name}: found {wrong:,} of {taken.numel():,} values that are NaN or infinite; allowed: finite numbers. "
            "The training of this network diverged: take weights of an earlier epoch."
        )
    return taken
