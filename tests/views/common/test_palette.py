"""The palette: the same series colours as Streamlit's own charts, and colours as numbers."""

import tomllib
from pathlib import Path

from PIL import ImageColor

from explorer.views.common.palette import BLUE, COLORS, WEIGHT_COLORS, rgb

CONFIG = Path(__file__).parents[3] / ".streamlit" / "config.toml"


def test_streamlits_own_charts_have_the_same_colours() -> None:
    theme = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"]
    assert tuple(theme["chartCategoricalColors"][: len(COLORS)]) == COLORS
    assert theme["light"]["primaryColor"] == BLUE


def test_a_colour_as_numbers_is_what_another_library_reads() -> None:
    assert [rgb(color) for color in WEIGHT_COLORS] == [ImageColor.getrgb(color) for color in WEIGHT_COLORS]
