"""A drawing as the text of an SVG file: on white and in fixed colours, as it is saved and printed.

Its colours are attributes, which every program reads, and which a page's style by class overrides.
"""

from html import escape
from math import ceil

from explorer.views.common.palette import INK_COLOR, NOTE_COLOR, PAPER_COLOR, ROLE_COLORS, WINDOW_COLOR, WINDOW_FILL
from explorer.views.drawing.drawing import MARGIN, Block, Drawing, DrawnVolume, DrawnWindow, NoteWords, Words
from explorer.views.drawing.lettering import line_height

FONTS = "'Source Sans 3', Arial, Helvetica, sans-serif"


def to_svg(drawing: Drawing, title: str) -> str:
    """Write a drawing as an SVG file's text; `title` is the network's own name, whatever signs it has."""
    return _file(drawing.width, drawing.height, drawing.font, title, _body(drawing, chosen=True))


def to_svg_together(drawings: list[Drawing], names: list[str], title: str) -> str:
    """Write drawings of some networks below each other, each under its name; only the first one's layers are chosen."""
    parts, top = list[str](), 0.0
    for number, (drawing, name) in enumerate(zip(drawings, names, strict=True)):
        top += line_height(drawing.font)
        parts.append(_name(name, top))
        parts.append(f'<g transform="translate(0 {_px(top)})">{_body(drawing, chosen=number == 0)}</g>')
        top += drawing.height
    return _file(max(drawing.width for drawing in drawings), ceil(top), drawings[0].font, title, "".join(parts))


def _name(name: str, bottom: float) -> str:
    place = f'x="{_px(MARGIN)}" y="{_px(bottom)}" text-anchor="start"'
    return f'<text class="name" {place} font-weight="600" fill="{INK_COLOR}">{escape(name)}</text>'


def _file(width: float, height: float, font: float, title: str, body: str) -> str:
    wide, high = _px(width), _px(height)
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" viewBox="0 0 {wide} {high}" ',
            f'role="group" aria-label="{escape(title)}" font-family="{FONTS}" font-size="{_px(font)}" ',
            f'text-anchor="middle" stroke-linejoin="round"><title>{escape(title)}</title>',
            f'<rect class="ground" width="100%" height="100%" fill="{PAPER_COLOR}"/>{body}</svg>',
        ]
    )


def _body(drawing: Drawing, *, chosen: bool) -> str:
    """Write what is drawn, its layers as buttons where they can be chosen."""
    return "".join(
        [
            *(_figure(figure, chosen=chosen) for figure in drawing.figures),
            f'<g class="windows" fill="{WINDOW_FILL}" fill-opacity="0.7" stroke="{WINDOW_COLOR}" stroke-width="1.5">',
            *map(_window, drawing.windows),
            f'</g><path class="lines" fill="none" stroke="{NOTE_COLOR}" stroke-opacity="0.55" ',
            f'd="{_lines(drawing)}"/>',
        ]
    )


def _figure(figure: DrawnVolume, *, chosen: bool) -> str:
    volume = figure.volume
    edge, fill = ROLE_COLORS[volume.role]
    dashes = ' stroke-dasharray="5 4"' if volume.role == "refused" else ""
    x, y, width, height = map(_px, figure.place)
    button = _button(volume.index, volume.label) if chosen else ""
    return "".join(
        [
            f'<g class="layer {volume.role}" {button} fill="{fill}" stroke="{edge}"{dashes}>',
            f'<rect class="place" x="{x}" y="{y}" width="{width}" height="{height}" rx="6" fill="none" stroke="none"/>',
            *map(_block, figure.blocks),
            f'<g class="words" fill="{INK_COLOR}" stroke="none">',
            *(_words(words, ' font-weight="600"' if i == 0 else "") for i, words in enumerate(figure.words)),
            "</g></g>",
            *(_note(note, chosen=chosen) for note in figure.notes),
        ]
    )


def _button(index: int, label: str) -> str:
    return f'data-index="{index}" role="button" tabindex="0" aria-label="{escape(label)}"'


def _block(block: Block) -> str:
    if not block.sheets:
        return _solid(block)
    steps = [1 - i / max(1, block.sheets - 1) for i in range(block.sheets)]
    size = f'width="{_px(block.width)}" height="{_px(block.height)}" stroke-width="{0.6 if block.sheets > 8 else 1}"'
    return "".join(
        f'<rect x="{_px(block.x + step * block.right)}" y="{_px(block.y - step * block.up)}" {size}/>'
        for step in (steps if block.sheets > 1 else [0.0])
    )


def _solid(block: Block) -> str:
    """Draw the front face and, in one path, the top and the side."""
    x, y, wide, high, right, up = map(_px, (block.x, block.y, block.width, block.height, block.right, block.up))
    return (
        f'<path d="M{x} {y}l{right} -{up}h{wide}v{high}l-{right} {up}v-{high}zm{wide} 0l{right} -{up}"/>'
        f'<rect x="{x}" y="{y}" width="{wide}" height="{high}"/>'
    )


def _words(words: Words, style: str = "") -> str:
    return f'<text x="{_px(words.x)}" y="{_px(words.y)}"{style}>{escape(words.text)}</text>'


def _note(note: NoteWords, *, chosen: bool) -> str:
    words = _words(note.words)
    if note.index is None:
        return f'<g class="rest" fill="{NOTE_COLOR}">{words}</g>'
    button = _button(note.index, note.words.text) if chosen else ""
    return f'<g class="note" {button} fill="{NOTE_COLOR}">{words}</g>'


def _window(window: DrawnWindow) -> str:
    x, y, width, height = map(_px, (window.x, window.y, window.width, window.height))
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}"/>'


def _lines(drawing: Drawing) -> str:
    return "".join(f"M{_px(x)} {_px(y)}L{_px(to_x)} {_px(to_y)}" for (x, y), (to_x, to_y) in drawing.lines)


def _px(value: float) -> str:
    """Write a length to a tenth of a px, as short as it goes."""
    return f"{value:.1f}".removesuffix(".0")
