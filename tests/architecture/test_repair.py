"""What a refusal says, in the user's numbers, and that each proposed edit mends."""

import pytest
from hypothesis import given

from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.historic import GaussianRBF, PartialConv2d, Subsample2d
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.normalisation import BatchNorm1d, BatchNorm2d, LocalResponseNorm
from explorer.architecture.kinds.pooling import AdaptiveAvgPool2d, AvgPool2d, MaxPool2d
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.repair import MAX_REPAIRS
from explorer.architecture.spec import Architecture, check
from explorer.architecture.trace import LayerError, trace
from tests.architecture.stacks import broken


@given(broken())
def test_each_repair_gets_further_and_whole_mends_come_first(architecture: Architecture) -> None:
    error = trace(architecture).error
    if not error:
        return
    assert 1 <= len(error.repairs) <= MAX_REPAIRS
    assert len({repair.label for repair in error.repairs}) == len(error.repairs)
    left = [_layers_left(check(repair.architecture)) for repair in error.repairs]
    assert max(left) < _layers_left(architecture)
    assert [count > 0 for count in left] == sorted(count > 0 for count in left)


def _layers_left(architecture: Architecture) -> int:
    """Count the layers from the first that does not fit to the end."""
    error = trace(architecture).error
    return len(architecture.layers) - error.index if error else 0


def _error(*layers: Layer, side: int = 28) -> LayerError:
    error = trace(Architecture(name="x", input_shape=(1, side, side), layers=layers)).error
    assert error is not None
    return error


POOL = MaxPool2d(kernel_size=2)
CASES: dict[str, tuple[LayerError, str, list[str]]] = {
    "kernel too large": (
        _error(POOL, POOL, POOL, Conv2d(out_channels=6, kernel_size=5)),
        "The 5×5 kernel is larger than its 3×3 input.",
        [
            "Set padding to 1",
            "Set the kernel to 3×3",
            "Set pool0c's stride to 1",
            "Remove pool0c",
            "Set the input to 56×56",
        ],
    ),
    "kernel too large in spite of padding": (
        _error(Conv2d(out_channels=6, kernel_size=5, padding=1), side=2),
        "The 5×5 kernel is larger than its 2×2 input with padding 1 (4×4).",
        ["Set padding to 2", "Set the kernel to 2×2", "Set the input to 4×4", "Remove conv1"],
    ),
    "kernel too large with dilation": (
        _error(Conv2d(out_channels=6, kernel_size=5, dilation=2), side=7),
        "The 5×5 kernel with dilation 2 spans 9×9, which is larger than its 7×7 input.",
        ["Set dilation to 1", "Set padding to 1", "Set the kernel to 4×4", "Set the input to 14×14", "Remove conv1"],
    ),
    "pooling window too large": (
        _error(AvgPool2d(kernel_size=3), side=2),
        "The 3×3 kernel is larger than its 2×2 input.",
        ["Set padding to 1", "Set the kernel to 2×2", "Set the input to 4×4", "Remove pool0"],
    ),
    "convolution after Flatten": (
        _error(Flatten(), Linear(out_features=120), Conv2d(out_channels=6, kernel_size=5)),
        "It needs maps (channels × height × width), but after Flatten it gets a row of 120 numbers.",
        ["Move it before Flatten", "Remove conv2"],
    ),
    "pooling after Flatten": (
        _error(Flatten(), POOL),
        "It needs maps (channels × height × width), but after Flatten it gets a row of 784 numbers.",
        ["Move it before Flatten", "Remove pool0"],
    ),
    "adaptive pooling after Flatten": (
        _error(Flatten(), AdaptiveAvgPool2d(output_size=6)),
        "It needs maps (channels × height × width), but after Flatten it gets a row of 784 numbers.",
        ["Move it before Flatten", "Remove pool0"],
    ),
    "response norm after Flatten": (
        _error(Flatten(), LocalResponseNorm(size=5)),
        "It needs maps (channels × height × width), but after Flatten it gets a row of 784 numbers.",
        ["Move it before Flatten", "Remove norm0"],
    ),
    "groups against input channels": (
        _error(Conv2d(out_channels=6, kernel_size=5), Conv2d(out_channels=8, kernel_size=5, groups=4)),
        "4 groups do not divide its 6 input channels.",
        ["Set groups to 2", "Remove conv2"],
    ),
    "groups against output channels": (
        _error(Conv2d(out_channels=8, kernel_size=5), Conv2d(out_channels=6, kernel_size=5, groups=4)),
        "4 groups do not divide its 6 output channels.",
        ["Set groups to 2", "Set out_channels to 8", "Remove conv2"],
    ),
    "pooling padding over half": (
        _error(MaxPool2d(kernel_size=3, padding=2)),
        "A pooling's padding may be at most half its kernel: 2 is more than half of 3.",
        ["Set padding to 1", "Remove pool0"],
    ),
    "BatchNorm1d on maps": (
        _error(BatchNorm1d()),
        "It needs a row of numbers, but it gets maps of 1×28×28.",
        ["Use BatchNorm2d", "Remove norm0"],
    ),
    "BatchNorm2d on a row": (
        _error(Flatten(), BatchNorm2d()),
        "It needs maps (channels × height × width), but after Flatten it gets a row of 784 numbers.",
        ["Move it before Flatten", "Use BatchNorm1d", "Remove norm0"],
    ),
    "connection to a map that is not there": (
        _error(
            Conv2d(out_channels=6, kernel_size=5),
            PartialConv2d(out_channels=2, kernel_size=5, connections=((0, 5), (7, 2))),
        ),
        "Map 1 is connected to input map 7, but the layer before gives 6 maps (0 to 5).",
        ["Connect only input maps 0 to 5", "Remove conv2"],
    ),
    "partial convolution after Flatten": (
        _error(Flatten(), PartialConv2d(out_channels=1, kernel_size=5, connections=((0,),))),
        "It needs maps (channels × height × width), but after Flatten it gets a row of 784 numbers.",
        ["Move it before Flatten", "Remove conv1"],
    ),
    "subsampling window too large": (
        _error(Subsample2d(kernel_size=3), side=2),
        "The 3×3 kernel is larger than its 2×2 input.",
        ["Set the kernel to 2×2", "Set the input to 4×4", "Remove pool0"],
    ),
    "distances of maps": (
        _error(GaussianRBF(out_features=10)),
        "It needs a row of numbers, but it gets maps of 1×28×28.",
        ["Insert Flatten before it", "Remove rbf1"],
    ),
    "more weights than torch can count": (
        _error(
            *[Conv2d(out_channels=8_192, kernel_size=1, padding=255)] * 60,
            *(Linear(out_features=100_000), Flatten(), Linear(out_features=100_000)),
            side=1_024,
        ),
        "Its 25,906,380,800,000×100,000 weights are more than torch can count the bytes of.",
        ["Remove fc62"],
    ),
}


@pytest.mark.parametrize(("error", "cause", "repairs"), CASES.values(), ids=CASES)
def test_refusal_names_the_cause_and_the_edits(error: LayerError, cause: str, repairs: list[str]) -> None:
    assert error.cause == cause
    assert [repair.label for repair in error.repairs] == repairs
