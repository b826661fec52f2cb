"""The modules of LeNet-5 that `torch.nn` lacks, as published.

LeCun, Bottou, Bengio, Haffner: Gradient-based learning applied to document recognition, 1998, section II.B.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  # torch's own name for it

from explorer.architecture.historic.paper import AMPLITUDE, CODE_SIZE, DIGITS, SLOPE


class ScaledTanh(nn.Module):
    """1.7159 · tanh(2x/3)."""

    def forward(self, x: Tensor) -> Tensor:
        """Squash each value; any shape."""
        return AMPLITUDE * torch.tanh(SLOPE * x)


class Subsample2d(nn.Module):
    """The sum of each window times its map's coefficient, plus its map's bias."""

    def __init__(self, num_features: int, kernel_size: int) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.weight = nn.Parameter(torch.empty(num_features))
        self.bias = nn.Parameter(torch.empty(num_features))
        # The mean at first: around zero, a coefficient would switch its map off.
        nn.init.constant_(self.weight, 1 / kernel_size**2)
        nn.init.zeros_(self.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Map N×C×H×W to N×C×H/k×W/k, a rest of rows and columns left out."""
        sums = F.avg_pool2d(x, self.kernel_size) * self.kernel_size**2  # ONNX has no divisor_override, and says nothing
        return sums * self.weight.view(-1, 1, 1) + self.bias.view(-1, 1, 1)


class PartialConv2d(nn.Module):
    """A convolution with stride 1 whose output maps see the input maps that `connections` lists; each has a bias.

    `weight` holds the existing kernels only, one for each connection (connections × k × k); raises `ValueError` for
    lists that do not fit `in_channels` and `out_channels`.
    """

    kernels: Tensor  # where each connection's kernel stands in the dense weight

    def __init__(
        self, *, in_channels: int, out_channels: int, kernel_size: int, connections: tuple[tuple[int, ...], ...]
    ) -> None:
        super().__init__()
        if len(connections) != out_channels or any(max(inputs) >= in_channels for inputs in connections):
            raise ValueError(f"connections do not fit {in_channels} input and {out_channels} output maps")
        self.shape = (out_channels, in_channels, kernel_size, kernel_size)
        places = [out * in_channels + number for out, inputs in enumerate(connections) for number in inputs]
        self.register_buffer("kernels", torch.tensor(places), persistent=False)
        self.weight = nn.Parameter(torch.empty(len(places), kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        self._draw(connections)

    @torch.no_grad()
    def _draw(self, connections: tuple[tuple[int, ...], ...]) -> None:
        """Draw as torch does for Conv2d: uniformly within 1/√(inputs of a unit), here each map's own."""
        limits = [(len(inputs) * self.shape[-1] ** 2) ** -0.5 for inputs in connections]
        of_kernels = [limit for limit, inputs in zip(limits, connections, strict=True) for _ in inputs]
        self.weight.uniform_(-1, 1).mul_(torch.tensor(of_kernels).view(-1, 1, 1))
        self.bias.uniform_(-1, 1).mul_(torch.tensor(limits))

    def dense_weight(self) -> Tensor:
        """Lay the kernels out as a plain convolution's weight, zeros where there is no connection."""
        out_channels, in_channels, *window = self.shape
        empty = self.weight.new_zeros(out_channels * in_channels, *window)
        return empty.index_copy(0, self.kernels, self.weight).view(self.shape)

    def forward(self, x: Tensor) -> Tensor:
        """Map N×C×H×W to N×out_channels×(H − k + 1)×(W − k + 1)."""
        return F.conv2d(x, self.dense_weight(), self.bias)


class GaussianRBF(nn.Module):
    """The squared distance of a row to each class's code of ±1, which training leaves as it is.

    Ten classes of 84 features get the digits as bitmaps, as in the paper; any other size gets codes drawn at random
    from one seed, so that a design always means the same network.
    """

    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out_features, in_features), requires_grad=False)
        if not self.weight.is_meta:
            self.weight.data = _codes(out_features, in_features).to(self.weight)

    def forward(self, x: Tensor) -> Tensor:
        """Map N×in_features to N×out_features, by |x|² − 2·x·w + |w|²: the codes' own squares are all 1."""
        if x.dim() != 2:
            raise ValueError("distances are measured from rows")
        squares = x.square().sum(dim=1, keepdim=True) + self.weight.shape[1]
        return squares - 2 * F.linear(x, self.weight)


def _codes(out_features: int, in_features: int) -> Tensor:
    """Give the classes' codes, out_features × in_features, each value 1 or −1."""
    if (out_features, in_features) == (len(DIGITS), CODE_SIZE):
        return torch.tensor([[1.0 if dot == "#" else -1.0 for dot in digit.replace(" ", "")] for digit in DIGITS])
    generator = torch.Generator(device="cpu").manual_seed(0)
    drawn = torch.randint(2, (out_features, in_features), generator=generator, device="cpu", dtype=torch.float32)
    return 2 * drawn - 1
