"""What one layer costs and sees, read off its module and its shapes.

Multiply-adds are one multiplication with its addition; bias additions, activations, normalisation and pooling count
none, as in torch's flop counter (which counts two flops for each). Connections are LeCun's: each output counts the
inputs it sees, and one more for its bias.
"""

from typing import NamedTuple

from torch import Tensor, nn

from explorer.architecture import layers as kinds
from explorer.architecture.build import Fitted, Shape
from explorer.architecture.diagnose import Sliding, padding, stride, window_span
from explorer.architecture.historic import GaussianRBF, PartialConv2d, Subsample2d

BYTES = 4  # of a float32
WEIGHTED = nn.Conv2d | nn.Linear | PartialConv2d | Subsample2d | GaussianRBF


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
    """Count multiply-adds for one picture: every weight is used once at each position of its layer's outputs.

    So an output of Subsample2d counts one, its sum times the coefficient, and one of GaussianRBF one for each square.
    """
    weight = _weight(fitted.module)
    if weight is None:
        return 0
    on_maps = len(fitted.output_shape) == 3 and not isinstance(fitted.module, nn.Linear)
    positions = fitted.output_shape[1:] if on_maps else fitted.output_shape[:-1]
    return count(tuple(weight.shape)) * count(positions)


def neurons(fitted: Fitted) -> int:
    """Count the outputs of a layer with weights, as the AlexNet paper counts its neurons (2012, section 3.5); else 0.

    Normalisations, whose weights only scale and shift, have none.
    """
    return 0 if _weight(fitted.module) is None else count(fitted.output_shape)


def connections(fitted: Fitted) -> int:
    """Count connections as LeCun does (1998, section II.B); a plain pooling's outputs have no bias."""
    layer, outputs = fitted.layer, count(fitted.output_shape)
    if isinstance(layer, kinds.MaxPool2d | kinds.AvgPool2d):
        return outputs * layer.kernel_size**2
    if isinstance(layer, kinds.Subsample2d):
        return outputs * (layer.kernel_size**2 + 1)
    biases = neurons(fitted) if getattr(fitted.module, "bias", None) is not None else 0
    return mult_adds(fitted) + biases


def _weight(module: nn.Module) -> Tensor | None:
    """Give the weights whose sums of products are a layer's outputs; None for a layer that forms none."""
    return module.weight if isinstance(module, WEIGHTED) else None


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
        return window_span(layer), stride(layer)
    if isinstance(layer, kinds.AdaptiveAvgPool2d):
        sizes = {divmod(size, layer.output_size) for size in fitted.input_shape[1:]}
        (whole, rest), *others = sizes
        return None if rest or others else (whole, whole)
    return None if isinstance(layer, kinds.Linear | kinds.Flatten | kinds.GaussianRBF) else (1, 1)


def remainder(fitted: Fitted) -> tuple[int, int] | None:
    """Count the rows and columns of the padded input that no window reaches because the stride steps over the end."""
    layer = fitted.layer
    if not isinstance(layer, Sliding):
        return None
    pairs = zip(fitted.input_shape[1:], fitted.output_shape[1:], strict=True)
    height, width = (_unused(layer, size_in, size_out) for size_in, size_out in pairs)
    return height, width


def _unused(layer: Sliding, size_in: int, size_out: int) -> int:
    reached = (size_out - 1) * stride(layer) + window_span(layer)
    return max(0, size_in + 2 * padding(layer) - reached)
