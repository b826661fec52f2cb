"""Where each volume of a network stands on a sheet, to scale: geometry alone, in px, y down.

Sides, depths and bars grow with the square root of what they show, or 224 pixels would leave nothing of 6. The largest
of each is as large as the sheet says, so drawings of two networks have scales of their own, unless both are scaled by
the volumes of both.
"""

from itertools import chain, pairwise
from math import ceil, sqrt

import msgspec

from explorer.views.drawing.lettering import line_height, text_width, wrapped
from explorer.views.drawing.sheets import Sheet
from explorer.views.drawing.volumes import Volume, seen_towers

MAX_SHEETS = 16  # maps drawn one by one; more of them are one solid block
LEAN = (0.8, 0.45)  # of a depth, to the right and upwards
SMALLEST = 4.0  # px: what is smaller can't be seen
BAR_WIDTH, BAR_DEPTH = 9.0, 5.0
TOWER_GAP = 9.0
MARGIN = 6.0
LINE_GAP = 14.0
SLOT_GAP = 10.0
MAX_NOTES = 4
Point = tuple[float, float]


class Block(msgspec.Struct, frozen=True):
    """A stack of maps or a bar: its front face, and how far its depth leads right and up."""

    x: float
    y: float
    width: float
    height: float
    right: float
    up: float
    sheets: int  # 0 for a solid block


class DrawnWindow(msgspec.Struct, frozen=True):
    """A kernel on the front face of its input, as a layer's index and a rectangle."""

    index: int
    x: float
    y: float
    width: float
    height: float


class Words(msgspec.Struct, frozen=True):
    """A line of text, `x` its middle and `y` its baseline."""

    text: str
    x: float
    y: float


class NoteWords(msgspec.Struct, frozen=True):
    """The name of a layer that has no volume of its own; one of index None only says how many more there are."""

    index: int | None
    words: Words


class DrawnVolume(msgspec.Struct, frozen=True):
    """One volume on the sheet: what a click chooses (x, y, width, height), its blocks and its words, the name first."""

    volume: Volume
    place: tuple[float, float, float, float]
    blocks: tuple[Block, ...]
    words: tuple[Words, ...]
    notes: tuple[NoteWords, ...]


class Drawing(msgspec.Struct, frozen=True):
    """All that is drawn: figures first, windows on them, then lines from windows and blocks to what they give."""

    width: float
    height: float
    font: float
    figures: tuple[DrawnVolume, ...]
    windows: tuple[DrawnWindow, ...]
    lines: tuple[tuple[Point, Point], ...]


class _Slot(msgspec.Struct, frozen=True):
    """A volume's room before it has a place."""

    volume: Volume
    blocks: tuple[Block, ...]  # around the origin: left edge and vertical middle
    lines: tuple[str, ...]
    notes: tuple[tuple[int | None, str], ...]
    art: float  # width of the blocks
    width: float
    half: float  # half the blocks' height


def draw(volumes: list[Volume], sheet: Sheet, scaled_by: list[Volume] | None = None) -> Drawing:
    """Place a network's volumes from left to right, in as many lines as the sheet's width needs.

    The largest of the volumes that it is `scaled_by`, by default its own, are as large as the sheet says.
    """
    unit = _Units(scaled_by or volumes, sheet)
    figures, bottom, right = list[DrawnVolume](), MARGIN, 0.0
    for line in _in_lines([_slot(volume, unit, sheet) for volume in volumes], sheet):
        placed, bottom = _placed(line, bottom, sheet)
        figures += placed
        right = max(right, *(figure.place[0] + figure.place[2] for figure in placed))
        bottom += LINE_GAP
    width = ceil(right + MARGIN)  # whole px, so that a picture of it has as many
    windows, lines = _links(figures, width)
    height = ceil(bottom - LINE_GAP + MARGIN)
    return Drawing(width, height, sheet.font, tuple(figures), tuple(windows), tuple(lines))


def draw_within(networks: list[list[Volume]], sheets: tuple[Sheet, ...]) -> list[Drawing]:
    """Draw some networks' volumes at one scale, on the first sheet that is high enough for all, or on the last."""
    drawings = list[Drawing]()
    for sheet in sheets:
        drawings = [draw(volumes, sheet, scaled_by=list(chain(*networks))) for volumes in networks]
        names = len(drawings) * line_height(sheet.font) if len(drawings) > 1 else 0.0  # each stands above its drawing
        if sum(drawing.height for drawing in drawings) + names <= sheet.height:
            break
    return drawings


class _Units:
    """The scales of one drawing: px for the square root of one pixel, one map, one feature."""

    def __init__(self, volumes: list[Volume], sheet: Sheet) -> None:
        maps = [volume.shape for volume in volumes if len(volume.shape) == 3]
        rows = [volume.shape[0] for volume in volumes if volume.is_row]
        self.side = sheet.side / sqrt(max(max(shape[1:]) for shape in maps))
        self.depth = sheet.depth / sqrt(max(MAX_SHEETS, *(shape[0] for shape in maps)))
        self.bar = sheet.bar / sqrt(max(rows, default=1))

    def block(self, volume: Volume) -> Block:
        """Give one tower of a volume, at the origin."""
        if volume.is_row:
            high = max(SMALLEST, self.bar * sqrt(volume.shape[0]))
            return Block(0, 0, BAR_WIDTH, high, BAR_DEPTH * LEAN[0], BAR_DEPTH * LEAN[1], sheets=0)
        channels, height, width = volume.shape[0] // volume.towers, *volume.shape[1:]
        if volume.role == "refused":
            channels = 1  # an outline
        deep = self.depth * sqrt(channels) if channels > 1 else 0.0
        high, wide = (max(SMALLEST, self.side * sqrt(size)) for size in (height, width))
        sheets = channels if channels <= MAX_SHEETS else 0
        return Block(0, 0, wide, high, deep * LEAN[0], deep * LEAN[1], sheets)


def _slot(volume: Volume, unit: _Units, sheet: Sheet) -> _Slot:
    block = unit.block(volume)
    art, each = block.width + block.right, block.height + block.up
    whole = volume.towers * each + (volume.towers - 1) * TOWER_GAP
    tops = [block.up - whole / 2 + tower * (each + TOWER_GAP) for tower in range(volume.towers)]
    size = "does not fit" if volume.role == "refused" else volume.size
    settings = volume.settings if sheet.says == "settings" else ()
    below = () if sheet.says == "name" else (size, *settings)
    notes = () if sheet.says == "name" else _notes(volume)
    texts = [text_width(volume.name, sheet.font, bold=True), *(text_width(text, sheet.font) for text in below)]
    least = max(art, sheet.letters * max(texts))
    lines = (volume.name, *below[:1], *wrapped(settings, least / sheet.letters, sheet.font))
    width = max(least, *(sheet.letters * text_width(text, sheet.font) for _, text in notes), 0.0) + SLOT_GAP
    blocks = tuple(msgspec.structs.replace(block, y=top) for top in tops)
    return _Slot(volume, blocks, lines, notes, art, width, whole / 2)


def _notes(volume: Volume) -> tuple[tuple[int | None, str], ...]:
    notes = [(note.index, note.name) for note in volume.notes]
    if len(notes) <= MAX_NOTES:
        return tuple(notes)
    return *notes[: MAX_NOTES - 1], (None, f"and {len(notes) - MAX_NOTES + 1} more")


def _in_lines(slots: list[_Slot], sheet: Sheet) -> list[list[_Slot]]:
    """Fill as few lines as hold all slots, as evenly as that goes."""
    room = sheet.width - 2 * MARGIN
    if sum(slot.width for slot in slots) <= room:
        return [slots]
    lines = _filled(slots, room, parts=sheet.parts)
    evener = [_filled(slots, share / 20 * room, parts=sheet.parts) for share in range(10, 20)]
    return next((tried for tried in evener if len(tried) == len(lines)), lines)


def _filled(slots: list[_Slot], room: float, *, parts: bool) -> list[list[_Slot]]:
    """Fill one line after the other."""
    lines = [[slots[0]]]
    for before, slot in pairwise(slots):
        begins = parts and slot.volume.is_row and not before.volume.is_row
        if begins or sum(other.width for other in lines[-1]) + slot.width > room:
            lines.append([])
        lines[-1].append(slot)
    return lines


def _placed(line: list[_Slot], top: float, sheet: Sheet) -> tuple[list[DrawnVolume], float]:
    """Place one line's slots below `top`; gives the figures and the line's lower edge."""
    middle, left = top + MARGIN + max(slot.half for slot in line), MARGIN
    under = middle + max(slot.half for slot in line) + 4
    step = line_height(sheet.font)
    below = max(len(slot.lines) for slot in line)
    figures, bottom = [], under
    for slot in line:
        figure = _figure(slot, left, (top, middle, under), step)
        figures.append(figure)
        bottom = max(bottom, under + step * (below + 0.4))
        bottom = max(bottom, under + step * (len(slot.lines) + len(slot.notes) + 0.4))
        left += slot.width
    return figures, bottom


def _figure(slot: _Slot, left: float, levels: tuple[float, float, float], step: float) -> DrawnVolume:
    top, middle, under = levels
    centre = left + slot.width / 2
    blocks = [_moved(block, centre - slot.art / 2, middle) for block in slot.blocks]
    words = [Words(text, centre, under + step * (i + 0.8)) for i, text in enumerate(slot.lines)]
    first = under + step * (len(words) + 0.8)
    notes = [NoteWords(index, Words(text, centre, first + 4 + step * i)) for i, (index, text) in enumerate(slot.notes)]
    place = (left, top, slot.width, under + step * len(words) + 4 - top)
    return DrawnVolume(slot.volume, place, tuple(blocks), tuple(words), tuple(notes))


def _moved(block: Block, x: float, y: float) -> Block:
    return msgspec.structs.replace(block, x=block.x + x, y=block.y + y)


def _links(figures: list[DrawnVolume], width: float) -> tuple[list[DrawnWindow], list[tuple[Point, Point]]]:
    windows, lines = list[DrawnWindow](), list[tuple[Point, Point]]()
    for before, after in pairwise(figures):
        if after.volume.role == "refused":
            continue  # it gives nothing
        found = [_window(block, after.volume) for block in before.blocks] if after.volume.window else []
        windows += found
        for source, target in seen_towers(before.volume, after.volume):
            if found:
                pairs = _cone(found[source], after.blocks[target])
            else:
                pairs = _fan(before.blocks[source], after.blocks[target])
            lines += pairs if _side_by_side(before, after) else _around_the_corner(pairs, width)
    return windows, lines


def _side_by_side(before: DrawnVolume, after: DrawnVolume) -> bool:
    return before.place[1] == after.place[1] and before.place[0] < after.place[0]


def _window(block: Block, reader: Volume) -> DrawnWindow:
    """Lay a kernel onto a front face, to scale, right of its middle."""
    down, across = reader.window or (1.0, 1.0)
    wide, high = (
        max(min(SMALLEST, block.width), across * block.width),
        max(min(SMALLEST, block.height), down * block.height),
    )
    x, y = block.x + 0.7 * (block.width - wide), block.y + 0.3 * (block.height - high)
    return DrawnWindow(reader.index, x, y, wide, high)


def _cone(window: DrawnWindow, target: Block) -> list[tuple[Point, Point]]:
    """Lead a window's right corners to one value of what it gives."""
    value = target.x + 0.3 * target.width, target.y + 0.55 * target.height
    right = window.x + window.width
    return [((right, window.y), value), ((right, window.y + window.height), value)]


def _fan(source: Block, target: Block) -> list[tuple[Point, Point]]:
    """Lead a block's right edge to another's left, ends to ends: every value to every value."""
    right = source.x + source.width + source.right
    starts = [(right, source.y - source.up), (right, source.y + source.height - source.up)]
    ends = [(target.x, target.y), (target.x, target.y + target.height)]
    return [(start, end) for start in starts for end in ends]


def _around_the_corner(pairs: list[tuple[Point, Point]], width: float) -> list[tuple[Point, Point]]:
    """Lead lines out at the right edge, and in again at the left one of the next line."""
    out = sum(start[1] for start, _ in pairs) / len(pairs)
    into = sum(end[1] for _, end in pairs) / len(pairs)
    return [half for start, end in pairs for half in ((start, (width, out)), ((0.0, into), end))]
