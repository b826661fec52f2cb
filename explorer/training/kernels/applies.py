"""Where the kernels apply: on a CPU, in 32 bits, to enough maps in channels-last order."""

import torch
from torch import Tensor

FEWEST_PICTURES = 32  # fewer take no longer than what surrounds a kernel


def applies(x: Tensor) -> bool:
    """Say whether maps, N×C×H×W, are as the kernels take them."""
    is_plain = x.device.type == "cpu" and x.dtype == torch.float32 and not torch.is_autocast_enabled("cpu")
    is_batch = x.dim() == 4 and len(x) >= FEWEST_PICTURES
    return is_plain and is_batch and x.is_contiguous(memory_format=torch.channels_last)
