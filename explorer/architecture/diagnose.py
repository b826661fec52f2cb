"""Why torch refuses a layer, in the user's numbers.

Torch alone decides what fits; this only finds the words for a refusal that has happened.
"""

from explorer.architecture.kinds.layer import Layer, Window
from explorer.architecture.kinds.sizes import Pair, Shape, merged, setting_words, size_words


def explain(layer: Layer, input_shape: Shape) -> str | None:
    """Say why `layer` cannot take `input_shape`, or None where no known cause applies."""
    said = _wrong_shape(layer, input_shape) or layer.disagreement(input_shape)
    return said or layer.misfit(input_shape) or _kernel_too_large(layer, input_shape)


def is_taken(layer: Layer, input_shape: Shape) -> bool:
    """Tell whether a layer takes maps where there are maps, and a row where there is a row."""
    return layer.takes in ("anything", "maps" if len(input_shape) == 3 else "a row")


def _wrong_shape(layer: Layer, input_shape: Shape) -> str | None:
    if is_taken(layer, input_shape):
        return None
    if layer.takes == "a row":
        return f"It needs a row of numbers, but it gets maps of {size_words(input_shape)}."
    return f"It needs maps (channels × height × width), but after Flatten it gets a row of {input_shape[0]:,} numbers."


def _kernel_too_large(layer: Layer, input_shape: Shape) -> str | None:
    window = layer.window
    if window is None:
        return None
    padded = padded_sides(window, input_shape)
    if all(span <= size for span, size in zip(window.span, padded, strict=True)):
        return None
    return f"The {_kernel(window)} is larger than its {_padded(window, input_shape, padded)}."


def padded_sides(window: Window, input_shape: Shape) -> Pair:
    """Give height and width of a layer's input with its padding."""
    height, width = (size + 2 * pad for size, pad in zip(input_shape[1:], window.padding, strict=True))
    return height, width


def _kernel(window: Window) -> str:
    kernel = f"{size_words(window.kernel)} kernel"
    if window.span == window.kernel:
        return kernel
    return f"{kernel} with dilation {setting_words(merged(window.dilation))} spans {size_words(window.span)}, which"


def _padded(window: Window, input_shape: Shape, padded: Pair) -> str:
    plain = f"{size_words(input_shape[1:])} input"
    if not any(window.padding):
        return plain
    return f"{plain} with padding {setting_words(merged(window.padding))} ({size_words(padded)})"
