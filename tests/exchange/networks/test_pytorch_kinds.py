"""Code as people write it: the kinds and settings beyond those of the course's networks."""

import pytest

from explorer.architecture.kinds.activation import PReLU, ReLU6
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.normalisation import BatchNorm2d
from explorer.architecture.kinds.output import LogSoftmax, Softmax
from explorer.architecture.kinds.pooling import AdaptiveAvgPool2d, AdaptiveMaxPool2d, MaxPool2d
from explorer.architecture.kinds.regularisation import Dropout2d
from explorer.architecture.kinds.shape import Identity, ZeroPad2d
from tests.exchange.networks.reading import read_pytorch

WRITTEN: dict[str, Layer] = {
    "nn.Conv2d(1, 8, (3, 5), stride=(1, 2), padding=(1, 0), dilation=(2, 1))": Conv2d(
        out_channels=8, kernel_size=(3, 5), stride=(1, 2), padding=(1, 0), dilation=(2, 1)
    ),
    "nn.Conv2d(1, 8, (3, 3))": Conv2d(out_channels=8, kernel_size=3),
    "nn.Conv2d(1, 8, (3, 5), padding='same')": Conv2d(out_channels=8, kernel_size=(3, 5), padding=(1, 2)),
    "nn.MaxPool2d((2, 3))": MaxPool2d(kernel_size=(2, 3)),
    "nn.AdaptiveAvgPool2d((1, 1))": AdaptiveAvgPool2d(output_size=1),
    "nn.AdaptiveMaxPool2d((2, 4))": AdaptiveMaxPool2d(output_size=(2, 4)),
    "nn.ZeroPad2d((0, 1, 0, 1))": ZeroPad2d(padding=(0, 1, 0, 1)),
    "nn.ZeroPad2d(2)": ZeroPad2d(padding=2),
    "nn.BatchNorm2d(1, eps=0.001, momentum=0.01)": BatchNorm2d(eps=0.001, momentum=0.01),
    "nn.BatchNorm2d(1, momentum=None)": BatchNorm2d(momentum=None),
    "nn.ReLU6(inplace=True)": ReLU6(),
    "nn.PReLU(num_parameters=1, init=0.1)": PReLU(init=0.1),
    "nn.Dropout2d(0.2)": Dropout2d(p=0.2),
    "nn.Identity()": Identity(),
    "nn.Softmax(dim=1)": Softmax(dim=1),
    "nn.LogSoftmax(-1)": LogSoftmax(dim=-1),
}
FORWARD = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)

    def forward(self, x):
        return {result}
"""


@pytest.mark.parametrize("call", WRITTEN)
def test_a_call_is_read_as_its_layer(call: str) -> None:
    assert read_pytorch(f"net = nn.Sequential({call})").layers == (WRITTEN[call],)


@pytest.mark.parametrize(
    ("result", "layer"),
    [
        ("F.log_softmax(self.conv(x), dim=1)", LogSoftmax(dim=1)),
        ("self.conv(x).softmax(1)", Softmax(dim=1)),
        ("F.relu6(self.conv(x))", ReLU6()),
        ("F.adaptive_max_pool2d(self.conv(x), (2, 3))", AdaptiveMaxPool2d(output_size=(2, 3))),
    ],
)
def test_a_function_of_a_forward_is_read_as_its_layer(result: str, layer: Layer) -> None:
    assert read_pytorch(FORWARD.format(result=result)).layers == (Conv2d(out_channels=4, kernel_size=3), layer)
