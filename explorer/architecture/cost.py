"""What one layer costs and sees, read off its module and its shapes.

Multiply-adds are one multiplication with its addition; bias additions, activations, normalisation and pooling count
none, as in torch's flop counter (which counts two flops for each). Connections are LeCun's: each output counts the
inputs it sees, and one more for its bias.
"""

from typing import NamedTuple, cast

from torch import Tensor, nn

from explorer.architecture.build import Fitted
from explorer.architecture.diagnose import padded_sides
from explorer.architecture.kinds.sizes import Pair, Shape

BYTES = 4  # of a float32


class View(NamedTuple):
    """What a value of a map sees of the input: `receptive_field` pixels, `jump` from its neighbour's; height, width."""

    receptive_field: Pair
    jump: Pair


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
    if not fitted.layer.weighs_inputs:
        return 0
    on_maps = len(fitted.output_shape) == 3 and fitted.layer.role != "dense"
    positions = fitted.output_shape[1:] if on_maps else fitted.output_shape[:-1]
    return cast(Tensor, fitted.module.weight).numel() * count(positions)


def neurons(fitted: Fitted) -> int:
    """Count the outputs of a layer with weights, as the AlexNet paper counts its neurons (2012, section 3.5); else 0.

    Normalisations, whose weights only scale and shift, have none.
    """
    return count(fitted.output_shape) if fitted.layer.weighs_inputs else 0


def connections(fitted: Fitted) -> int:
    """Count connections as LeCun does (1998, section II.B); a plain pooling's outputs have no bias."""
    if fitted.layer.inputs_seen:
        return count(fitted.output_shape) * fitted.layer.inputs_seen
    biases = neurons(fitted) if getattr(fitted.module, "bias", None) is not None else 0
    return mult_adds(fitted) + biases


def view_after(view: View | None, added: tuple[Pair, Pair] | None) -> View | None:
    """Carry the view through a layer, of which `added` says what an output sees of its input, and the step to the next.

    None once there are no maps, or where windows differ in size. r ← r + (span − 1)·jump, jump ← jump·stride (Araujo,
    Norris, Sim: Computing Receptive Fields of CNNs, 2019, eq. 2).
    """
    if view is None or added is None:
        return None
    (rows, columns), (down, across) = added
    (height, width), (jump_down, jump_across) = view
    seen = height + (rows - 1) * jump_down, width + (columns - 1) * jump_across
    return View(seen, (jump_down * down, jump_across * across))


def remainder(fitted: Fitted) -> Pair | None:
    """Count the rows and columns of the padded input that no window reaches because the stride steps over the end."""
    if (window := fitted.layer.window) is None:
        return None
    padded = padded_sides(window, fitted.input_shape)
    sides = zip(padded, fitted.output_shape[1:], window.stride, window.span, strict=True)
    height, width = (max(0, size - (made - 1) * step - span) for size, made, step, span in sides)
    return height, width
