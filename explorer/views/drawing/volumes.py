"""The network as the papers draw it, before it has any size: what gets a volume, its window, its towers and its words.

A layer that changes a shape gets a volume; an activation, a dropout or a normalisation is a note on the volume before.
"""

from math import ceil

import msgspec
from msgspec.structs import replace

from explorer.architecture.build import layer_names
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.sizes import Shape, shape_words
from explorer.architecture.spec import INPUT
from explorer.architecture.trace import Trace

MAX_TOWERS = 4  # more groups than that are one volume, whose words say how many


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
    role: str  # input, refused, or the layer's own: a colour each
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
            return shape_words(self.shape)
        channels, height, width = self.shape
        return f"{channels:,}@{height}×{width}"

    @property
    def label(self) -> str:
        """Itself in words, for a screen reader."""
        said = ", ".join(self.settings)
        end = "does not fit" if self.role == "refused" else shape_words(self.shape)
        return f"{self.name}: {f'{said}, ' if said else ''}{end}"


def volumes(trace: Trace) -> list[Volume]:
    """List the volumes from the input to the last layer that fits, and the one that does not, if any."""
    found = [Volume(index=INPUT, name="input", role="input", shape=trace.architecture.input_shape)]
    for row, layer in zip(trace.rows, trace.architecture.layers, strict=False):
        if layer.reshapes:
            found.append(_volume(row.index, row.name, layer, found[-1].shape, row.output_shape))
        else:
            found[-1] = replace(found[-1], notes=(*found[-1].notes, Note(row.index, row.name)))
    if trace.error is not None:
        index = trace.error.index
        settings = trace.architecture.layers[index].drawn_words()
        name = layer_names(trace.architecture.layers)[index]
        found.append(Volume(index=index, name=name, role="refused", shape=found[-1].shape, settings=settings))
    return _in_towers(found)


def _volume(index: int, name: str, layer: Layer, input_shape: Shape, shape: Shape) -> Volume:
    groups = layer.groups if isinstance(layer, Conv2d) else 1
    return Volume(
        index=index,
        name=name,
        role=layer.role,
        shape=shape,
        settings=layer.drawn_words(),
        window=_window(layer, input_shape),
        groups=shape[0] if layer.role == "pooling" else groups,  # a pooling takes each map by itself
    )


def _window(layer: Layer, input_shape: Shape) -> tuple[float, float] | None:
    """Give the share of height and width that an output is made of; None where that is no window."""
    if layer.role not in ("convolution", "pooling"):
        return None
    return _share(layer, 0, input_shape[1]), _share(layer, 1, input_shape[2])


def _share(layer: Layer, axis: int, size: int) -> float:
    seen = layer.places(0, axis=axis, size=size)
    return min(1.0, (seen[-1] + 1 - seen[0]) / size)


def _in_towers(found: list[Volume]) -> list[Volume]:
    """Part each volume into towers where a convolution in groups makes it or reads it, poolings between passed over."""
    made = [_parts(volume) if volume.role == "convolution" else 1 for volume in found]
    for i, volume in enumerate(found):
        if volume.role == "pooling":
            made[i] = made[i - 1]
    for i, reader in reversed(list(enumerate(found))[1:]):
        read = made[i] if reader.role == "pooling" else _parts(reader) if reader.role == "convolution" else 1
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
