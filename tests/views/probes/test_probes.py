"""Probes as figures and sentences: the numbers in the words are those that were measured."""

from collections.abc import Sequence
from typing import Any, cast

import pytest
from msgspec.structs import replace

from explorer.training.events import Finished, Histogram, LayerProbe, Probe
from explorer.views.common.figure import Figure
from explorer.views.probes import probe_figures, probe_words
from explorer.views.probes.probe_words import NARROW
from explorer.views.probes.probes import (
    are_comparable,
    layer_at,
    place_of,
    probes_of,
    with_weights,
)

OUTPUTS = Histogram(low=0.0, high=2.0, counts=(1, 3))


def weights(name: str, index: int, gradient: float, *, ratio: float | None = 0.01) -> LayerProbe:
    return LayerProbe(
        index=index,
        name=name,
        kind="Linear",
        mean=0.5,
        std=0.25,
        outputs=OUTPUTS,
        num_weights=6,
        grad_rms=gradient,
        gradients=Histogram(low=-10.0, high=2.0, counts=(4, 0)),
        update_ratio=ratio,
    )


def activation(
    kind: str,
    index: int,
    *,
    slope: float,
    std: float = 0.25,
    saturated: float | None = None,
    dead: float | None = None,
) -> LayerProbe:
    return LayerProbe(
        index=index,
        name=f"{kind.lower()}{index}",
        kind=kind,
        mean=0.5,
        std=std,
        outputs=OUTPUTS,
        slope=slope,
        saturated=saturated,
        dead=dead,
    )


def a_probe(*layers: LayerProbe, step: int = 40) -> Probe:
    return Probe(step=step, epoch=step / 24, pictures=128, layers=layers)


SIGMOID = a_probe(
    weights("fc1", 0, 0.0002, ratio=0.0014),
    activation("Sigmoid", 1, slope=0.25, saturated=0.125),
    weights("fc2", 2, 0.001),
    activation("Sigmoid", 3, slope=0.2, std=0.1, saturated=0.5),
    weights("fc3", 4, 0.008, ratio=0.069),
)
RELU = a_probe(
    weights("fc1", 0, 0.05),
    activation("ReLU", 1, slope=0.4, dead=0.25),
    weights("fc2", 2, 0.008),
)
PLAIN = a_probe(weights("fc1", 0, 0.001), weights("fc2", 1, 0.001))


def trace(figure: Figure, number: int = 0) -> dict[str, Any]:
    return cast("list[dict[str, Any]]", figure["data"])[number]


def layout(figure: Figure) -> dict[str, Any]:
    return cast("dict[str, Any]", figure["layout"])


def test_the_gradients_stand_from_input_to_output_on_an_axis_of_all_probes() -> None:
    early = replace(SIGMOID, layers=(weights("fc1", 0, 3e-7), *SIGMOID.layers[1:]))
    figure = probe_figures.gradient_figure([early, SIGMOID], 1)
    assert trace(figure)["x"] == ["fc1", "fc2", "fc3"]
    assert trace(figure)["y"] == [0.0002, 0.001, 0.008]
    assert trace(figure)["customdata"] == [0, 2, 4]
    assert (layout(figure)["yaxis"]["type"], layout(figure)["yaxis"]["range"]) == ("log", [-7, -2])


@pytest.mark.parametrize(
    ("first", "words"),
    [
        (0.0002, "fc1's gradient is 1/40 of fc2's."),
        (0.00003, "fc1's gradient is 1/270 of fc2's."),
        (0.0075, "fc1's gradient is about as large as fc2's."),
        (0.016, "fc1's gradient is 2.0 times fc2's."),
        (0.0, "fc1 gets no gradient."),
    ],
)
def test_the_headline_compares_the_first_layer_with_the_last(first: float, words: str) -> None:
    assert probe_words.gradient_words(a_probe(weights("fc1", 0, first), weights("fc2", 2, 0.008))) == words


def test_a_gradient_of_0_is_a_gap_on_the_logarithmic_axis() -> None:
    assert trace(probe_figures.gradient_figure([a_probe(weights("fc1", 0, 0.0), weights("fc2", 2, 1.0))], 0))["y"] == [
        None,
        1.0,
    ]


@pytest.mark.parametrize(
    ("probe", "words"),
    [
        (
            SIGMOID,
            "Between them stand 2 sigmoids. A sigmoid's slope is at most ¼; here it is 0.25, 0.20 on average: "
            "they alone let 1/20 of a gradient pass.",
        ),
        (
            RELU,
            "Between them stands relu1. Where a ReLU is above 0 its slope is 1, and the gradient passes whole: "
            "here at 40% of the outputs.",
        ),
        (PLAIN, "No activation stands between them."),
        (
            a_probe(
                weights("fc1", 0, 0.001),
                activation("ReLU", 1, slope=0.5, dead=0.0),
                activation("Tanh", 2, slope=0.5, saturated=0.0),
                weights("fc2", 3, 0.001),
            ),
            "Between them the slopes are 0.50, 0.50 on average: they alone let 1/4.0 of a gradient pass.",
        ),
        (
            a_probe(
                weights("fc1", 0, 0.2), activation("Sigmoid", 1, slope=0.005, saturated=0.9), weights("fc2", 2, 0.3)
            ),
            "Between them stands sigmoid1. A sigmoid's slope is at most ¼; here it is 0.01 on average: "
            "they alone let 1/200 of a gradient pass, and the weights make up for it.",
        ),
    ],
)
def test_it_says_why_in_the_measured_slopes(probe: Probe, words: str) -> None:
    assert probe_words.why_words(probe) == words


def test_it_says_how_far_a_step_moved_the_ends_of_the_network() -> None:
    words = probe_words.movement_words(SIGMOID).replace(NARROW, " ")
    assert words == "Step 40 moved fc1's weights by 0.14 % of their size, fc3's by 6.9 %."
    assert probe_words.movement_words(a_probe(weights("fc1", 0, 1.0, ratio=None), step=0)) == "No step was taken yet."


@pytest.mark.parametrize(
    ("ratio", "words"),
    [
        (0.00021, "0.021 %"),
        (0.000021, "1 part in 48,000"),
        (7.1e-9, "1 part in 140 million"),
        (2.5e-10, "1 part in 4.0 billion"),
        (1e-15, "less than 1 part in a million million"),
        (0.0, "0 %"),
    ],
)
def test_a_movement_is_said_without_counting_zeros(ratio: float, words: str) -> None:
    moved = probe_words.movement_words(a_probe(weights("fc1", 0, 1.0, ratio=ratio), step=40)).replace(NARROW, " ")
    assert moved == f"Step 40 moved fc1's weights by {words} of their size."


def test_stuck_shares_grow_over_the_epochs_and_the_moment_is_marked() -> None:
    start = replace(SIGMOID, step=0, epoch=0.0)
    figure = probe_figures.stuck_figure([start, SIGMOID], 1)
    assert [(line["name"], line["y"]) for line in (trace(figure, 0), trace(figure, 1))] == [
        ("sigmoid1", [0.125, 0.125]),
        ("sigmoid3", [0.5, 0.5]),
    ]
    assert trace(figure)["line"]["dash"] != trace(figure, 1)["line"]["dash"]
    assert layout(figure)["shapes"][0]["x0"] == SIGMOID.epoch


@pytest.mark.parametrize(
    ("probe", "title", "beginning"),
    [
        (SIGMOID, "Saturated", "sigmoid3: 50% of its outputs are within 0.05 of an end"),
        (RELU, "Dead units", "relu1: 25% of its units are 0 for all 128 pictures"),
        (
            a_probe(activation("Tanh", 0, slope=1.0, saturated=0.0)),
            "Saturated",
            "No output is within 0.05 of an end of its",
        ),
        (PLAIN, "Dead units", "This network has no sigmoid, tanh or ReLU"),
    ],
)
def test_the_most_stuck_activation_is_named(probe: Probe, title: str, beginning: str) -> None:
    assert probe_words.stuck_title(probe) == title
    assert probe_words.stuck_words(probe).startswith(beginning)


def test_outputs_are_those_of_the_activations_or_without_any_those_of_the_weights() -> None:
    assert trace(probe_figures.outputs_figure([SIGMOID], 0))["x"] == ["sigmoid1", "sigmoid3"]
    assert trace(probe_figures.outputs_figure([SIGMOID], 0))["error_y"]["array"] == [0.25, 0.1]
    assert trace(probe_figures.outputs_figure([PLAIN], 0))["x"] == ["fc1", "fc2"]
    assert probe_words.outputs_words(SIGMOID).startswith("sigmoid3 spreads least: 0.50 ± 0.1 ")


def test_a_layers_histograms_are_shares_in_the_middles_of_their_bins() -> None:
    figure = probe_figures.layer_figure([SIGMOID], 0, 0)
    outputs, gradients = trace(figure, 0), trace(figure, 1)
    assert (outputs["x"], outputs["y"]) == ([0.5, 1.5], [0.25, 0.75])
    assert (gradients["x"], gradients["y"], gradients["xaxis"]) == ([-7.0, -1.0], [1.0, 0.0], "x2")
    assert len(cast("Sequence[object]", probe_figures.layer_figure([SIGMOID], 0, 1)["data"])) == 1


def test_a_layer_that_another_network_had_falls_back_to_the_first() -> None:
    assert layer_at(RELU, 77).name == "fc1"
    assert probe_words.layer_words(RELU, 77).startswith("fc1: outputs 0.5 ± 0.25, gradient 0.05 a weight, moved by 1.0")


@pytest.mark.parametrize(("step", "place"), [(None, 2), (40, 2), (39, 1), (1, 1), (0, 0), (500, 2)])
def test_a_moment_is_the_last_probe_not_after_it(step: int | None, place: int) -> None:
    probes = [replace(RELU, step=taken) for taken in (0, 1, 40)]
    assert place_of(probes, step) == place


def test_probes_are_found_among_the_events_and_say_when_they_were_taken() -> None:
    assert probes_of([RELU, Finished(reason="epochs", seconds=1.0)]) == [RELU]
    assert probe_words.moment_words(replace(RELU, step=1_200, epoch=50.0)) == "Step 1,200 · epoch 50.0"
    assert probe_words.moment_words(replace(RELU, step=0)) == "Before the first step"


def test_another_run_with_other_activations_stands_beside_after_as_many_steps() -> None:
    relu = a_probe(
        weights("fc1", 0, 0.016, ratio=0.02),
        activation("ReLU", 1, slope=0.4, dead=0.0),
        *(weights("fc2", 2, 0.004), activation("ReLU", 3, slope=0.4, dead=0.0), weights("fc3", 4, 0.008)),
    )
    beside = [replace(relu, step=0, epoch=0.0), relu, replace(relu, step=80, epoch=3.3)]
    figure = probe_figures.gradient_figure([SIGMOID], 0, beside)
    assert [(line["name"], line["y"], line["line"]["dash"]) for line in (trace(figure, 0), trace(figure, 1))] == [
        ("this run", [0.0002, 0.001, 0.008], "solid"),
        ("a run with ReLUs", [0.016, 0.004, 0.008], "dash"),
    ]
    assert trace(figure, 0)["line"]["color"] != trace(figure, 1)["line"]["color"]
    words = probe_words.beside_words(SIGMOID, beside).replace(NARROW, " ")
    assert words == (
        "A run with ReLUs, at step 40: fc1's gradient is 2.0 times fc3's, and the step moved its weights by 2.0 %."
    )
    assert are_comparable(SIGMOID, relu)
    assert not are_comparable(SIGMOID, SIGMOID)
    assert not are_comparable(SIGMOID, RELU)


def test_contenders_gradients_stand_under_their_names_on_one_axis() -> None:
    drawn = probe_figures.gradients_side_by_side({"slow": SIGMOID, "fast": RELU})
    lines = cast(list[dict[str, Any]], drawn["data"])
    assert [line["name"] for line in lines] == ["slow", "fast"]
    assert len({line["line"]["dash"] for line in lines}) == 2
    assert len({line["line"]["color"] for line in lines}) == 2
    for line, probe in zip(lines, (SIGMOID, RELU), strict=True):
        assert line["y"] == [layer.grad_rms for layer in with_weights(probe)]
