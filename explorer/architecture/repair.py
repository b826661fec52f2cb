"""The smallest edits that let a refused layer fit, each proved by passing a tensor through the edited stack."""

import math
from collections.abc import Callable, Iterator

import msgspec
from msgspec.structs import replace

from explorer.architecture import edit
from explorer.architecture.build import layer_names, walk
from explorer.architecture.diagnose import is_taken
from explorer.architecture.errors import DesignError, StackError
from explorer.architecture.kinds.layer import Layer, Window
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.kinds.sizes import Shape, merged, pair, setting_words, size_words
from explorer.architecture.spec import Architecture, check

MAX_REPAIRS = 5
KERNELS_TRIED = 4


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
    layer = architecture.layers[index]
    if not is_taken(layer, input_shape):
        yield from _give_what_it_takes(architecture, index, layer)
    elif layer.disagreement(input_shape):
        yield from _agree(architecture, index, input_shape)
    else:
        for label, mended in layer.mends(input_shape):
            yield _edit(architecture, index, mended, label)
        yield from _make_room(architecture, index, layer, input_shape)
    yield _without(architecture, index)


def _agree(architecture: Architecture, index: int, input_shape: Shape) -> Iterator[Repair]:
    """Edits for a layer that is written for another size: take what comes in, or have the layer before give it."""
    layer = architecture.layers[index]
    (size,) = layer.inferred(input_shape).values()
    if len(input_shape) == 3 and layer.stated == math.prod(input_shape):
        yield _flatten_before(architecture, index)
    yield _edit(architecture, index, replace(layer, **{layer.given: None}), f"Set {layer.given} to {size:,}")
    for place in reversed(range(index)):
        before = architecture.layers[place]
        outputs = next((name for name in ("out_channels", "out_features") if name in before.__struct_fields__), None)
        if outputs:
            name = layer_names(architecture.layers)[place]
            wider = replace(before, **{outputs: layer.stated})
            yield _edit(architecture, place, wider, f"Set {name}'s {outputs} to {layer.stated:,}")
            return


def _give_what_it_takes(architecture: Architecture, index: int, layer: Layer) -> Iterator[Repair]:
    """Edits for a layer that gets maps in place of a row, or a row in place of maps."""
    if layer.takes == "maps":
        yield from _move_before_flatten(architecture, index)
    if layer.instead:
        yield _edit(architecture, index, edit.change_kind(layer, layer.instead), f"Use {layer.instead}")
    elif layer.takes == "a row":
        yield _flatten_before(architecture, index)


def _make_room(architecture: Architecture, index: int, layer: Layer, input_shape: Shape) -> Iterator[Repair]:
    """Edits for a window larger than its input: padding, kernel, a stride or pooling before it, a larger input."""
    window, sides = layer.window, input_shape[1:]
    if window is None or all(span <= size for span, size in zip(window.span, sides, strict=True)):
        return
    yield from _pad(architecture, index, layer, window, sides)
    yield from _smaller_kernel(architecture, index, layer, window, sides)
    yield from _slow_down(architecture, index)
    before = [i for i in range(index) if architecture.layers[i].role == "pooling" and architecture.layers[i].window]
    if before:
        yield _without(architecture, before[-1])
    yield from _enlarge_input(architecture, index)


def _pad(architecture: Architecture, index: int, layer: Layer, window: Window, sides: Shape) -> Iterator[Repair]:
    """Pad as far as the window needs; a side where it fits keeps its padding."""
    if "padding" in layer.__struct_fields__:
        needed = (-(-(span - size) // 2) for span, size in zip(window.span, sides, strict=True))
        wide = [max(pad, now) for pad, now in zip(needed, window.padding, strict=True)]
        padding = _alike(window, max, wide)
        yield _edit(architecture, index, replace(layer, padding=padding), f"Set padding to {setting_words(padding)}")


def _smaller_kernel(
    architecture: Architecture, index: int, layer: Layer, window: Window, sides: Shape
) -> Iterator[Repair]:
    """Make the kernel as small as its input, or by some pixels smaller where the layers beyond it fit only then."""
    smaller = list[Repair]()
    for less in range(KERNELS_TRIED):
        kernel = _alike(window, min, [min(now, size - less) for now, size in zip(window.kernel, sides, strict=True)])
        if min(pair(kernel)) < 1:
            break
        label = f"Set the kernel to {size_words(pair(kernel))}"
        smaller.append(_edit(architecture, index, replace(layer, kernel_size=kernel), label))
    yield next((repair for repair in smaller if not _unfitted(repair.architecture)), smaller[0])


def _alike(window: Window, choose: Callable[[list[int]], int], sides: list[int]) -> int | Shape:
    """Give one number for both sides where a window has one, chosen of those that they need."""
    return choose(sides) if window.is_square else merged(tuple(sides))


def _slow_down(architecture: Architecture, index: int) -> Iterator[Repair]:
    """Lower the stride of the last layer before `index` that has one, no more than it takes."""
    for place in reversed(range(index)):
        layer = architecture.layers[place]
        if layer.window and "stride" in layer.__struct_fields__ and (found := max(layer.window.stride)) > 1:
            yield from _largest_stride(architecture, index, place, range(1, found))
            return


def _largest_stride(architecture: Architecture, index: int, place: int, strides: range) -> Iterator[Repair]:
    """Find the largest of some strides for layer `place` with which more fits than up to `index`, by halving.

    Where one is small enough, all smaller ones are: they give larger maps.
    """
    found = None
    while strides:
        middle = len(strides) // 2
        slower = _with_stride(architecture, place, strides[middle])
        if _unfitted(slower.architecture) < len(architecture.layers) - index:
            found, strides = slower, strides[middle + 1 :]
        else:
            strides = strides[:middle]
    if found:
        yield found


def _with_stride(architecture: Architecture, place: int, most: int) -> Repair:
    layer = architecture.layers[place]
    sides = layer.window.stride if layer.window else ()
    step = merged(tuple(min(most, now) for now in sides))
    label = f"Set {layer_names(architecture.layers)[place]}'s stride to {setting_words(step)}"
    return _edit(architecture, place, replace(layer, stride=step), label)


def _flatten_before(architecture: Architecture, index: int) -> Repair:
    return Repair(label="Insert Flatten before it", architecture=edit.insert(architecture, index, Flatten()))


def _enlarge_input(architecture: Architecture, index: int) -> Iterator[Repair]:
    channels, height, width = architecture.input_shape
    for factor in (2, 4, 8):
        larger = replace(architecture, input_shape=(channels, height * factor, width * factor))
        if _unfitted(larger) < len(architecture.layers) - index:
            yield Repair(label=f"Set the input to {height * factor}×{width * factor}", architecture=larger)
            return


def _move_before_flatten(architecture: Architecture, index: int) -> Iterator[Repair]:
    flattens = [i for i, layer in enumerate(architecture.layers[:index]) if isinstance(layer, Flatten)]
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
