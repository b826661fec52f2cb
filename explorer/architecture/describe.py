"""A layer's settings in words, as a table's cell shows them: `6 @ 5×5, pad 2`."""

from explorer.architecture import layers as kinds
from explorer.architecture.layers import Layer


def describe(layer: Layer) -> str:
    """Say a layer's settings, those at torch's defaults left out; nothing for a layer without settings."""
    return ", ".join(part for part in _parts(layer) if part)


def _parts(layer: Layer) -> tuple[str, ...]:
    match layer:
        case kinds.Conv2d():
            parts: tuple[str, ...] = (f"{layer.out_channels:,} @ {_square(layer.kernel_size)}", *_conv(layer))
        case kinds.MaxPool2d() | kinds.AvgPool2d():
            parts = (_square(layer.kernel_size), *_pool(layer))
        case kinds.PartialConv2d():
            parts = (f"{layer.out_channels:,} @ {_square(layer.kernel_size)}", _connected(layer))
        case kinds.Subsample2d():
            parts = (_square(layer.kernel_size), f"stride {layer.kernel_size}")
        case kinds.AdaptiveAvgPool2d():
            parts = (f"to {_square(layer.output_size)}",)
        case kinds.Linear():
            parts = (f"{layer.out_features:,}", "" if layer.bias else "no bias")
        case kinds.GaussianRBF():
            parts = (f"{layer.out_features:,}", "fixed codes")
        case _:
            parts = _numbers(layer)
    return parts


def _numbers(layer: Layer) -> tuple[str, ...]:
    """Say the settings of the layers that have no sizes."""
    match layer:
        case kinds.LocalResponseNorm():
            return f"size {layer.size}", f"α {layer.alpha:g}", f"β {layer.beta:g}", f"k {layer.k:g}"
        case kinds.Dropout():
            return (f"p {layer.p:g}",)
        case kinds.LeakyReLU():
            return (f"slope {layer.negative_slope:g}",)
    return ()


def _conv(layer: kinds.Conv2d) -> tuple[str, ...]:
    return (
        f"stride {layer.stride}" if layer.stride != 1 else "",
        f"pad {layer.padding}" if layer.padding else "",
        f"dilation {layer.dilation}" if layer.dilation != 1 else "",
        f"{layer.groups} groups" if layer.groups != 1 else "",
        "" if layer.bias else "no bias",
    )


def _connected(layer: kinds.PartialConv2d) -> str:
    """Say how many input maps an output map sees: `3 to 6 inputs each`."""
    counts = {len(inputs) for inputs in layer.connections} or {0}
    few, many = min(counts), max(counts)
    return f"{few}{f' to {many}' if few < many else ''} input{'s' if many > 1 else ''} each"


def _pool(layer: kinds.MaxPool2d | kinds.AvgPool2d) -> tuple[str, ...]:
    padding = f"pad {layer.padding}" if layer.padding else ""
    return f"stride {layer.stride}", padding, "ceil" if layer.ceil_mode else ""


def _square(size: int) -> str:
    return f"{size}×{size}"
