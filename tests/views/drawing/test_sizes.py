"""Values along the depth, against the lesson's own list."""

import plotly.graph_objects as go
import pytest
from msgspec.structs import replace

from explorer.architecture.presets import PRESETS
from explorer.architecture.trace import trace
from explorer.views.drawing.sizes import rising, size_figure, size_words

NG = trace(PRESETS["lenet-ng"].architecture)


def test_the_lessons_sizes_rise_twice() -> None:
    (bars,) = go.Figure(size_figure(NG)).data
    assert list(bars.y) == [3072, 4704, 1176, 1600, 400, 120, 84, 10]
    assert list(bars.text) == ["3,072", "4,704", "1,176", "1,600", "400", "120", "84", "10"]
    assert rising(NG) == ["conv1", "conv2"]
    assert size_words(NG) == (
        "Values of one picture along the depth: 3,072, 4,704, 1,176, 1,600, 400, 120, 84, 10. "
        "Their number rises twice: at conv1 and conv2."
    )


@pytest.mark.parametrize("name", PRESETS)
def test_each_bar_has_the_values_of_its_layer(name: str) -> None:
    traced = trace(PRESETS[name].architecture)
    (bars,) = go.Figure(size_figure(traced)).data
    assert [traced.rows[index].output_bytes // 4 for index in bars.customdata[1:]] == list(bars.y[1:])


def test_a_network_without_layers_never_rises() -> None:
    assert size_words(trace(replace(NG.architecture, layers=()))).endswith("3,072. Their number never rises.")
