"""Programs as people write them, each read as torch runs it: layers with parameters and poolings, row by row."""

import pytest

from explorer.architecture.trace import trace
from explorer.exchange.networks.reader import read_python
from tests.exchange.networks.witness import rows_of, torch_rows

NET = """
class Net(nn.Module):
    def __init__(self{arguments}):
        super().__init__()
{init}

    def forward(self, x):
{forward}

net = Net({given})
"""
CONVS = "self.conv1 = nn.Conv2d(1, 6, 5)\nself.conv2 = nn.Conv2d(6, 16, 5)\nself.fc = nn.Linear(256, 10)"
PASSED = "x = F.max_pool2d(F.relu(self.conv1(x)), 2)\nx = F.max_pool2d(F.relu(self.conv2(x)), 2)\n"


def net(init: str, forward: str, *, arguments: str = "", given: str = "") -> str:
    indent = "\n        "
    return NET.format(
        arguments=arguments,
        init=f"        {init.replace(chr(10), indent)}",
        forward=f"        {forward.replace(chr(10), indent)}",
        given=given,
    )


FLATTENED = {
    "a view of the batch": "x.view(x.size(0), -1)",
    "a view of a number": "x.view(-1, 16 * 4 * 4)",
    "a shape's first": "x.reshape(x.shape[0], -1)",
    "the length": "x.reshape((len(x), -1))",
    "all of a shape": "x.view(-1, x.shape[1] * x.shape[2] * x.shape[3])",
    "torch.flatten": "torch.flatten(x, 1)",
    "a method": "x.flatten(start_dim=1)",
    "a layer on the spot": "nn.Flatten()(x)",
    "contiguous": "x.contiguous().view(x.size()[0], 256)",
    "torch.reshape": "torch.reshape(x, (-1, 256))",
}
COUNTED = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 6, 5)
        self.fc = nn.Linear(6 * 24 * 24, 10)

    def forward(self, x):
        x = self.conv(x)
        return self.fc(x.view(-1, self.num_flat_features(x)))

    def num_flat_features(self, x):
        num = 1
        for size in x.size()[1:]:
            num *= size
        return num

net = Net()
"""
DECORATED = """
class Net(nn.Module):
    WIDTH = 6

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, self.WIDTH, self.kernel)

    @property
    def kernel(self):
        return 5

    @staticmethod
    def activate(x):
        return x.sigmoid()

    @classmethod
    def usual(cls):
        return cls()

    @torch.no_grad()
    def forward(self, x):
        return self.activate(self.conv(x))

net = Net.usual()
"""
PROGRAMS = {
    "a method for the values of a picture": COUNTED,
    "a property, a static method, a class's own and its constant": DECORATED,
    **{f"flat: {name}": net(CONVS, f"{PASSED}return self.fc({how})") for name, how in FLATTENED.items()},
    "a switch": net(
        "if grey:\n    channels = 1\nelse:\n    channels = 3\nself.conv = nn.Conv2d(channels, 4, 3)",
        "return self.conv(x)",
        arguments=", grey=False",
        given="grey=True",
    ),
    "a loop over widths": net(
        "layers, before = [], 1\nfor width in (4, 8, 12):\n"
        "    layers += [nn.Conv2d(before, width, 3, padding=1), nn.ReLU()]\n"
        "    before = width\nlayers.append(nn.AdaptiveAvgPool2d(1))\nself.features = nn.Sequential(*layers)",
        "return self.features(x)",
    ),
    "a comprehension": net(
        "sizes = [1, 3, 5, 7]\nself.convs = nn.ModuleList([nn.Conv2d(a, b, 3) for a, b in zip(sizes, sizes[1:])])",
        "for conv in self.convs:\n    x = torch.tanh(conv(x))\nreturn x",
    ),
    "a configuration in a dictionary": "cfg = {'small': [4, 'M', 8]}\n\ndef make(cfg):\n    layers = []\n    c = 1\n"
    "    for v in cfg:\n        if v == 'M':\n            layers += [nn.MaxPool2d(2, 2)]\n        else:\n"
    "            layers += [nn.Conv2d(c, v, 3), nn.ReLU(inplace=True)]\n            c = v\n"
    "    return nn.Sequential(*layers)\n\nnet = make(cfg['small'])",
    "a helper with a default": "def block(i, o, k=3, *, act=nn.ReLU):\n"
    "    return nn.Sequential(nn.Conv2d(i, o, k), act())\n"
    "net = nn.Sequential(block(1, 4), block(4, 8, k=5, act=nn.Tanh))",
    "a class in a class": "class Block(nn.Sequential):\n    def __init__(self, i, o):\n"
    "        super(Block, self).__init__(nn.Conv2d(i, o, 3), nn.BatchNorm2d(o), nn.ReLU())\n"
    "net = nn.Sequential(Block(1, 4), nn.MaxPool2d(2), Block(4, 8))",
    "names in an OrderedDict": "from collections import OrderedDict\n"
    "net = nn.Sequential(OrderedDict(conv=nn.Conv2d(1, 3, 3), act=nn.ReLU()))",
    "a replaced part": "net = nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.Flatten(), nn.Linear(2028, 9))\n"
    "net[-1] = nn.Linear(net[-1].in_features, 4)\nnet[1] = nn.Tanh()",
    "parts of a part": "whole = nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten())\n"
    "net = nn.Sequential(*list(whole.children())[:-1], nn.Conv2d(3, 2, 3))",
    "a deleted part": "net = nn.Sequential(nn.Conv2d(1, 3, 3), nn.MaxPool2d(2), nn.Conv2d(3, 4, 3))\ndel net[1]",
    "a lambda and a partial": "from functools import partial\nconv = partial(nn.Conv2d, kernel_size=3, bias=False)\n"
    "pool = lambda: nn.AvgPool2d(2)\nnet = nn.Sequential(conv(1, 4), pool(), conv(4, 8), pool())",
    "attributes by name": net(
        "for n in range(3):\n    setattr(self, f'conv{n}', nn.Conv2d(1 + n, 2 + n, 3))",
        "for n in range(3):\n    x = getattr(self, 'conv' + str(n))(x)\nreturn x",
    ),
    "a parent's forward": "class Base(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    "        self.conv = self.first()\n    def forward(self, x):\n        return self.conv(x)\n"
    "class Net(Base):\n    def first(self):\n        return nn.Conv2d(1, 7, 3)\nnet = Net()",
    "a size that a dry run finds": net(
        "self.features = nn.Sequential(nn.Conv2d(1, 4, 5), nn.MaxPool2d(2))\n"
        "n = self.features(torch.zeros(1, 1, 28, 28)).view(1, -1).size(1)\nself.fc = nn.Linear(n, 10)",
        "return self.fc(self.features(x).flatten(1))",
    ),
    "a mean over places": net(
        "self.conv = nn.Conv2d(1, 4, 3)\nself.fc = nn.Linear(4, 2)", "return self.fc(self.conv(x).mean([2, 3]))"
    ),
    "dropout as a function": net(
        "self.conv = nn.Conv2d(1, 4, 3)", "return F.dropout(self.conv(x), p=0.3, training=self.training)"
    ),
    "logits and probabilities": net(
        CONVS, PASSED + "logits = self.fc(x.flatten(1))\nprobas = F.softmax(logits, dim=1)\nreturn logits, probas"
    ),
    "flags and prints": net(
        "self.conv = nn.Conv2d(1, 4, 3)",
        "if verbose:\n    print(x.shape)\nassert x.dim() == 4, 'maps'\nx = self.conv(x)\nreturn x",
    ).replace("def forward(self, x):", "def forward(self, x, verbose=False):"),
    "a module for a class": net(
        "self.act = act()\nself.conv = nn.Conv2d(1, 4, 3)",
        "return self.act(self.conv(x))",
        arguments=", act=nn.ELU",
        given="nn.Softplus",
    ),
    "two classes, one used": net("self.conv = nn.Conv2d(1, 4, 3)", "return self.conv(x)").replace("net =", "other =")
    + net("self.conv = nn.Conv2d(1, 9, 3)", "return self.conv(x)").replace("Net", "Second")
    + "net(torch.zeros(1, 1, 28, 28))",
    "numbers worked out": "k, pad = 5, 5 // 2\nn = 2 ** 3 - 1\n"
    "net = nn.Sequential(nn.Conv2d(1, n, k, padding=pad), nn.MaxPool2d(2),"
    " nn.Flatten(), nn.Linear(n * int(28 / 2) ** 2, max(3, n)))",
    "a training script around it": "net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.Flatten(), nn.Linear(2704, 10))\n"
    "opt = torch.optim.SGD(net.parameters(), lr=0.1)\nfor epoch in range(3):\n    for i in range(2):\n"
    "        loss = net(torch.zeros(2, 1, 28, 28)).sum()\n        opt.zero_grad()\n        loss.backward()\n"
    "        opt.step()\n",
    "weights set by hand": "net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU())\n"
    "for m in net.modules():\n    if isinstance(m, nn.Conv2d):\n        nn.init.zeros_(m.weight)\n"
    "    elif isinstance(m, nn.Linear):\n        net[0] = nn.Identity()\n",
    "an error that is caught": "try:\n    raise ValueError\nexcept ValueError:\n    width = 6\n"
    "net = nn.Sequential(nn.Conv2d(1, width, 3))",
    "a global": "width = 3\ndef widen():\n    global width\n    width = 5\nwiden()\n"
    "net = nn.Sequential(nn.Conv2d(1, width, 3))",
    "names in other scripts": "通道 = 6\nnet = nn.Sequential(nn.Conv2d(1, 通道, 3))",
}


@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS)
def test_a_program_is_read_as_torch_runs_it(text: str) -> None:
    traced = trace(read_python(text).architecture)
    assert traced.error is None
    assert traced.architecture.input_shape == (1, 28, 28)
    assert rows_of(traced) == torch_rows(text, (1, 28, 28))
