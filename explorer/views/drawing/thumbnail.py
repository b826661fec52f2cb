"""A network's picture so small that it stands in a list's row: its volumes to scale, without a word."""

import time
from collections.abc import Iterable
from urllib.parse import quote

from explorer.architecture.spec import Architecture
from explorer.architecture.trace import trace
from explorer.views.common.palette import ROLE_COLORS
from explorer.views.drawing.drawing import Block, Drawing, DrawnVolume, draw
from explorer.views.drawing.sheets import Sheet
from explorer.views.drawing.volumes import volumes

SMALL = Sheet(width=100_000, side=44, depth=34, bar=58, font=1)  # all in one line
GAP = 4.0  # px between two volumes
LINE = 1.6  # px
MOST_KEPT = 2_000  # pictures of about two kilobytes


class Thumbnails:
    """The pictures that were drawn so far: each takes some milliseconds, for its network is traced."""

    def __init__(self) -> None:
        self._drawn: dict[Architecture, str] = {}

    def find(self, architectures: Iterable[Architecture], *, seconds: float) -> dict[Architecture, str]:
        """Give pictures, those that are new only as long as there is time: at least one of them, the others later."""
        deadline, found = time.monotonic() + seconds, dict[Architecture, str]()
        if len(self._drawn) > MOST_KEPT:
            self._drawn = {}
        for architecture in dict.fromkeys(architectures):
            if architecture not in self._drawn and time.monotonic() < deadline:
                self._drawn[architecture] = thumbnail(architecture)
            if architecture in self._drawn:
                found[architecture] = self._drawn[architecture]
        return found


def thumbnail(architecture: Architecture) -> str:
    """Give the picture's address, which holds the whole picture."""
    return f"data:image/svg+xml,{quote(_svg(draw(volumes(trace(architecture)), SMALL)))}"


def _svg(drawing: Drawing) -> str:
    """Draw the figures close together, each as one path."""
    parts, left = list[str](), GAP
    for figure in drawing.figures:
        first = min(block.x for block in figure.blocks)
        parts.append(_figure(figure, left - first))
        left += max(block.x + block.width + block.right for block in figure.blocks) - first + GAP
    blocks = [block for figure in drawing.figures for block in figure.blocks]
    top = min(block.y - block.up for block in blocks) - LINE
    height = max(block.y + block.height for block in blocks) + LINE - top
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 {top:.1f} {left:.1f} {height:.1f}"'
    return f'{head} width="{left:.1f}" height="{height:.1f}" stroke-width="{LINE}">{"".join(parts)}</svg>'


def _figure(figure: DrawnVolume, shift: float) -> str:
    edge, fill = ROLE_COLORS[figure.volume.role]
    path = "".join(_block(block, shift) for block in figure.blocks)
    return f'<path fill="{fill}" stroke="{edge}" stroke-linejoin="round" d="{path}"/>'


def _block(block: Block, shift: float) -> str:
    """Draw a block's top, side and front."""
    x, y, up = block.x + shift, block.y, f"l{block.right:.1f} -{block.up:.1f}"
    wide, high, down = f"{block.width:.1f}", f"{block.height:.1f}", f"l-{block.right:.1f} {block.up:.1f}"
    front = f"M{x:.1f} {y:.1f}h{wide}v{high}h-{wide}z"
    if not block.right:
        return front
    return f"M{x:.1f} {y:.1f}{up}h{wide}{down}zM{x + block.width:.1f} {y:.1f}{up}v{high}{down}z{front}"
