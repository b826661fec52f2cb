"""From colour to grey."""

import torch
from torch import Tensor

LUMINANCE = (0.2989, 0.587, 0.114)  # shares of red, green and blue: ITU-R BT.601, as torchvision rounds them


def luminance(values: Tensor) -> Tensor:
    """Weigh red, green and blue, N×3×H×W, into one grey channel."""
    red, green, blue = torch.split(values, 1, dim=1)
    # Plain numbers: a tensor of them would come from the host, where a step that is captured as a graph cannot wait.
    return LUMINANCE[0] * red + LUMINANCE[1] * green + LUMINANCE[2] * blue
