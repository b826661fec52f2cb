"""The picture of where parameters and compute sit, against Plotly's own schema and the trace."""

import plotly.graph_objects as go
import pytest
from msgspec.structs import replace

from explorer.architecture.presets import PRESETS
from explorer.architecture.trace import trace
from explorer.views.design.costs import cost_figure, cost_words


@pytest.mark.parametrize("name", PRESETS)
def test_it_is_a_figure_that_plotly_accepts_with_shares_that_add_up(name: str) -> None:
    traced = trace(PRESETS[name].architecture)
    params, mult_adds = go.Figure(cost_figure(traced)).data
    assert sum(params.y) == pytest.approx(100, abs=0.1)
    assert sum(mult_adds.y) == pytest.approx(100, abs=0.1)
    assert [traced.rows[index].name for index in params.customdata] == list(params.x)


def test_its_words_name_the_heaviest_and_the_busiest_layer() -> None:
    traced = trace(PRESETS["alexnet-d2l"].architecture)
    words, params = cost_words(traced), go.Figure(cost_figure(traced)).data[0]
    assert list(params.text) == ["<1", "1", "2", "3", "2", "56", "36", "<1"]
    assert words == "fc6 holds 56% of the parameters; conv2 does 44% of the multiply-adds."


def test_a_network_without_parameters_draws_no_bar_and_says_so() -> None:
    traced = trace(replace(PRESETS["lenet-d2l"].architecture, layers=()))
    assert go.Figure(cost_figure(traced)).data[0].y == ()
    assert cost_words(traced) == "No layer of this network has parameters."
