"""Why torch refuses a layer, in the user's numbers.

Torch alone decides what fits; this only finds the words for a refusal that has happened.
"""

from collections.abc import Callable
from typing import cast

from explorer.architecture import layers as kinds
from explorer.architecture.layers import Layer

Shape = tuple[int, ...]
Sliding = kinds.Conv2d | kinds.MaxPool2d | kinds.AvgPool2d | kinds.Subsample2d | kinds.PartialConv2d
NEEDS_MAPS = (
    kinds.Conv2d,
    kinds.MaxPool2d,
    kinds.AvgPool2d,
    kinds.Subsample2d,
    kinds.PartialConv2d,
    kinds.AdaptiveAvgPool2d,
    kinds.BatchNorm2d,
    kinds.LocalResponseNorm,
)
MAX_WEIGHTS = 2**61  # float32 values of which torch can count the bytes


def explain(layer: Layer, input_shape: Shape) -> str | None:
    """Say why `layer` cannot take `input_shape`, or None where no known cause applies."""
    causes: tuple[Callable[[Layer, Shape], str | None], ...] = (
        _wants_maps,
        _wants_a_row,
        _groups_do_not_divide,
        _padding_over_half,
        _inputs_not_there,
        _kernel_too_large,
        _too_many_weights,
    )
    return next((cause for find in causes if (cause := find(layer, input_shape))), None)


def window_span(layer: Sliding) -> int:
    """Give how many pixels a window covers from edge to edge: dilation·(kernel_size − 1) + 1."""
    return getattr(layer, "dilation", 1) * (layer.kernel_size - 1) + 1


def stride(layer: Sliding) -> int:
    """Give the pixels from one window to the next."""
    if isinstance(layer, kinds.PartialConv2d):
        return 1
    return getattr(layer, "stride", None) or layer.kernel_size


def padding(layer: Sliding) -> int:
    """Give the rows of zeros around the input; the kinds of 1998 have none."""
    return getattr(layer, "padding", 0)


def _wants_maps(layer: Layer, input_shape: Shape) -> str | None:
    if not isinstance(layer, NEEDS_MAPS) or len(input_shape) == 3:
        return None
    return f"It needs maps (channels × height × width), but after Flatten it gets a row of {input_shape[0]:,} numbers."


def _wants_a_row(layer: Layer, input_shape: Shape) -> str | None:
    if not isinstance(layer, kinds.BatchNorm1d | kinds.GaussianRBF) or len(input_shape) == 1:
        return None
    return f"It needs a row of numbers, but it gets maps of {_times(input_shape)}."


def _groups_do_not_divide(layer: Layer, input_shape: Shape) -> str | None:
    if not isinstance(layer, kinds.Conv2d):
        return None
    for channels, which in ((input_shape[0], "input"), (layer.out_channels, "output")):
        if channels % layer.groups:
            return f"{layer.groups} groups do not divide its {channels:,} {which} channels."
    return None


def _padding_over_half(layer: Layer, _: Shape) -> str | None:
    if not isinstance(layer, kinds.MaxPool2d | kinds.AvgPool2d) or layer.padding <= layer.kernel_size // 2:
        return None
    return (
        f"A pooling's padding may be at most half its kernel: {layer.padding} is more than half of {layer.kernel_size}."
    )


def _inputs_not_there(layer: Layer, input_shape: Shape) -> str | None:
    if not isinstance(layer, kinds.PartialConv2d):
        return None
    maps = input_shape[0]
    for number, inputs in enumerate(layer.connections):
        if (found := max(inputs)) >= maps:
            before = "1 map (0)" if maps == 1 else f"{maps:,} maps (0 to {maps - 1:,})"
            return f"Map {number:,} is connected to input map {found:,}, but the layer before gives {before}."
    return None


def _kernel_too_large(layer: Layer, input_shape: Shape) -> str | None:
    if not isinstance(layer, Sliding):
        return None
    height, width = (size + 2 * padding(layer) for size in input_shape[1:])
    span = window_span(layer)
    if span <= min(height, width):
        return None
    return f"The {_kernel(layer, span)} is larger than its {_padded(layer, input_shape, (height, width))}."


def _too_many_weights(layer: Layer, input_shape: Shape) -> str | None:
    if not isinstance(layer, kinds.Linear | kinds.GaussianRBF) or input_shape[-1] * layer.out_features < MAX_WEIGHTS:
        return None
    return f"Its {_times((input_shape[-1], layer.out_features))} weights are more than torch can count the bytes of."


def _kernel(layer: Sliding, span: int) -> str:
    size = layer.kernel_size
    wide = (
        ""
        if span == size
        else f" with dilation {cast(kinds.Conv2d, layer).dilation} spans {_times((span, span))}, which"
    )
    return f"{size}×{size} kernel{wide}"


def _padded(layer: Sliding, input_shape: Shape, padded: tuple[int, int]) -> str:
    plain = f"{_times(input_shape[1:])} input"
    return f"{plain} with padding {padding(layer)} ({_times(padded)})" if padding(layer) else plain


def _times(sizes: tuple[int, ...]) -> str:
    return "×".join(f"{size:,}" for size in sizes)
