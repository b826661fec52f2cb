"""A design as an ONNX file: the network that is built, with fresh weights from a seed, for any number of pictures.

Making one loads torch's compiler for seconds and takes several times the file's size in memory, so the pages leave it
to a process of its own.
"""

from pathlib import Path
from typing import cast

import torch
from torch import Tensor, nn

from explorer.architecture.build import build
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
        _exportable(build(architecture)).eval(),
        (torch.zeros(2, *architecture.input_shape),),
        path,
        input_names=[INPUT],
        output_names=[OUTPUT],
        dynamic_shapes=({0: torch.export.Dim("N")},),
        external_data=False,
        verbose=False,
    )


def _exportable(network: nn.Sequential) -> nn.Sequential:
    """Put the same in the place of what ONNX has no form of."""
    for name, layer in network.named_children():
        if isinstance(layer, nn.AdaptiveMaxPool2d):
            setattr(network, name, _LargestOfWindows(pair(cast(Pair, layer.output_size))))
    return network


class _LargestOfWindows(nn.Module):
    """An adaptive max pooling, a row of windows and then a column of them at a time."""

    def __init__(self, output_size: Pair) -> None:
        super().__init__()
        self.output_size = output_size

    def forward(self, x: Tensor) -> Tensor:
        """Map N×C×H×W to N×C×output_size."""
        for dim, windows in zip((2, 3), self.output_size, strict=True):
            size = x.shape[dim]
            ends = [(place * size // windows, -(-(place + 1) * size // windows)) for place in range(windows)]
            x = torch.stack([x.narrow(dim, first, end - first).amax(dim) for first, end in ends], dim)
        return x
