"""A design as a Jupyter notebook that reads like a textbook's page: words, the program, shapes, counts, and an epoch.

It is nbformat 4.5, which is plain JSON; all but the last cell run without a network.
"""

import json
import re

from explorer.architecture.historic.modules import GaussianRBF
from explorer.architecture.kinds.sizes import shape_words
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import LayerRow, Trace, trace
from explorer.exchange.pytorch_source import to_pytorch

CLASSES = 10  # of Fashion-MNIST
MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+!|~&$])")
SEEMS_LINK = re.compile(r"(?<=[:@])(?=\S)|(?<=www)(?=\.)", re.IGNORECASE)  # which no escape keeps Jupyter from
NotebookCell = dict[str, object]
INTRODUCTION = """\
# {name}

A convolutional network for pictures of {input}. Its {num_layers} layers have **{num_params} parameters** and take
**{mult_adds} multiply-adds** for one picture.

{stack}
"""
PROGRAM = """\
## The network in PyTorch

Behind each layer stands the shape that comes out of it, without the batch. The last line passes two random pictures
through.
"""
SHAPES = """\
## Shapes

Each layer takes what the one before gives. The table says what comes out, how many parameters the layer has, and how
many multiply-adds one picture takes. The cell below asks the network itself.

| Layer | Kind | Settings | Output | Parameters | Multiply-adds |
|---|---|---|--:|--:|--:|
{rows}
| total | | | | {num_params} | {mult_adds} |
"""
SHOW_SHAPES = """\
x = X
for layer in net:
    x = layer(x)
    print(f"{type(layer).__name__:18}", *x.shape[1:])
"""
PARAMETERS = """\
## Parameters

A weight layer has a number for each connection that its outputs share, and one bias for each output map or feature.
"""
COUNT_PARAMETERS = """\
for number, layer in enumerate(net):
    counts = [f"{name} {parameter.numel():,}" for name, parameter in layer.named_parameters()]
    if counts:
        print(f"{number:2} {type(layer).__name__:14}", ", ".join(counts))
print(f"{sum(parameter.numel() for parameter in net.parameters()):,} parameters")
"""
TRAINING = """\
## One epoch on Fashion-MNIST (optional)

This cell downloads 30 MB by torchvision, into the folder `data`, and trains for one epoch: {pace}. Nothing above
needs it.
"""
TRAIN = """\
from torchvision import datasets, transforms

device = "cuda" if torch.cuda.is_available() else "cpu"
transform = transforms.Compose([{transforms}])
train_set, test_set = (
    datasets.FashionMNIST("data", train=train, download=True, transform=transform) for train in (True, False)
)
batches = torch.utils.data.DataLoader(train_set, batch_size=128, shuffle=True)
net = net.to(device)
optimizer = torch.optim.Adam(net.parameters(), lr=0.001)

net.train()
for pictures, labels in batches:
    loss = nn.functional.cross_entropy({sign}net(pictures.to(device)), labels.to(device))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

net.eval()
with torch.no_grad():
    right = sum(
        (({sign}net(pictures.to(device))).argmax(dim=1) == labels.to(device)).sum().item()
        for pictures, labels in torch.utils.data.DataLoader(test_set, batch_size=256)
    )
print(f"loss {{loss.item():.3f}}, test accuracy {{right / len(test_set):.1%}}")
"""
NO_TRAINING = """\
## Training

{why}
"""


def to_notebook(architecture: Architecture) -> str:
    """Write a design as a notebook; raises `StackError` for a layer that does not fit."""
    program, traced = to_pytorch(architecture), trace(architecture)
    cells = [
        _words(_introduction(traced)),
        _words(PROGRAM),
        _code(program),
        _words(_shapes(traced)),
        _code(SHOW_SHAPES),
        _words(PARAMETERS),
        _code(COUNT_PARAMETERS),
        *_training(traced),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    numbered = [{"id": f"cell-{number}", **cell} for number, cell in enumerate(cells)]
    book = {"cells": numbered, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(book, indent=1, ensure_ascii=False).encode(errors="replace").decode() + "\n"


def _words(text: str) -> NotebookCell:
    return {"cell_type": "markdown", "metadata": {}, "source": text.strip()}


def _code(text: str, *tags: str) -> NotebookCell:
    metadata = {"tags": [*tags]} if tags else {}
    return {"cell_type": "code", "execution_count": None, "metadata": metadata, "outputs": [], "source": text.strip()}


def _introduction(traced: Trace) -> str:
    lines = map(_line, traced.rows)
    return INTRODUCTION.format(
        name=_plain(traced.architecture.name),
        input=shape_words(traced.architecture.input_shape),
        num_layers=len(traced.rows),
        num_params=f"{traced.totals.num_params:,}",
        mult_adds=f"{traced.totals.mult_adds:,}",
        stack="\n".join(lines),
    )


def _line(row: LayerRow) -> str:
    return f"{row.index + 1}. **{row.name}** {_settings(row)} → {shape_words(row.output_shape)}"


def _settings(row: LayerRow) -> str:
    return f"{row.kind}: {row.settings}" if row.settings else row.kind


def _shapes(traced: Trace) -> str:
    lines = [
        f"| {row.name} | {row.kind} | {row.settings} | {shape_words(row.output_shape)} | {_counts(row)} |"
        for row in traced.rows
    ]
    totals = traced.totals
    return SHAPES.format(rows="\n".join(lines), num_params=f"{totals.num_params:,}", mult_adds=f"{totals.mult_adds:,}")


def _counts(row: LayerRow) -> str:
    return f"{row.num_params:,} | {row.mult_adds:,}"


def _training(traced: Trace) -> list[NotebookCell]:
    """Give the cells that train, or one that says why the network cannot learn ten classes as it is."""
    shape = traced.output_shape
    if len(shape) != 1 or shape[0] < CLASSES:
        given = shape_words(shape)
        why = f"This network gives {given}; to learn Fashion-MNIST, let it end in a row of {CLASSES} numbers."
        return [_words(NO_TRAINING.format(why=why))]
    if not traced.totals.num_trainable:
        return [_words(NO_TRAINING.format(why="This network has no weights to learn."))]
    distances = traced.rows[-1].kind == GaussianRBF.__name__
    program = TRAIN.format(transforms=_transforms(traced.architecture.input_shape), sign="-" if distances else "")
    pace = "minutes to hours on a CPU" if traced.totals.mult_adds > 10**8 else "a minute or a few on a CPU"
    return [_words(TRAINING.format(pace=pace)), _code(program, "optional")]


def _transforms(input_shape: tuple[int, int, int]) -> str:
    """Bring 28×28 grey pictures to the network's input."""
    channels, *size = input_shape
    grey = "transforms.ToTensor()"
    resized = "" if size == [28, 28] else f"transforms.Resize({tuple(size)}), "
    coloured = "" if channels == 1 else f", transforms.Lambda(lambda x: x.repeat({channels}, 1, 1))"
    return f"{resized}{grey}{coloured}"


def _plain(text: str) -> str:
    """Keep Markdown from reading signs of its own in a name."""
    line = SEEMS_LINK.sub("\u2060", " ".join(text.split()))
    return MARKUP.sub(r"\\\1", line)
