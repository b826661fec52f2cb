"""Random programs from a seed alone: a random stack of layers, written in idioms that people use."""

import ast
import random
import textwrap
from collections.abc import Callable
from typing import NamedTuple

from torch import nn

from explorer.architecture.kinds.shape import Identity
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import trace
from explorer.exchange.networks.layer_call import PARAMETERS
from explorer.exchange.pytorch_source import to_pytorch
from tests.architecture.random_stacks import random_stack
from tests.exchange.networks.witness import Shape

HEADER = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n"
FLATTENED = [
    *("x.view(x.size(0), -1)", "x.flatten(1)", "torch.flatten(x, 1)", "x.reshape(len(x), -1)", "nn.Flatten()(x)"),
    *("x.view(x.shape[0], x.shape[1] * x.shape[2] * x.shape[3])", "x.flatten(2).flatten(1)"),
]


class Program(NamedTuple):
    """A program, and the size of the pictures that it is written for."""

    text: str
    shape: Shape


class Call(NamedTuple):
    """A layer: its class in torch.nn, and its arguments as text."""

    name: str
    arguments: dict[str, str]


def random_program(seed: int) -> Program:
    """Draw a stack that fits, of torch's own kinds, and write it in idioms."""
    draw = random.Random(seed)
    design = _fitting(random_stack(seed))
    calls = _calls(design)
    helpers, layers = _written(draw, calls)
    body = draw.choice(NETWORKS)(draw, calls, layers)
    noise = draw.choice(NOISE)
    return Program("\n".join([HEADER, *helpers, body, noise]), design.input_shape)


def _fitting(design: Architecture) -> Architecture:
    """Leave out kinds that torch lacks, and all from the first layer on that does not fit."""
    layers = tuple(layer for layer in design.layers if hasattr(nn, type(layer).__name__))
    design = Architecture(name="program", input_shape=design.input_shape, layers=layers)
    stop = trace(design).error
    layers = layers[: stop.index] if stop else layers
    return Architecture(name="program", input_shape=design.input_shape, layers=layers or (Identity(),))


def _calls(design: Architecture) -> list[Call]:
    made = next(node for node in ast.walk(ast.parse(to_pytorch(design))) if isinstance(node, ast.Call))
    calls = [arg for arg in made.args if isinstance(arg, ast.Call) and isinstance(arg.func, ast.Attribute)]
    return [Call(call.func.attr, {str(k.arg): ast.unparse(k.value) for k in call.keywords}) for call in calls]  # type: ignore[attr-defined]


def _number(draw: random.Random, text: str) -> str:
    """Write a whole number as it is, or worked out."""
    if not text.isdigit() or draw.random() < 0.7:
        return text
    n = int(text)
    ways = [f"{n + 3} - 3", f"int('{n}')", f"max({n}, {n // 2})", f"{n * 2} // 2", f"sum([{n - 1}, 1])", f"({n}, 7)[0]"]
    return draw.choice([*ways, f"len(range({n}))", f"{{'n': {n}}}['n']", f"({n} if 1 < 2 < 3 else 5)", f"[9, {n}][-1]"])


def _written(draw: random.Random, calls: list[Call]) -> tuple[list[str], list[str]]:
    """Write each layer as an expression, with the helpers that it may need."""
    helpers, layers = list[str](), list[str]()
    for place, call in enumerate(calls):
        given = {name: _number(draw, value) for name, value in call.arguments.items()}
        helper, layer = draw.choice(WAYS)(draw, call.name, given, place)
        helpers.extend([helper] if helper else [])
        layers.append(layer)
    return helpers, layers


def _said(given: dict[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in given.items())


Way = Callable[[random.Random, str, dict[str, str], int], tuple[str, str]]


def _by_name(draw: random.Random, name: str, given: dict[str, str], place: int) -> tuple[str, str]:
    return "", f"nn.{name}({_said(given)})"


def _by_place(draw: random.Random, name: str, given: dict[str, str], place: int) -> tuple[str, str]:
    order, args = list(PARAMETERS[name]), list[str]()
    while order and order[0] in given:
        args.append(given.pop(order.pop(0)))
    return "", f"nn.{name}({', '.join([*args, *([_said(given)] if given else [])])})"


def _by_dictionary(draw: random.Random, name: str, given: dict[str, str], place: int) -> tuple[str, str]:
    held = draw.choice([f"dict({_said(given)})", f"{{{', '.join(f'{k!r}: {v}' for k, v in given.items())}}}"])
    return f"cfg{place} = {held}", f"nn.{name}(**cfg{place})"


def _by_function(draw: random.Random, name: str, given: dict[str, str], place: int) -> tuple[str, str]:
    names = list(given)
    cut = draw.randint(0, len(names))
    declared = ", ".join([*names[:cut], *(f"{each}={given[each]}" for each in names[cut:])])
    inner = f"nn.{name}({', '.join(f'{each}={each}' for each in names)})"
    made = draw.choice(
        [f"def make{place}({declared}):\n    return {inner}\n", f"make{place} = lambda {declared}: {inner}"]
    )
    return made, f"make{place}({', '.join(given[each] for each in names[:cut])})"


def _by_partial(draw: random.Random, name: str, given: dict[str, str], place: int) -> tuple[str, str]:
    names = list(given)
    cut = draw.randint(0, len(names))
    some, others = ({each: given[each] for each in part} for part in (names[:cut], names[cut:]))
    helper = f"from functools import partial\nmade{place} = partial(nn.{name}, {_said(some)})"
    return helper.replace(", )", ")"), f"made{place}({_said(others)})"


def _by_attribute(draw: random.Random, name: str, given: dict[str, str], place: int) -> tuple[str, str]:
    return "", f"getattr(nn, {name[:2]!r} + {name[2:]!r})({_said(given)})"


def _by_class(draw: random.Random, name: str, given: dict[str, str], place: int) -> tuple[str, str]:
    helper = (
        f"class Part{place}(nn.Module):\n    def __init__(self, **settings):\n        super().__init__()\n"
        f"        self.part = nn.{name}(**settings)\n\n    def forward(self, x):\n        return self.part(x)\n"
    )
    return helper, f"Part{place}({_said(given)})"


WAYS: list[Way] = [_by_name, _by_name, _by_place, _by_place, _by_dictionary, _by_function, _by_partial, _by_attribute]
WAYS += [_by_class]


def _listed(draw: random.Random, layers: list[str]) -> str:
    """Put layers in a list that is called `layers`, by one of several ways."""
    half = draw.randint(0, len(layers))
    first, second = ", ".join(layers[:half]), ", ".join(layers[half:])
    appended = "".join(f"layers.append({layer})\n" for layer in layers)
    backwards = "".join(f"layers.insert(0, {layer})\n" for layer in reversed(layers))
    yielded = "".join(f"    yield {layer}\n" for layer in layers) or "    yield from ()\n"
    branches = "".join(f"    if i == {i}:\n        layers += [{layer}]\n" for i, layer in enumerate(layers))
    counted = "".join(f"    if n == {n}:\n        layers.extend([{layer}])\n" for n, layer in enumerate(layers))
    choice = ", ".join(f"lambda: {layer}" for layer in layers)
    return draw.choice(
        [
            f"layers = [{', '.join(layers)}]",
            f"layers = [{first}] + [{second}]",
            f"layers = [*[{first}], *[{second}]]",
            f"layers = sum([[{first}], [{second}]], [])",
            f"layers = []\n{appended}",
            f"layers = []\n{backwards}",
            f"layers = [{first}, nn.Tanh()]\nlayers.pop()\nlayers += [{second}]".replace("[,", "["),
            f"layers = [{first}, 'x', 'y']\nlayers[{half}:] = [{second}]".replace("[,", "["),
            f"layers = [None, {first}]\nlayers = [each for each in layers if each] + [{second}]",
            f"layers = [{', '.join(reversed(layers))}]\nlayers.reverse()",
            f"def parts():\n{yielded}\nlayers = list(parts())",
            f"layers = []\nfor i in range({len(layers) + 1}):\n    if i > 90:\n        continue\n{branches}    i = 7",
            f"layers, n = [], 0\nwhile True:\n{counted}    n += 1\n    if n >= {len(layers)}:\n        break",
            f"layers = [make() for make in [{choice}]]",
            f"layers = list(map(lambda make: make(), ({choice}{',' if layers else ''})))",
        ]
    )


def _sequential(draw: random.Random, calls: list[Call], layers: list[str]) -> str:
    half = draw.randint(0, len(layers))
    pairs = ", ".join(f"('n{place}', {layer})" for place, layer in enumerate(layers))
    added = "".join(f"net.add_module('n{place}', {layer})\n" for place, layer in enumerate(layers))
    listed = _listed(draw, layers)
    return draw.choice(
        [
            f"net = nn.Sequential({', '.join(layers)})",
            f"{listed}\nnet = nn.Sequential(*layers)",
            f"{listed}\nnet = nn.Sequential(nn.Sequential(*layers[:{half}]), nn.Sequential(*layers[{half}:]))",
            f"{listed}\nnet = nn.Sequential(*layers, nn.ReLU(), nn.Tanh())[:{len(layers)}]",
            f"{listed}\nnet = nn.Sequential(nn.Sigmoid(), *layers)\ndel net[0]",
            f"{listed}\nnet = nn.Sequential()\nfor each in layers:\n    net.append(each)",
            f"{listed}\nnet = nn.Sequential(*layers[:{half}])\nnet.extend(layers[{half}:])",
            f"{listed}\nnet = nn.Sequential(*layers[:{half}]) + nn.Sequential(*layers[{half}:])",
            f"from collections import OrderedDict\nnet = nn.Sequential(OrderedDict([{pairs}]))",
            f"net = nn.Sequential()\n{added}",
            f"class Net(nn.Sequential):\n    def __init__(self):\n        super().__init__({', '.join(layers)})\n\n"
            "net = Net()",
        ]
    )


def _class(init: str, forward: str, *, base: str = "nn.Module", name: str = "Net") -> str:
    lines = [
        f"class {name}({base}):",
        "    def __init__(self):",
        "        super().__init__()",
        textwrap.indent(init, " " * 8),
    ]
    return "\n".join([*lines, "", "    def forward(self, x):", textwrap.indent(forward, " " * 8), ""])


def _held(draw: random.Random, calls: list[Call], layers: list[str]) -> str:
    """Hold layers in a ModuleList or a ModuleDict, and run through them."""
    named = ", ".join(f"'n{place}': {layer}" for place, layer in enumerate(layers))
    init, forward = draw.choice(
        [
            ("self.layers = nn.ModuleList(layers)", "for layer in self.layers:\n    x = layer(x)\nreturn x"),
            ("self.layers = nn.ModuleList()\nself.layers.extend(layers)", _COUNTED),
            ("self.layers = nn.ModuleList(layers)", "from functools import reduce\n" + _REDUCED),
            (
                f"self.layers = nn.ModuleDict({{{named}}})",
                "for _, layer in self.layers.items():\n    x = layer(x)\nreturn x",
            ),
            (_SET, "for n in range(len(self.widths)):\n    x = getattr(self, 'n%d' % n)(x)\nreturn x"),
        ]
    )
    init = f"{_listed(draw, layers)}\n{init}" if "layers)" in init or "in layers" in init else init
    return _class(init, forward) + "\nnet = Net()"


_COUNTED = "n = 0\nwhile n < len(self.layers):\n    x = self.layers[n](x)\n    n += 1\nreturn x"
_REDUCED = "return reduce(lambda value, layer: layer(value), self.layers, x)"
_SET = (
    "self.widths = []\nfor n, layer in enumerate(layers):\n    setattr(self, f'n{n}', layer)\n    self.widths.append(n)"
)


def _named(draw: random.Random, calls: list[Call], layers: list[str]) -> str:
    """Give layers names of their own; those without parameters may be functions."""
    init, forward = list[str](), list[str]()
    for place, (call, layer) in enumerate(zip(calls, layers, strict=True)):
        function = draw.choice(FUNCTIONS.get(call.name, [""]))
        if call.name == "Flatten":
            function = draw.choice(FLATTENED)
        if function and (not call.arguments or "{" in function) and draw.random() < 0.7:
            forward.append(function.format(_said(call.arguments)) if "{" in function else function)
        else:
            init.append(f"self.n{place} = {layer}")
            forward.append(f"self.n{place}(x)")
    lines = "".join(f"{each}\n" if each.endswith("_(x)") else f"x = {each}\n" for each in forward)
    return _halves(draw, init, lines)


def _halves(draw: random.Random, init: list[str], lines: str) -> str:
    """Write a class, or one that takes some of its parts from another."""
    ends = draw.choice(["return x", "if x.dim() > 9:\n    return None\nreturn x", "out = x\nreturn out"])
    if draw.random() < 0.6:
        return _class("\n".join(init) or "pass", f"{lines}{ends}") + "\nnet = Net()"
    half = draw.randint(0, len(init))
    base = _class("\n".join(init[:half]) or "pass", "raise NotImplementedError", name="Base")
    return base + "\n" + _class("\n".join(init[half:]) or "pass", f"{lines}{ends}", base="Base") + "\nnet = Net()"


FUNCTIONS = {
    "ReLU": ["F.relu(x)", "torch.relu(x)", "x.relu()", "F.relu(x, inplace=True)", "F.relu_(x)", "x.clone().relu_()"],
    "Sigmoid": ["torch.sigmoid(x)", "x.sigmoid()", "F.sigmoid(x)"],
    "Tanh": ["torch.tanh(x)", "x.tanh()"],
    "MaxPool2d": ["F.max_pool2d(x, {})"],
    "AvgPool2d": ["F.avg_pool2d(x, {})"],
    "AdaptiveAvgPool2d": ["F.adaptive_avg_pool2d(x, {})"],
    "Softmax": ["F.softmax(x, {})", "torch.softmax(x, {})"],
    "LogSoftmax": ["F.log_softmax(x, {})"],
    "Dropout": ["F.dropout(x, {}, training=self.training)"],
    "GELU": ["F.gelu(x)"],
    "SiLU": ["F.silu(x)"],
    "ELU": ["F.elu(x)"],
    "Softplus": ["F.softplus(x)"],
}
Network = Callable[[random.Random, list[Call], list[str]], str]
NETWORKS: list[Network] = [_sequential, _sequential, _held, _named, _named]
NOISE = [
    *(
        "",
        "",
        "print(net)",
        "net.eval()",
        "net = net.to('cpu')",
        "opt = torch.optim.SGD(net.parameters(), lr=0.1) if 0 else 1",
    ),
    "for epoch in range(2):\n    loss = epoch * 0.5\n    print(f'{epoch}: {loss:.2f}')",
    "def weights(m):\n    if isinstance(m, nn.Linear):\n        nn.init.zeros_(m.weight)\n\nnet.apply(weights)",
    "total = sum(p.numel() for p in net.parameters())\nprint(total)",
    "if __name__ == '__main__':\n    net.train()",
]
