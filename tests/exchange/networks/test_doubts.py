"""Where nobody knows whether a text comes to a change, what it changes is unknown: no table hangs on it."""

import pytest

from tests.exchange.networks.test_pytorch_refusals import refused

IN_DOUBT = {
    "flag modifies": (
        "layers = [nn.Conv2d(1, 4, 3)]\n"
        "if len(sys.argv) > 5:\n"
        "    layers.append(nn.BatchNorm2d(4))\n"
        "net = nn.Sequential(*layers)"
    ),
    "env flag modifies": (
        "bn = os.environ.get('BN')\n"
        "layers = [nn.Conv2d(1, 4, 3)]\n"
        "layers += [nn.BatchNorm2d(4)] if bn else []\n"
        "net = nn.Sequential(*layers)"
    ),
    "comp filter": (
        "bn = os.environ.get('BN')\n"
        "layers = [nn.Conv2d(1, 4, 3)] + [nn.BatchNorm2d(4) for _ in range(1) if bn]\n"
        "net = nn.Sequential(*layers)"
    ),
    "in list comp over list": (
        "ws = [w for w in (4, 8, 16) if flag]\n"
        "layers = []; c = 1\n"
        "for w in ws:\n"
        "    layers.append(nn.Conv2d(c, w, 3)); c = w\n"
        "net = nn.Sequential(*layers)"
    ),
    "mutates list via pop": (
        "layers = [nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Tanh()]\nif flag:\n    layers.pop()\nnet = nn.Sequential(*layers)"
    ),
    "del attr": (
        "layers = [nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Tanh()]\n"
        "if flag:\n"
        "    del layers[-1]\n"
        "net = nn.Sequential(*layers)"
    ),
    "del seq": ("net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Tanh())\nif flag:\n    del net[-1]"),
    "dict del": (
        "d = {'a': nn.Conv2d(1, 4, 3), 'b': nn.ReLU()}\nif flag:\n    del d['b']\nnet = nn.Sequential(*d.values())"
    ),
    "dict pop": (
        "d = {'a': nn.Conv2d(1, 4, 3), 'b': nn.ReLU()}\nif flag:\n    d.pop('b')\nnet = nn.Sequential(*d.values())"
    ),
    "dict clear": (
        "d = {'a': nn.Conv2d(1, 4, 3), 'b': nn.ReLU()}\nif flag:\n    d.clear()\nnet = nn.Sequential(*d.values())"
    ),
    "dict setdefault": (
        "d = {'a': nn.Conv2d(1, 4, 3)}\nif flag:\n    d.setdefault('b', nn.ReLU())\nnet = nn.Sequential(*d.values())"
    ),
    "list reverse": (
        "ws = [1, 4, 8]\n"
        "if flag:\n"
        "    ws.reverse()\n"
        "net = nn.Sequential(nn.Conv2d(1, ws[1], 3), nn.Conv2d(ws[1], ws[2], 3))"
    ),
    "class attribute new": (
        "class C: pass\nc = C()\nc.w = 4\nif flag:\n    c.w = 8\nnet = nn.Sequential(nn.Conv2d(1, c.w, 3))"
    ),
    "attribute new in hasattr": (
        "class C: pass\n"
        "c = C()\n"
        "if flag:\n"
        "    c.w = 8\n"
        "net = nn.Sequential(nn.Conv2d(1, c.w if hasattr(c, 'w') else 4, 3))"
    ),
    "global in function": (
        "w = 4\ndef f():\n    global w\n    if flag:\n        w = 8\nf()\nnet = nn.Sequential(nn.Conv2d(1, w, 3))"
    ),
    "global function call": (
        "w = 4\ndef f():\n    global w\n    w = 8\nif flag:\n    f()\nnet = nn.Sequential(nn.Conv2d(1, w, 3))"
    ),
    "nonlocal": (
        "def make():\n"
        "    w = 4\n"
        "    def f():\n"
        "        nonlocal w\n"
        "        w = 8\n"
        "    if flag:\n"
        "        f()\n"
        "    return nn.Sequential(nn.Conv2d(1, w, 3))\n"
        "net = make()"
    ),
    "and short circuit side effect": (
        "layers = [nn.Conv2d(1, 4, 3)]\nflag and layers.append(nn.ReLU())\nnet = nn.Sequential(*layers)"
    ),
    "break unknown": (
        "layers = []\n"
        "c = 1\n"
        "for w in (4, 8, 16):\n"
        "    layers.append(nn.Conv2d(c, w, 3)); c = w\n"
        "    if flag:\n"
        "        break\n"
        "net = nn.Sequential(*layers)"
    ),
    "continue unknown": (
        "layers = []\n"
        "for w in (4, 4, 4):\n"
        "    if flag:\n"
        "        continue\n"
        "    layers.append(nn.Conv2d(4, 4, 3))\n"
        "net = nn.Sequential(nn.Conv2d(1, 4, 3), *layers)"
    ),
    "return then mutation": (
        "layers = [nn.Conv2d(1, 4, 3)]\n"
        "def f():\n"
        "    if flag:\n"
        "        return\n"
        "    layers.append(nn.ReLU())\n"
        "f()\n"
        "net = nn.Sequential(*layers)"
    ),
    "raise then mutation": (
        "layers = [nn.Conv2d(1, 4, 3)]\n"
        "try:\n"
        "    if flag:\n"
        "        raise ValueError\n"
        "    layers.append(nn.ReLU())\n"
        "except ValueError:\n"
        "    pass\n"
        "net = nn.Sequential(*layers)"
    ),
    "a round that is not seen": (
        "layers = [nn.Conv2d(1, 4, 3)]\n"
        "n = 0\n"
        "for flag in range(5000):\n"
        "    n += 1\n"
        "    if n == 4999:\n"
        "        layers.append(nn.ReLU())\n"
        "net = nn.Sequential(*layers)"
    ),
    "a round of a long loop": (
        "layers = [nn.Conv2d(1, 4, 3)]\n"
        "for flag in range(4000):\n"
        "    if flag == 3999:\n"
        "        layers.append(nn.ReLU())\n"
        "net = nn.Sequential(*layers)"
    ),
    "a part that a round replaces": (
        "net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU())\n"
        "for flag in range(5000):\n"
        "    if flag == 4999:\n"
        "        net[1] = nn.Tanh()"
    ),
    "a list that is shuffled": (
        "import random\nflag = [4, 8]\nrandom.shuffle(flag)\nnet = nn.Sequential(nn.Conv2d(1, flag[0], 3), nn.ReLU())"
    ),
    "values that are changed in place": (
        "class Net(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.conv = nn.Conv2d(1, 4, 3)\n"
        "    def forward(self, x):\n"
        "        flag = self.conv(x)\n"
        "        flag[:, 0].zero_()\n"
        "        return flag"
    ),
}


@pytest.mark.parametrize("text", IN_DOUBT.values(), ids=IN_DOUBT)
def test_what_may_have_been_changed_is_refused_by_its_line(text: str) -> None:
    error = refused(text)
    assert error.where.startswith("line ")
    assert "flag" in error.found or "line" in error.where
