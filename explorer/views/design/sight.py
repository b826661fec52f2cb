"""A picture as a network sees it: its blind border, and what one value of a map sees of it."""

from functools import lru_cache
from itertools import product

import numpy as np
import numpy.typing as npt
from PIL import Image

from explorer.architecture.analysis.reach import Blind, blind, sight
from explorer.architecture.build import layer_names
from explorer.architecture.trace import Trace
from explorer.views.common.palette import BLIND_COLOR, FIELD_COLOR, rgb

Pixels = npt.NDArray[np.uint8]
SIDE = 336  # px that the drawn picture has at least
BLIND, FIELD = np.array(rgb(BLIND_COLOR)), np.array(rgb(FIELD_COLOR))
STRIPE = 6  # px, so that colour is not alone


def picture(trace: Trace, index: int, sample: Pixels) -> Pixels:
    """Draw a sample (height × width, grey) at the network's input size, its blind rows and columns hatched.

    The frame is what the middle value of layer `index` sees, if that is a map. Gives height × width × 3.
    """
    _, height, width = trace.architecture.input_shape
    scale = -(-SIDE // max(height, width))
    drawn = np.repeat(np.repeat(_resized(sample.tobytes(), sample.shape, height, width), scale, 0), scale, 1)
    _hatch(drawn, _mask(blind(trace.architecture), height, width).repeat(scale, 0).repeat(scale, 1))
    _frame(drawn, trace, index, scale)
    return drawn


@lru_cache(maxsize=32)
def _resized(sample: bytes, shape: tuple[int, int], height: int, width: int) -> Pixels:
    image = Image.frombytes("L", (shape[1], shape[0]), sample).resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(image.convert("RGB"))


def _mask(found: Blind, height: int, width: int) -> npt.NDArray[np.bool_]:
    mask = np.zeros((height, width), dtype=bool)
    mask[list(found.rows)] = True
    mask[:, list(found.columns)] = True
    return mask


def _hatch(drawn: Pixels, mask: npt.NDArray[np.bool_]) -> None:
    down, across = np.indices(mask.shape)
    stripes = (down + across) // STRIPE % 2 == 0
    drawn[mask & stripes] = BLIND
    drawn[mask & ~stripes] = 255


def _frame(drawn: Pixels, trace: Trace, index: int, scale: int) -> None:
    """Frame each run of rows and columns by itself, so that no gap between them is said to be seen."""
    seen = sight(trace.architecture, index)
    if seen is None:
        return
    thick = max(2, SIDE // 112)
    for rows, columns in product(_spans(seen.rows), _spans(seen.columns)):
        inside = drawn[rows.start * scale : rows.stop * scale, columns.start * scale : columns.stop * scale]
        for edge in (inside[:thick], inside[-thick:], inside[:, :thick], inside[:, -thick:]):
            edge[:] = FIELD


def blind_words(trace: Trace) -> str:
    """Say what the network never sees, and which strides leave it."""
    found = blind(trace.architecture)
    if not found.pixels:
        return "Every pixel reaches an output."
    _, height, width = trace.architecture.input_shape
    lost = f"{found.pixels:,} of {height * width:,} pixels ({found.share:.2%}) reach no output: {_places(found)}."
    return f"{lost} {_causes(trace)}".strip()


def _places(found: Blind) -> str:
    sides = {"rows": found.rows, "columns": found.columns}
    if found.rows == found.columns:
        sides = {"rows and columns": found.rows}
    return ", ".join(f"{name} {_runs(places)}" for name, places in sides.items() if places)


def _runs(places: tuple[int, ...]) -> str:
    """Write places as runs, the first few of them: `218 to 223`, `1, 3, 5 and 9 more`."""
    spans = _spans(places)
    runs = [str(span[0]) if len(span) == 1 else f"{span[0]} to {span[-1]}" for span in spans]
    rest = f" and {len(runs) - 3} more" if len(runs) > 3 else ""
    return ", ".join(runs[:3]) + rest


def _spans(places: tuple[int, ...]) -> list[range]:
    """Give places in order as ranges without gaps."""
    there = set(places)
    starts = [place for place in places if place - 1 not in there]
    ends = [place + 1 for place in places if place + 1 not in there]
    return [range(first, end) for first, end in zip(starts, ends, strict=True)]


def _causes(trace: Trace) -> str:
    left = [f"{row.name} {max(row.remainder)}" for row in trace.rows if row.remainder and max(row.remainder)]
    return f"Rows that a stride leaves over at the end: {', '.join(left)}." if left else ""


def sight_words(trace: Trace, index: int) -> str:
    """Say what the frame shows."""
    seen = sight(trace.architecture, index)
    if seen is None:
        return "Choose a layer that gives maps, and the frame shows what its middle value sees."
    name = layer_names(trace.architecture.layers)[index]
    if not seen.rows:
        return f"There is no frame: the middle value of {name} sees nothing but padding."
    gaps = " The pixels between are no part of it." if len(_spans(seen.rows) + _spans(seen.columns)) > 2 else ""
    beyond = " The rest of what it sees is padding." if seen.padded else ""
    shown = f"{len(seen.rows)} × {len(seen.columns)} pixels"
    return f"The frame: {shown} that the middle value of {name} sees.{gaps}{beyond}"
