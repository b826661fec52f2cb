"""A convolution as a matrix, against autograd's Jacobian and the convolution itself."""

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from explorer.architecture.analysis.dense import dense_weights, example
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.sizes import pair

convolutions = st.builds(
    Conv2d,
    out_channels=st.just(3),
    kernel_size=st.integers(1, 7),
    stride=st.integers(1, 4),
    padding=st.integers(0, 4) | st.just(255),
    dilation=st.integers(1, 2),
)


@settings(max_examples=60)  # each takes a gradient for every output
@given(convolutions)
def test_the_matrix_is_the_convolutions_jacobian(layer: Conv2d) -> None:
    shown = example(layer)
    assume(shown is not None)
    assert shown is not None
    assert len(shown.entries) <= 16
    height, width = pair(layer.kernel_size)
    weights = torch.arange(1.0, height * width + 1).view(1, 1, height, width)

    def convolve(pixels: Tensor) -> Tensor:
        image = pixels.view(1, 1, shown.side, shown.side)
        return F.conv2d(image, weights, stride=layer.stride, padding=layer.padding, dilation=layer.dilation).flatten()

    picture = torch.rand(shown.side**2)
    matrix = torch.tensor(shown.entries, dtype=torch.float32)
    assert torch.equal(torch.func.jacrev(convolve)(picture), matrix)
    torch.testing.assert_close(matrix @ picture, convolve(picture))


def test_a_small_case_counted_by_hand() -> None:
    shown = example(Conv2d(out_channels=1, kernel_size=3))
    assert shown is not None
    assert (shown.side, len(shown.entries), len(shown.entries[0])) == (6, 16, 36)
    assert shown.num_values == 9
    assert shown.zeros == pytest.approx(1 - 9 / 36)


def test_the_lessons_weights_and_those_of_a_photograph() -> None:
    assert dense_weights((3, 32, 32), (6, 28, 28)) == 14_450_688
    assert dense_weights((3, 1000, 1000), (6, 996, 996)) == 17_856_288_000_000


def test_a_kernel_larger_than_any_example_has_none() -> None:
    assert example(Conv2d(out_channels=1, kernel_size=99)) is None
