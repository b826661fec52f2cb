"""What one layer costs and sees, read off its module and its shapes.

Multiply-adds are one multiplication with its addition; bias additions, activations, normalisation and pooling count
none, as in torch's flop counter (which counts two flops for each). Connections are LeCun's: each output counts the
inputs it sees, and one more for its bias.
"""

from typing import NamedTuple

from torch import nn

from explorer.architecture import layers as kinds
from explorer.architecture.build import Fitted, Shape
from explorer.architecture.diagnose import Sliding, window_span

BYTES = 4  # of a float32


class View(NamedTuple):
    """What a value of a map sees of the input: `receptive_field` pixels squared, `jump` beside its neighbour's."""

    receptive_field: int
    jump: int


def count(shape: Shape) -> int:
    """Multiply the sizes of a shape, with Python's whole numbers: a design within bounds can pass 2**63."""
    total = 1
    for size in shape:
        total *= size
    return total


def num_params(module: nn.Module) -> int:
    """Count the parameters of a module, trainable or not."""
    return sum(parameter.numel() for parameter in module.parameters())


def num_trainable(module: nn.Module) -> int:
    """Count the parameters that an optimizer may change."""
    return sum(parameter.numel() for parameter in module.parameters() if parameter.requires_grad)


def mult_adds(fitted: Fitted) -> int:
    """Count multiply-adds for one picture: each output of a weight layer needs one for each weight that it uses."""
    return neurons(fitted) * _inputs_seen(fitted.module)


def neurons(fitted: Fitted) -> int:
    """Count the outputs of a weight layer, as the AlexNet paper counts its neurons (2012, section 3.5); else 0."""
    return count(fitted.output_shape) if isinstance(fitted.module, nn.Conv2d | nn.Linear) else 0


def connections(fitted: Fitted) -> int:
    """Count connections as LeCun does (1998, section II.B); a plain pooling's outputs have no bias."""
    layer, outputs = fitted.layer, count(fitted.output_shape)
    if isinstance(layer, kinds.MaxPool2d | kinds.AvgPool2d):
        return outputs * layer.kernel_size**2
    return neurons(fitted) * (_inputs_seen(fitted.module) + (getattr(fitted.module, "bias", None) is not None))


def _inputs_seen(module: nn.Module) -> int:
    """Count the inputs that one output of a weight layer is a weighted sum of."""
    return count(tuple(module.weight.shape[1:])) if isinstance(module, nn.Conv2d | nn.Linear) else 0


def view_after(view: View | None, fitted: Fitted) -> View | None:
    """Carry the view through a layer; None once there are no maps, or where windows differ in size.

    r ← r + (span − 1)·jump, jump ← jump·stride (Araujo, Norris, Sim: Computing Receptive Fields of CNNs, 2019, eq. 2).
    """
    window = _window(fitted)
    if view is None or window is None or len(fitted.output_shape) != 3:
        return None
    span, stride = window
    return View(view.receptive_field + (span - 1) * view.jump, view.jump * stride)


def _window(fitted: Fitted) -> tuple[int, int] | None:
    """Give a layer's window and stride in pixels of its input, or None where it has no single one."""
    layer = fitted.layer
    if isinstance(layer, Sliding):
        return window_span(layer), _stride(layer)
    if isinstance(layer, kinds.AdaptiveAvgPool2d):
        sizes = {divmod(size, layer.output_size) for size in fitted.input_shape[1:]}
        (whole, rest), *others = sizes
        return None if rest or others else (whole, whole)
    return None if isinstance(layer, kinds.Linear | kinds.Flatten) else (1, 1)


def _stride(layer: Sliding) -> int:
    return layer.stride or layer.kernel_size


def remainder(fitted: Fitted) -> tuple[int, int] | None:
    """Count the rows and columns of the padded input that no window reaches because the stride steps over the end."""
    layer = fitted.layer
    if not isinstance(layer, Sliding):
        return None
    pairs = zip(fitted.input_shape[1:], fitted.output_shape[1:], strict=True)
    height, width = (_unused(layer, size_in, size_out) for size_in, size_out in pairs)
    return height, width


def _unused(layer: Sliding, size_in: int, size_out: int) -> int:
    reached = (size_out - 1) * _stride(layer) + window_span(layer)
    return max(0, size_in + 2 * layer.padding - reached)
