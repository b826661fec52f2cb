"""Calls of layers and of functions: each means what it means to torch."""

from typing import Any

import pytest
import torch
import torch.nn.functional as F  # noqa: F401, N812  # evaluated calls name it
from torch import nn

from explorer.architecture.build import build
from tests.exchange.networks.reading import read_pytorch

FORWARD = (
    "class Net(nn.Module):\n def __init__(self):\n  self.net = nn.Sequential(nn.Identity())\n def forward(self, x):\n  "
)
FUNCTION_CALLS = [
    *("torch.nn.functional.relu(x)", "F.max_pool2d(x, 3, 2, 1, 1, True)"),
    *("F.relu(x)", "torch.sigmoid(x)", "x.tanh()", "F.leaky_relu(x, 0.2)", "F.elu(x)", "F.gelu(x)", "F.silu(x)"),
    *(
        "F.softplus(x)",
        "F.max_pool2d(x, 3, 2, 1)",
        "F.avg_pool2d(x, 3, 2, 1, True)",
        "F.adaptive_avg_pool2d(x, (2, 2))",
    ),
    *(
        "nn.functional.local_response_norm(x, 5, 0.001, 0.5, 2)",
        "torch.flatten(x, start_dim=1)",
        "x.view(x.size(0), -1)",
    ),
]


@pytest.mark.parametrize("call", FUNCTION_CALLS)
def test_a_function_means_what_it_means_to_torch(call: str) -> None:
    x = torch.randn(2, 4, 9, 9)
    design = read_pytorch(f"{FORWARD}return self.net({call})", (4, 9, 9))
    assert torch.equal(build(design)(x), eval(call))


CALLS = [  # in torch's order; torch itself says what each means
    "nn.Conv2d(4, 6, 3, 2, 1, 2, 2, False)",
    "nn.Conv2d(4, 6, kernel_size=(3, 3), stride=[2, 2], padding_mode='zeros', device=None)",
    "nn.Conv2d(4, 6, 5, padding='same', dilation=2)",
    "nn.Conv2d(4, 6, 5, padding='valid')",
    "nn.MaxPool2d(3, 2, 1, 1, False, True)",
    "nn.AvgPool2d(3, None, 1, True)",
    "nn.AdaptiveAvgPool2d((2, 2))",
    "nn.BatchNorm2d(4, 1e-5, momentum=0.1)",
    "nn.LocalResponseNorm(5, 0.001, 0.5, 2)",
    "nn.LeakyReLU(-0.2, True)",
    "nn.ELU(1)",
    "nn.GELU('none')",
    "nn.Dropout(0.25)",
    "nn.Linear(12, 2 * 4, bias=True)",
]


@pytest.mark.parametrize("call", CALLS)
def test_a_call_means_what_it_means_to_torch(call: str) -> None:
    (ours,) = build(read_pytorch(f"nn.Sequential({call})", (4, 12, 12)))
    theirs = eval(call)
    assert _plain(ours) == _plain(theirs)


def _plain(module: nn.Module) -> dict[str, Any]:
    """Give a module's settings, pairs as one number, words for a padding as the number that torch makes of them."""
    settings = {name: value for name, value in vars(module).items() if not name.startswith("_") and name != "inplace"}
    if settings.get("padding") in ("same", "valid"):
        settings["padding"] = vars(module)["_reversed_padding_repeated_twice"][0]
    return {name: value[0] if isinstance(value, tuple | list) else value for name, value in settings.items()}
