"""The networks of the course, each as its text has it.

Values and shapes of every preset stand as golden tables in the tests.
"""

from collections.abc import Callable

import msgspec

from explorer.architecture.kinds.activation import ReLU, ScaledTanh, Sigmoid
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.historic import GaussianRBF, PartialConv2d, Subsample2d
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.normalisation import LocalResponseNorm
from explorer.architecture.kinds.pooling import AdaptiveAvgPool2d, AvgPool2d, MaxPool2d
from explorer.architecture.kinds.regularisation import Dropout
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.spec import Architecture


class Preset(msgspec.Struct, frozen=True):
    """A network of the course: its title in a menu, where it comes from, the design, and what it is built as today."""

    title: str
    source: str
    architecture: Architecture
    modern: str | None = None  # the preset that an original of 1998 or 2012 became


def _lenet(activation: Callable[[], Layer], pooling: Callable[..., Layer], *, padding: int) -> tuple[Layer, ...]:
    """LeNet's stack: two convolutions with pooling, then 120, 84 and 10."""
    return (
        Conv2d(out_channels=6, kernel_size=5, padding=padding),
        activation(),
        pooling(kernel_size=2, stride=2),
        Conv2d(out_channels=16, kernel_size=5),
        activation(),
        pooling(kernel_size=2, stride=2),
        Flatten(),
        Linear(out_features=120),
        activation(),
        Linear(out_features=84),
        activation(),
        Linear(out_features=10),
    )


def _lenet_pytorch() -> tuple[Layer, ...]:
    """The note's LeNet5 class: no activation anywhere, so its three dense layers are one linear map."""
    return tuple(layer for layer in _lenet(ReLU, MaxPool2d, padding=0) if not isinstance(layer, ReLU))


# The paper's table I: which of S2's 6 maps each of C3's 16 maps sees.
C3 = (
    *((0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5)),
    *((0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5)),
    *((0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5)),
    (0, 1, 2, 3, 4, 5),
)


def _lenet5_1998() -> tuple[Layer, ...]:
    """LeNet-5 as published: C1, S2, C3, S4, C5, F6 and the output, each but the last one squashed."""
    return (
        *(Conv2d(out_channels=6, kernel_size=5), ScaledTanh()),
        *(Subsample2d(kernel_size=2), ScaledTanh()),
        *(PartialConv2d(out_channels=16, kernel_size=5, connections=C3), ScaledTanh()),
        *(Subsample2d(kernel_size=2), ScaledTanh()),
        *(Conv2d(out_channels=120, kernel_size=5), ScaledTanh()),
        Flatten(),
        *(Linear(out_features=84), ScaledTanh()),
        GaussianRBF(out_features=10),
    )


def _pool() -> Layer:
    """AlexNet's overlapping pooling: windows of 3 every 2 pixels (2012, section 3.4)."""
    return MaxPool2d(kernel_size=3, stride=2)


def _alexnet(first: Conv2d, num_classes: int) -> tuple[Layer, ...]:
    """AlexNet's stack in one tower, after its first convolution."""
    return (
        *(first, ReLU(), _pool()),
        *(Conv2d(out_channels=256, kernel_size=5, padding=2), ReLU(), _pool()),
        *(Conv2d(out_channels=384, kernel_size=3, padding=1), ReLU()),
        *(Conv2d(out_channels=384, kernel_size=3, padding=1), ReLU()),
        *(Conv2d(out_channels=256, kernel_size=3, padding=1), ReLU(), _pool()),
        Flatten(),
        *(Linear(out_features=4096), ReLU(), Dropout(p=0.5)),
        *(Linear(out_features=4096), ReLU(), Dropout(p=0.5)),
        Linear(out_features=num_classes),
    )


def _alexnet_2012() -> tuple[Layer, ...]:
    """AlexNet as published: half of conv2, conv4 and conv5 on each of two GPUs, so two groups there (section 3.2)."""
    return (
        *(Conv2d(out_channels=96, kernel_size=11, stride=4), ReLU(), _normalise(), _pool()),
        *(Conv2d(out_channels=256, kernel_size=5, padding=2, groups=2), ReLU(), _normalise(), _pool()),
        *(Conv2d(out_channels=384, kernel_size=3, padding=1), ReLU()),
        *(Conv2d(out_channels=384, kernel_size=3, padding=1, groups=2), ReLU()),
        *(Conv2d(out_channels=256, kernel_size=3, padding=1, groups=2), ReLU(), _pool()),
        Flatten(),
        *(Linear(out_features=4096), ReLU(), Dropout(p=0.5)),
        *(Linear(out_features=4096), ReLU(), Dropout(p=0.5)),
        Linear(out_features=1000),
    )


def _normalise() -> Layer:
    """The paper's α multiplies the sum over its 5 channels (section 3.3), torch's their mean: 5 times as much."""
    return LocalResponseNorm(size=5, alpha=5e-4, beta=0.75, k=2.0)


def _alexnet_torchvision() -> tuple[Layer, ...]:
    """The widths of "One weird trick" (Krizhevsky, 2014), as torchvision has them: adaptive pooling, dropout first."""
    return (
        *(Conv2d(out_channels=64, kernel_size=11, stride=4, padding=2), ReLU(), _pool()),
        *(Conv2d(out_channels=192, kernel_size=5, padding=2), ReLU(), _pool()),
        *(Conv2d(out_channels=384, kernel_size=3, padding=1), ReLU()),
        *(Conv2d(out_channels=256, kernel_size=3, padding=1), ReLU()),
        *(Conv2d(out_channels=256, kernel_size=3, padding=1), ReLU(), _pool()),
        AdaptiveAvgPool2d(output_size=6),
        Flatten(),
        *(Dropout(p=0.5), Linear(out_features=4096), ReLU()),
        *(Dropout(p=0.5), Linear(out_features=4096), ReLU()),
        Linear(out_features=1000),
    )


def _alexnet_28() -> tuple[Layer, ...]:
    """AlexNet's skeleton for 28×28 pictures: five convolutions, the first with a stride, and three dense layers.

    Widths and strides were chosen so that two cores take it past 85 % on Fashion-MNIST in a few minutes.
    """
    return (
        *(Conv2d(out_channels=32, kernel_size=5, stride=2, padding=2), ReLU(), MaxPool2d(kernel_size=2, stride=2)),
        *(Conv2d(out_channels=64, kernel_size=3, padding=1), ReLU(), _pool()),
        *(Conv2d(out_channels=96, kernel_size=3, padding=1), ReLU()),
        *(Conv2d(out_channels=96, kernel_size=3, padding=1), ReLU()),
        *(Conv2d(out_channels=64, kernel_size=3, padding=1), ReLU(), _pool()),
        Flatten(),
        *(Linear(out_features=256), ReLU(), Dropout(p=0.5)),
        *(Linear(out_features=256), ReLU(), Dropout(p=0.5)),
        Linear(out_features=10),
    )


def _preset(
    title: str,
    source: str,
    input_shape: tuple[int, int, int],
    layers: tuple[Layer, ...],
    *,
    modern: str | None = None,
) -> Preset:
    architecture = Architecture(name=title, input_shape=input_shape, layers=layers)
    return Preset(title=title, source=source, architecture=architecture, modern=modern)


PRESETS: dict[str, Preset] = {
    "lenet-d2l": _preset(
        "LeNet (the book)",
        "Dive into Deep Learning (“the book”), chapter LeNet",
        (1, 28, 28),
        _lenet(Sigmoid, AvgPool2d, padding=2),
    ),
    "lenet-keras": _preset(
        "LeNet-5 with ReLU and max pooling",
        "the Keras walk-through of LeNet-5",
        (1, 28, 28),
        _lenet(ReLU, MaxPool2d, padding=2),
    ),
    "lenet-pytorch": _preset(
        "LeNet5 class without activations",
        "a note on the LeNet family in PyTorch",
        (1, 32, 32),
        _lenet_pytorch(),
    ),
    "lenet5-1998": _preset(
        "LeNet-5 as published (1998)",
        "LeCun, Bottou, Bengio, Haffner: Gradient-based learning applied to document recognition, section II.B",
        (1, 32, 32),
        _lenet5_1998(),
        modern="lenet-d2l",
    ),
    "lenet-ng": _preset(
        "LeNet for colour pictures (Ng)",
        "Andrew Ng's course notes on CNNs",
        (3, 32, 32),
        _lenet(ReLU, MaxPool2d, padding=0),
    ),
    "alexnet-28": _preset(
        "AlexNet for 28×28 pictures",
        "an exercise of Dive into Deep Learning: AlexNet simplified for Fashion-MNIST",
        (1, 28, 28),
        _alexnet_28(),
    ),
    "alexnet-d2l": _preset(
        "AlexNet (the book)",
        "Dive into Deep Learning (“the book”), chapter AlexNet, for Fashion-MNIST",
        (1, 224, 224),
        _alexnet(Conv2d(out_channels=96, kernel_size=11, stride=4, padding=1), num_classes=10),
    ),
    "alexnet-227": _preset(
        "AlexNet, one tower, 227×227",
        "the Keras walk-through of AlexNet",
        (3, 227, 227),
        _alexnet(Conv2d(out_channels=96, kernel_size=11, stride=4), num_classes=1000),
    ),
    "alexnet-2012": _preset(
        "AlexNet (2012)",
        "Krizhevsky, Sutskever, Hinton: ImageNet Classification with Deep Convolutional Neural Networks, 2012",
        (3, 227, 227),
        _alexnet_2012(),
        modern="alexnet-227",
    ),
    "alexnet-torchvision": _preset(
        "AlexNet (torchvision)",
        "torchvision.models.alexnet",
        (3, 224, 224),
        _alexnet_torchvision(),
    ),
}


def origin(design: Architecture) -> str | None:
    """Name the preset that a design began as, which its own name tells; None for one that was named anew."""
    return next((name for name, preset in PRESETS.items() if preset.architecture.name == design.name), None)
