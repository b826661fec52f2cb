"""The network as the papers draw it, before it has any size: what gets a volume, its window, its towers and its words.

A layer that changes a shape gets a volume; an activation, a dropout or a normalisation is a note on the volume before.
"""

from math import ceil

import msgspec
from msgspec.structs import replace

from explorer.architecture import layers as kinds
from explorer.architecture.build import Shape, layer_names
from explorer.architecture.describe import describe
from explorer.architecture.diagnose import Sliding, window_span
from explorer.architecture.layers import Layer
from explorer.architecture.spec import INPUT
from explorer.architecture.trace import Trace
from explorer.views.common import words

MAX_TOWERS = 4  # more groups than that are one volume, whose words say how many
POOLS = kinds.MaxPool2d | kinds.AvgPool2d | kinds.AdaptiveAvgPool2d | kinds.Subsample2d
DENSE = kinds.Linear | kinds.GaussianRBF


class Note(msgspec.Struct, frozen=True):
    """A layer that keeps the shape, named below the volume that it changes the values of."""

    index: int
    name: str


class Volume(msgspec.Struct, frozen=True):
    """One layer's output, or the network's input: `(channels, height, width)`, or `(features,)` for a row.

    `window` is the share of its input's height and width that one output sees. Where both sides have towers, `groups`
    tells which tower sees which: the channels are parted into so many groups, and each sees its own only.
    """

    index: int
    name: str
    role: str  # input, conv, pool, flatten, dense or refused: a colour each
    shape: Shape
    settings: tuple[str, ...] = ()
    window: tuple[float, float] | None = None
    groups: int = 1
    towers: int = 1
    notes: tuple[Note, ...] = ()

    @property
    def is_row(self) -> bool:
        """Whether it is a row of numbers, drawn as a bar."""
        return len(self.shape) == 1

    @property
    def size(self) -> str:
        """Its shape as the papers write it: `6@28×28`, `120`."""
        if self.is_row or len(self.shape) != 3:
            return words.shape(self.shape)
        channels, height, width = self.shape
        return f"{channels:,}@{height}×{width}"

    @property
    def label(self) -> str:
        """Itself in words, for a screen reader."""
        said = ", ".join(self.settings)
        end = "does not fit" if self.role == "refused" else words.shape(self.shape)
        return f"{self.name}: {f'{said}, ' if said else ''}{end}"


def volumes(trace: Trace) -> list[Volume]:
    """List the volumes from the input to the last layer that fits, and the one that does not, if any."""
    found = [Volume(index=INPUT, name="input", role="input", shape=trace.architecture.input_shape)]
    for row, layer in zip(trace.rows, trace.architecture.layers, strict=False):
        if _role(layer):
            found.append(_volume(row.index, row.name, layer, found[-1].shape, row.output_shape))
        else:
            found[-1] = replace(found[-1], notes=(*found[-1].notes, Note(row.index, row.name)))
    if trace.error is not None:
        index = trace.error.index
        settings = _settings(trace.architecture.layers[index])
        name = layer_names(trace.architecture.layers)[index]
        found.append(Volume(index=index, name=name, role="refused", shape=found[-1].shape, settings=settings))
    return _in_towers(found)


def _role(layer: Layer) -> str:
    """Give the part that a layer plays; nothing for one that keeps the shape."""
    match layer:
        case kinds.Conv2d() | kinds.PartialConv2d():
            return "conv"
        case _ if isinstance(layer, POOLS):
            return "pool"
        case kinds.Flatten():
            return "flatten"
        case _ if isinstance(layer, DENSE):
            return "dense"
    return ""


def _volume(index: int, name: str, layer: Layer, input_shape: Shape, shape: Shape) -> Volume:
    groups = layer.groups if isinstance(layer, kinds.Conv2d) else 1
    return Volume(
        index=index,
        name=name,
        role=_role(layer),
        shape=shape,
        settings=_settings(layer),
        window=_window(layer, input_shape),
        groups=shape[0] if isinstance(layer, POOLS) else groups,  # a pooling takes each map by itself
    )


def _settings(layer: Layer) -> tuple[str, ...]:
    """Give a layer's settings one by one, without its number of outputs, which the shape says."""
    first, *rest = describe(layer).split(", ")
    if isinstance(layer, kinds.PartialConv2d):
        rest = ["partial"]
    return () if isinstance(layer, DENSE) or not first else (first.split("@ ")[-1], *rest)


def _window(layer: Layer, input_shape: Shape) -> tuple[float, float] | None:
    if isinstance(layer, Sliding):
        span = window_span(layer)
        return min(1.0, span / input_shape[1]), min(1.0, span / input_shape[2])
    if isinstance(layer, kinds.AdaptiveAvgPool2d):
        height, width = (ceil(size / layer.output_size) / size for size in input_shape[1:])
        return height, width
    return None


def _in_towers(found: list[Volume]) -> list[Volume]:
    """Part each volume into towers where a convolution in groups makes it or reads it, poolings between passed over."""
    made = [_parts(volume) if volume.role == "conv" else 1 for volume in found]
    for i, volume in enumerate(found):
        if volume.role == "pool":
            made[i] = made[i - 1]
    for i, reader in reversed(list(enumerate(found))[1:]):
        read = made[i] if reader.role == "pool" else _parts(reader) if reader.role == "conv" else 1
        if made[i - 1] == 1 and found[i - 1].shape[0] % read == 0:
            made[i - 1] = read
    return [replace(volume, towers=towers) for volume, towers in zip(found, made, strict=True)]


def _parts(volume: Volume) -> int:
    return volume.groups if volume.groups <= MAX_TOWERS else 1


def seen_towers(source: Volume, target: Volume) -> list[tuple[int, int]]:
    """Pair each tower of a volume with those of the next that see it."""
    return [
        (before, after)
        for before in range(source.towers)
        for after in range(target.towers)
        if _share_a_group(before / source.towers, after / target.towers, source, target)
    ]


def _share_a_group(before: float, after: float, source: Volume, target: Volume) -> bool:
    """Tell whether two towers, given by the share of the channels before them, have channels of one group."""
    firsts = [int(start * target.groups + 1e-9) for start in (before, after)]
    ends = [(start + 1 / volume.towers) * target.groups for start, volume in ((before, source), (after, target))]
    return max(firsts) < min(ceil(end - 1e-9) for end in ends)


def volume_words(found: list[Volume]) -> str:
    """Say in words what the picture shows from left to right."""
    maps = sum(not volume.is_row for volume in found if volume.role != "refused")
    rows = sum(volume.is_row for volume in found if volume.role != "refused")
    split = [volume.name for volume in found if volume.towers > 1]
    towers = f" Towers, for convolutions in groups: {', '.join(split)}." if split else ""
    stacks, lines = (f"{count} {name}{'s' * (count != 1)}" for count, name in ((maps, "stack"), (rows, "row")))
    return f"From the input on, {stacks} of maps and {lines} of numbers.{towers}"


def scale_words(found: list[Volume]) -> str:
    """Say what is to scale and how."""
    bars = ", a bar's length that of its numbers" if any(volume.is_row for volume in found) else ""
    windows = " Windows are to scale on their maps." if any(volume.window for volume in found) else ""
    return f"Sides and depths grow with the square root of a map's size and of the maps' number{bars}.{windows}"
