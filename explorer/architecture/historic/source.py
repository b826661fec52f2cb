"""The four classes that LeNet-5 of 1998 needs beyond `torch.nn`, as a textbook would print them.

They compute what the modules beside this file compute, with weights of the same names and shapes; a test holds the two
beside each other.
"""

from collections.abc import Sequence

from explorer.architecture.historic.paper import CODE_SIZE, DIGITS

SCALED_TANH = '''\
class ScaledTanh(nn.Module):
    """1.7159 · tanh(2x/3), which takes ±1 to ±1."""

    def forward(self, x):
        return 1.7159 * torch.tanh(2 / 3 * x)
'''
SUBSAMPLE = '''\
class Subsample2d(nn.Module):
    """The sum of each window times its map's coefficient, plus its map's bias."""

    def __init__(self, num_features, kernel_size):
        super().__init__()
        self.pool = nn.AvgPool2d(kernel_size, divisor_override=1)  # the sum, not the mean
        self.weight = nn.Parameter(torch.full((num_features,), 1 / kernel_size**2))
        self.bias = nn.Parameter(torch.zeros(num_features))

    def forward(self, x):
        return self.pool(x) * self.weight.view(-1, 1, 1) + self.bias.view(-1, 1, 1)
'''
PARTIAL_CONV = '''\
class PartialConv2d(nn.Module):
    """A convolution whose output maps see only the input maps that `connections` lists for each."""

    def __init__(self, in_channels, out_channels, kernel_size, connections):
        super().__init__()
        self.shape = out_channels, in_channels, kernel_size, kernel_size
        self.outputs = [out for out, inputs in enumerate(connections) for _ in inputs]
        self.inputs = [number for inputs in connections for number in inputs]
        limits = torch.tensor([(len(inputs) * kernel_size**2) ** -0.5 for inputs in connections])
        kernels = torch.rand(len(self.inputs), kernel_size, kernel_size) * 2 - 1
        self.weight = nn.Parameter(kernels * limits[self.outputs].view(-1, 1, 1))
        self.bias = nn.Parameter((torch.rand(out_channels) * 2 - 1) * limits)

    def forward(self, x):
        weight = self.weight.new_zeros(self.shape)  # zeros where there is no connection
        weight[self.outputs, self.inputs] = self.weight
        return nn.functional.conv2d(x, weight, self.bias)
'''
GAUSSIAN_RBF = '''\
class GaussianRBF(nn.Module):
    """The squared distance of a row to each class's code of ±1, which training leaves as it is."""

    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(codes(out_features, in_features), requires_grad=False)

    def forward(self, x):
        return (x[:, None] - self.weight).square().sum(dim=2)
'''
RANDOM_CODES = '''\
def codes(out_features, in_features):
    """Draw each class's code at random, from one seed so that they are always the same."""
    seed = torch.Generator().manual_seed(0)
    return 2 * torch.randint(2, (out_features, in_features), generator=seed, dtype=torch.float32) - 1
'''
DIGIT_CODES = '''\
# Each digit's code as a bitmap 7 wide and 12 high, a row after a row.
DIGITS = [
{digits}
]


def codes(out_features, in_features):
    """Give the ten digits' bitmaps as rows of ±1; other sizes get codes drawn at random, always the same ones."""
    if (out_features, in_features) == (len(DIGITS), 84):
        dots = [digit.replace(" ", "") for digit in DIGITS]
        return torch.tensor([[1.0 if dot == "#" else -1.0 for dot in row] for row in dots])
    seed = torch.Generator().manual_seed(0)
    return 2 * torch.randint(2, (out_features, in_features), generator=seed, dtype=torch.float32) - 1
'''.format(digits="\n".join(f'    "{digit}",' for digit in DIGITS))


def codes_source(sizes: Sequence[tuple[int, int]]) -> tuple[str, str]:
    """Give the definitions of GaussianRBF's codes and of its class, for layers of so many outputs and inputs each."""
    return DIGIT_CODES if (len(DIGITS), CODE_SIZE) in sizes else RANDOM_CODES, GAUSSIAN_RBF
