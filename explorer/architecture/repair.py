"""The smallest edits that let a refused layer fit, each proved by passing a tensor through the edited stack."""

import math
from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from explorer.architecture import edit
from explorer.architecture import layers as kinds
from explorer.architecture.build import Shape, layer_names, walk
from explorer.architecture.diagnose import NEEDS_MAPS, Sliding, stride, window_span
from explorer.architecture.errors import DesignError, StackError
from explorer.architecture.layers import Layer
from explorer.architecture.spec import Architecture, check

MAX_REPAIRS = 5
KERNELS_TRIED = 4
STRIDED = kinds.Conv2d | kinds.MaxPool2d | kinds.AvgPool2d
POOLINGS = kinds.MaxPool2d | kinds.AvgPool2d | kinds.Subsample2d


class Repair(msgspec.Struct, frozen=True):
    """One edit: what it does in words, and the whole edited design."""

    label: str
    architecture: Architecture


def repairs(architecture: Architecture, index: int, input_shape: Shape) -> tuple[Repair, ...]:
    """Propose edits for layer `index`, which refuses `input_shape`: at most five, whole mends first."""
    refused = len(architecture.layers) - index
    unfitted = [(_unfitted(repair.architecture), repair) for repair in _candidates(architecture, index, input_shape)]
    better = [(count > 0, repair) for count, repair in unfitted if count < refused]
    ranked = [repair for _, repair in sorted(better, key=lambda pair: pair[0])]
    return tuple(dict.fromkeys(ranked))[:MAX_REPAIRS]


def _unfitted(architecture: Architecture) -> int:
    """Count the layers from the first that does not fit to the end: 0 for a sound stack."""
    try:
        fitted = sum(1 for _ in walk(check(architecture)))
    except DesignError:
        return len(architecture.layers) + 1
    except StackError as error:
        fitted = error.index
    return len(architecture.layers) - fitted


def _candidates(architecture: Architecture, index: int, input_shape: Shape) -> Iterator[Repair]:
    layer, on_maps = architecture.layers[index], len(input_shape) == 3
    if isinstance(layer, NEEDS_MAPS) and not on_maps:
        yield from _move_before_flatten(architecture, index)
    if isinstance(layer, kinds.Conv2d) and layer.groups > 1 and on_maps:
        yield from _regroup(architecture, index, layer, input_shape[0])
    if isinstance(layer, kinds.Conv2d) and layer.dilation > 1:
        yield _edit(architecture, index, replace(layer, dilation=1), "Set dilation to 1")
    if isinstance(layer, kinds.MaxPool2d | kinds.AvgPool2d) and layer.padding > (half := layer.kernel_size // 2):
        yield _edit(architecture, index, replace(layer, padding=half), f"Set padding to {half}")
    if isinstance(layer, kinds.PartialConv2d) and on_maps:
        yield from _connect_those_there(architecture, index, layer, input_shape[0])
    if isinstance(layer, Sliding) and on_maps and window_span(layer) > min(input_shape[1:]):
        yield from _make_room(architecture, index, layer, min(input_shape[1:]))
    if isinstance(layer, kinds.BatchNorm1d) and on_maps:
        yield _edit(architecture, index, kinds.BatchNorm2d(), "Use BatchNorm2d")
    if isinstance(layer, kinds.GaussianRBF) and on_maps:
        yield _flatten_before(architecture, index)
    if isinstance(layer, kinds.BatchNorm2d) and not on_maps:
        yield _edit(architecture, index, kinds.BatchNorm1d(), "Use BatchNorm1d")
    yield _without(architecture, index)


def _regroup(architecture: Architecture, index: int, layer: kinds.Conv2d, channels: int) -> Iterator[Repair]:
    """Edits for groups that do not divide: the next fewer that do, or the next more output channels."""
    common = math.gcd(channels, layer.out_channels)
    fewer = max(groups for groups in range(1, layer.groups) if common % groups == 0)
    yield _edit(architecture, index, replace(layer, groups=fewer), f"Set groups to {fewer}")
    if channels % layer.groups == 0:
        more = -(-layer.out_channels // layer.groups) * layer.groups
        yield _edit(architecture, index, replace(layer, out_channels=more), f"Set out_channels to {more:,}")


def _make_room(architecture: Architecture, index: int, layer: Sliding, size: int) -> Iterator[Repair]:
    """Edits for a window larger than its input: padding, kernel, a stride or pooling before it, a larger input."""
    padding = -(-(window_span(layer) - size) // 2)
    if hasattr(layer, "padding"):
        yield _edit(architecture, index, replace(layer, padding=padding), f"Set padding to {padding}")
    yield _smaller_kernel(architecture, index, layer, size)
    yield from _slow_down(architecture, index)
    before = [i for i in range(index) if isinstance(architecture.layers[i], POOLINGS)]
    if before:
        yield _without(architecture, before[-1])
    yield from _enlarge_input(architecture, index)


def _smaller_kernel(architecture: Architecture, index: int, layer: Sliding, size: int) -> Repair:
    """Make the kernel as small as its input, or by some pixels smaller where the layers beyond it fit only then."""
    smaller = [
        _edit(architecture, index, replace(layer, kernel_size=side), f"Set the kernel to {side}×{side}")
        for side in range(size, max(0, size - KERNELS_TRIED), -1)
    ]
    return next((repair for repair in smaller if not _unfitted(repair.architecture)), smaller[0])


def _slow_down(architecture: Architecture, index: int) -> Iterator[Repair]:
    """Lower the stride of the last layer before `index` that has one, no more than it takes."""
    for place in reversed(range(index)):
        layer = architecture.layers[place]
        if isinstance(layer, STRIDED) and (found := stride(layer)) > 1:
            name = layer_names(architecture.layers)[place]
            for less in range(found - 1, 0, -1):
                slower = _edit(architecture, place, replace(layer, stride=less), f"Set {name}'s stride to {less}")
                if _unfitted(slower.architecture) < len(architecture.layers) - index:
                    yield slower
                    return
            return


def _connect_those_there(
    architecture: Architecture, index: int, layer: kinds.PartialConv2d, maps: int
) -> Iterator[Repair]:
    fitted = edit.connect(layer, maps)
    if fitted != layer:
        label = "Connect only input map 0" if maps == 1 else f"Connect only input maps 0 to {maps - 1:,}"
        yield _edit(architecture, index, fitted, label)


def _flatten_before(architecture: Architecture, index: int) -> Repair:
    return Repair(label="Insert Flatten before it", architecture=edit.insert(architecture, index, kinds.Flatten()))


def _enlarge_input(architecture: Architecture, index: int) -> Iterator[Repair]:
    channels, height, width = architecture.input_shape
    for factor in (2, 4, 8):
        larger = replace(architecture, input_shape=(channels, height * factor, width * factor))
        if _unfitted(larger) < len(architecture.layers) - index:
            yield Repair(label=f"Set the input to {height * factor}×{width * factor}", architecture=larger)
            return


def _move_before_flatten(architecture: Architecture, index: int) -> Iterator[Repair]:
    flattens = [i for i, layer in enumerate(architecture.layers[:index]) if isinstance(layer, kinds.Flatten)]
    if flattens:
        layers = list(architecture.layers)
        layers.insert(flattens[0], layers.pop(index))
        yield Repair(label="Move it before Flatten", architecture=replace(architecture, layers=tuple(layers)))


def _edit(architecture: Architecture, index: int, layer: Layer, label: str) -> Repair:
    layers = (*architecture.layers[:index], layer, *architecture.layers[index + 1 :])
    return Repair(label=label, architecture=replace(architecture, layers=layers))


def _without(architecture: Architecture, index: int) -> Repair:
    layers = architecture.layers[:index] + architecture.layers[index + 1 :]
    name = layer_names(architecture.layers)[index]
    return Repair(label=f"Remove {name}", architecture=replace(architecture, layers=layers))
