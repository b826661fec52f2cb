"""A design as an ONNX file: the network that is built, with fresh weights from a seed, for any number of pictures.

Making one loads torch's compiler for seconds and takes several times the file's size in memory, so the pages leave it
to a process of its own.
"""

from collections.abc import Callable
from pathlib import Path
from typing import cast

import torch
from msgspec.structs import replace
from torch import Tensor, nn

from explorer.architecture.build import Fitted, build, build_layer, walk
from explorer.architecture.kinds.layer import Window
from explorer.architecture.kinds.pooling import AdaptiveMaxPool2d, AdaptivePool2d, MaxPool2d, Pool2d
from explorer.architecture.kinds.sizes import Pair, pair
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import trace

SEED = 0  # of the weights
MAX_FILE = 1_000_000_000  # bytes; ONNX itself ends at 2 GiB, and a computer must hold several times as much
INPUT, OUTPUT = "pictures", "scores"


class OnnxError(ValueError):
    """A design that no ONNX file is made of; the text says why."""


def file_size(architecture: Architecture) -> int:
    """Give about how many bytes the file of a design that fits will have: its weights'."""
    return trace(architecture).totals.param_bytes


def why_not_onnx(architecture: Architecture) -> str:
    """Say why no ONNX file can be made of a design; nothing if one can."""
    traced = trace(architecture)
    if traced.error:
        return f"Layer {traced.error.index + 1} ({traced.error.name}): {traced.error.cause}"
    if not traced.rows:
        return "A design without layers computes nothing; add a layer."
    if traced.totals.param_bytes > MAX_FILE:
        size = f"{traced.totals.num_params:,} parameters are {traced.totals.param_bytes / 1e9:,.1f} GB"
        return f"Its {size}; a file may have at most {MAX_FILE / 1e9:.0f} GB. Make its widest layers narrower."
    return ""


def write_onnx(architecture: Architecture, path: Path) -> None:
    """Write a design to a file; raises `OnnxError` for one that does not fit or is too large.

    Its input `pictures` is N×C×H×W for any N, its output `scores` what the last layer gives; Dropout is left out and
    BatchNorm is in its testing mode.
    """
    if cause := why_not_onnx(architecture):
        raise OnnxError(cause)
    torch.manual_seed(SEED)
    torch.onnx.export(
        _exportable(architecture).eval(),
        (torch.zeros(2, *architecture.input_shape),),
        path,
        input_names=[INPUT],
        output_names=[OUTPUT],
        dynamic_shapes=({0: torch.export.Dim("N")},),
        external_data=False,
        verbose=False,
    )


def _exportable(architecture: Architecture) -> nn.Sequential:
    """Build a network with the same in the place of what ONNX has no form of."""
    network = build(architecture)
    for (name, module), fitted in zip(network.named_children(), walk(architecture), strict=True):
        if isinstance(fitted.layer, AdaptivePool2d):
            setattr(network, name, _fixed(fitted.layer, module, fitted))
        elif isinstance(fitted.layer, Pool2d) and fitted.layer.ceil_mode:
            setattr(network, name, _rounded_as_torch_does(fitted.layer, module, fitted))
    return network


def _fixed(layer: AdaptivePool2d, module: nn.Module, fitted: Fitted) -> nn.Module:
    """Give an adaptive pooling by the windows that it has here, where they are of one size as a plain pooling."""
    sizes, windows = fitted.input_shape[1:], pair(layer.output_size)
    if any(size % number for size, number in zip(sizes, windows, strict=True)):
        return _Windows(windows, torch.amax if isinstance(layer, AdaptiveMaxPool2d) else torch.mean)
    if isinstance(layer, AdaptiveMaxPool2d):
        kernel = (sizes[0] // windows[0], sizes[1] // windows[1])
        return build_layer(MaxPool2d(kernel_size=kernel), fitted.input_shape)
    return module


def _rounded_as_torch_does(layer: Pool2d, module: nn.Module, fitted: Fitted) -> nn.Module:
    """Give poolings that leave out the window that ONNX rounds up to and torch does not: it lies in the padding alone.

    Where only one side has such a window, that side is pooled by itself; means and largest values allow it.
    """
    sides = [_rounding(fitted, axis) for axis in (0, 1)]
    if all(up == is_up for up, is_up in sides):
        return module
    if not any(is_up for _, is_up in sides):
        return build_layer(replace(layer, ceil_mode=False), fitted.input_shape)
    kernel, stride, padding, _, _ = layer.window
    height = type(layer)((kernel[0], 1), (stride[0], 1), (padding[0], 0), ceil_mode=sides[0][1])
    width = type(layer)((1, kernel[1]), (1, stride[1]), (0, padding[1]), ceil_mode=sides[1][1])
    return nn.Sequential(*(build_layer(side, fitted.input_shape) for side in (height, width)))


def _rounding(fitted: Fitted, axis: int) -> tuple[bool, bool]:
    """Say whether ONNX rounds a pooling's windows up along an axis, and whether torch does."""
    window = cast(Window, fitted.layer.window)
    room = fitted.input_shape[1 + axis] + 2 * window.padding[axis] - window.kernel[axis]
    down, rest = divmod(room, window.stride[axis])
    return rest > 0, fitted.output_shape[1 + axis] > down + 1


class _Windows(nn.Module):
    """An adaptive pooling, a row of windows and then a column of them at a time."""

    def __init__(self, output_size: Pair, reduce: Callable[..., Tensor]) -> None:
        super().__init__()
        self.output_size, self.reduce = output_size, reduce

    def forward(self, x: Tensor) -> Tensor:
        """Map N×C×H×W to N×C×output_size."""
        for dim, windows in zip((2, 3), self.output_size, strict=True):
            if windows != (size := x.shape[dim]):
                ends = [(place * size // windows, -(-(place + 1) * size // windows)) for place in range(windows)]
                parts = [self.reduce(x.narrow(dim, first, end - first), dim=dim, keepdim=True) for first, end in ends]
                x = torch.cat(parts, dim)
        return x
