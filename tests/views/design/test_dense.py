"""A convolution beside the dense layer in its place, in the lesson's numbers."""

import plotly.graph_objects as go
from msgspec.structs import replace

from explorer.architecture.analysis.dense import example
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.presets import PRESETS
from explorer.architecture.trace import trace
from explorer.views.design.dense import convolution, dense_words, matrix_figure, matrix_words

NG = trace(PRESETS["lenet-ng"].architecture)


def test_the_words_give_the_lessons_numbers() -> None:
    found = convolution(NG, 0)
    assert found is not None
    assert dense_words(*found) == (
        "From the same 3,072 inputs to the same 4,704 outputs, a dense layer has **14,450,688** weights (57.8 MB); "
        "conv1 has **456** parameters. On maps of 1000×1000: 17.86 T (71.43 TB), and still 456."
    )


def test_only_a_convolution_that_fits_has_a_dense_layer_in_its_place() -> None:
    assert [index for index in range(-1, 20) if convolution(NG, index)] == [0, 3]


def test_the_matrix_leaves_zeros_empty_and_names_its_weights() -> None:
    shown = example(Conv2d(out_channels=1, kernel_size=5))
    assert shown is not None
    (heat,) = go.Figure(matrix_figure(shown)).data
    assert list(heat.z[0][:6]) == [1, 2, 3, 4, 5, None]
    assert heat.text[0][8] == "w(1,0)"
    assert matrix_words(shown).endswith("Sparse: 61% zeros. Shared: 25 different values.")


def test_a_kernel_larger_than_a_photograph_is_compared_here_only() -> None:
    wide = Conv2d(out_channels=1, kernel_size=255, padding=255, dilation=5)
    traced = trace(replace(NG.architecture, input_shape=(3, 1024, 1024), layers=(wide,)))
    found = convolution(traced, 0)
    assert found is not None
    assert dense_words(*found).endswith("parameters.")
