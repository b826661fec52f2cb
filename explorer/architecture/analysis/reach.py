"""Which pixels of the picture reach an output, what one value of a map sees of it, and what lets all pixels be seen.

Windows are rectangles, so rows and columns can be followed apart: a pixel is seen if its row and its column are.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import count, islice, takewhile
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from explorer.architecture.build import Fitted, layer_names, walk
from explorer.architecture.edit import replace_layer
from explorer.architecture.errors import StackError
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.repair import Repair
from explorer.architecture.spec import Architecture

HEIGHT, WIDTH = 1, 2
MAX_CURES = 2  # of each sort
TRIED_SIZES = 32  # pixels by which the input may grow or shrink to cure a blind border


class Blind(msgspec.Struct, frozen=True):
    """The rows and columns of the picture that reach no output, and how many pixels they hold."""

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    pixels: int
    share: float


@lru_cache(maxsize=256)
def blind(architecture: Architecture) -> Blind:
    """Find what the network can't see; a stack that does not fit is followed up to the layer that fails."""
    maps = _maps(architecture)
    _, height, width = architecture.input_shape
    rows = _unseen(_seen_rows(maps, HEIGHT, height))
    columns = _unseen(_seen_rows(maps, WIDTH, width))
    if len(rows) == height or len(columns) == width:  # then nothing is seen of the other side either
        rows, columns = tuple(range(height)), tuple(range(width))
    pixels = height * width - (height - len(rows)) * (width - len(columns))
    return Blind(rows, columns, pixels, pixels / (height * width))


def _maps(architecture: Architecture) -> list[Fitted]:
    """Pass through the layers as long as there are maps."""
    return list(takewhile(lambda fitted: len(fitted.output_shape) == 3, _fitting(architecture)))


def _fitting(architecture: Architecture) -> Iterator[Fitted]:
    """Pass through the layers up to one that does not fit: the table says why."""
    with suppress(StackError):
        yield from walk(architecture)


def _seen_rows(maps: Sequence[Fitted], axis: int, size: int) -> Sequence[bool]:
    """Follow one axis from the last map back to the picture; every value of the last map counts as used."""
    seen: Sequence[bool] = [True] * (maps[-1].output_shape[axis] if maps else size)
    for fitted in reversed(maps):
        seen = _seen_before(fitted, axis, seen)
    return seen


def _seen_before(fitted: Fitted, axis: int, seen: Sequence[bool]) -> Sequence[bool]:
    size = fitted.input_shape[axis]
    if fitted.layer.role == "dense":  # on maps it mixes the columns of each row
        return [any(seen)] * size if axis == WIDTH else seen
    before = [False] * size
    for position, used in enumerate(seen):
        for place in _window(fitted, axis, position) if used else ():
            if 0 <= place < size:
                before[place] = True
    return before


def _window(fitted: Fitted, axis: int, position: int) -> range:
    """Give the places of a layer's input that one place of its output is made of; some may lie in the padding."""
    return fitted.layer.places(position, axis=axis - HEIGHT, size=fitted.input_shape[axis])


def _unseen(seen: Sequence[bool]) -> tuple[int, ...]:
    return tuple(place for place, used in enumerate(seen) if not used)


class Sight(NamedTuple):
    """The rows and columns of the picture that one value of a map is made of; both are empty where it sees none of it.

    They may have gaps, as a dilated window has. `padded` says whether padding on the way takes a part.
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    padded: bool

    @property
    def box(self) -> tuple[int, int, int, int]:
        """The smallest rectangle around it, gaps included: top, left, bottom and right; all 0 for nothing."""
        if not self.rows:
            return (0, 0, 0, 0)
        return self.rows[0], self.columns[0], self.rows[-1] + 1, self.columns[-1] + 1


def sight(architecture: Architecture, index: int) -> Sight | None:
    """Find what the middle value of a layer's map sees; None where there is no such value."""
    maps = _maps(architecture)
    if not 0 <= index < len(maps):
        return None
    _, height, width = maps[index].output_shape
    return sight_at(architecture, index, (height // 2, width // 2))


def sight_at(architecture: Architecture, index: int, place: tuple[int, int]) -> Sight | None:
    """Find the same of the value at a row and a column of a layer's map."""
    maps = _maps(architecture)[: index + 1]
    if not 0 <= index < len(maps) or any(fitted.layer.role == "dense" for fitted in maps):
        return None
    sides = [_seen_from(maps, axis, at) for axis, at in zip((HEIGHT, WIDTH), place, strict=True)]
    padded = any(padded for _, padded in sides)
    if not all(seen for seen, _ in sides):  # of a row that lies in the padding no column is seen either
        return Sight((), (), padded)
    return Sight(sides[0][0], sides[1][0], padded)


def _seen_from(maps: Sequence[Fitted], axis: int, position: int) -> tuple[tuple[int, ...], bool]:
    """Follow one place back to the picture; what lies in a layer's padding is made of nothing before that layer."""
    seen, padded = {position}, False
    for fitted in reversed(maps):
        reached = {place for used in seen for place in _window(fitted, axis, used)}
        seen = {place for place in reached if 0 <= place < fitted.input_shape[axis]}
        padded |= len(seen) < len(reached)
    return tuple(sorted(seen)), padded


@lru_cache(maxsize=64)
def cures(architecture: Architecture) -> tuple[Repair, ...]:
    """Propose paddings and input sizes with which every pixel is seen, the nearest first; none if all are."""
    if not blind(architecture).pixels:
        return ()
    sorts = _paddings(architecture), _input_sizes(architecture)
    cured = (filter(lambda edit: _sees_all(edit.architecture), edits) for edits in sorts)
    return tuple(edit for edits in cured for edit in islice(edits, MAX_CURES))


def _sees_all(architecture: Architecture) -> bool:
    reached = len(list(_fitting(architecture))) == len(architecture.layers)
    return reached and not blind(architecture).pixels


def _paddings(architecture: Architecture) -> Iterator[Repair]:
    """Other paddings of the first layer with a window, where a border is lost most often."""
    index = next(place for place in count() if architecture.layers[place].window)
    layer, name = architecture.layers[index], layer_names(architecture.layers)[index]
    if isinstance(layer, Conv2d) and isinstance(padding := layer.padding, int):
        for width in sorted(range(max(layer.window.kernel)), key=lambda width: abs(width - padding)):
            edited = replace_layer(architecture, index, replace(layer, padding=width))
            yield Repair(label=f"Set {name}'s padding to {width}", architecture=edited)


def _input_sizes(architecture: Architecture) -> Iterator[Repair]:
    channels, height, width = architecture.input_shape
    for step in sorted(range(-TRIED_SIZES, TRIED_SIZES + 1), key=abs):
        if step and min(height, width) + step > 0:
            edited = replace(architecture, input_shape=(channels, height + step, width + step))
            yield Repair(label=f"Set the input to {height + step}×{width + step}", architecture=edited)
