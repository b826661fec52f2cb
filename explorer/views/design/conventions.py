"""One network in the counts of different texts: why two right numbers differ, and which convention gives each."""

from collections import Counter
from collections.abc import Iterator

import msgspec

from explorer.architecture.trace import Trace
from explorer.views.common import words

MEGA, MEBI = 10**6, 2**20
CONVOLUTION, DENSE, OTHER = "convolution", "dense", "other"


class Part(msgspec.Struct, frozen=True):
    """A part of a network: its parameters and multiply-adds."""

    name: str
    num_params: int
    mult_adds: int


class Count(msgspec.Struct, frozen=True):
    """One number of a network by one convention, and who counts so."""

    what: str
    value: str
    used_by: str


def parts(trace: Trace) -> list[Part]:
    """Sum a network up by its parts; the three of them make its totals."""
    roles = [layer.role if layer.role in (CONVOLUTION, DENSE) else OTHER for layer in trace.architecture.layers]
    return [
        Part(name, sum(row.num_params for row in rows), sum(row.mult_adds for row in rows))
        for name in (CONVOLUTION, DENSE, OTHER)
        for rows in [[row for row in trace.rows if roles[row.index] == name]]
    ]


def conventions(trace: Trace) -> list[Count]:
    """Give what texts count in more than one way."""
    return [*_work(trace), *_parameters(trace), *_memory(trace), *_layers(trace)]


def _work(trace: Trace) -> Iterator[Count]:
    mult_adds = trace.totals.mult_adds
    yield Count("Multiply-adds", words.number(mult_adds), "this page; torchvision calls them FLOPS")
    yield Count("FLOPs, two for each", words.number(2 * mult_adds), "torch.utils.flop_counter")
    yield Count("Connections", words.number(trace.totals.connections), "LeCun 1998: biases and poolings counted")


def _parameters(trace: Trace) -> Iterator[Count]:
    yield Count("Parameters", words.number(trace.totals.num_params), "this page, torch, Dive into Deep Learning")
    biases = sum(layer.num_biases for layer in trace.architecture.layers[: len(trace.rows)])
    without = words.number(trace.totals.num_params - biases)
    yield Count("Weights without biases", without, "texts that forget, or leave out, the biases")


def _memory(trace: Trace) -> Iterator[Count]:
    size = trace.totals.param_bytes
    yield Count("Parameters in MB", f"{size / MEGA:,.2f} MB", "this page: a million bytes")
    yield Count("Parameters in MiB", f"{size / MEBI:,.2f} MiB", "operating systems, GPU tools: 2²⁰ bytes")


def _layers(trace: Trace) -> Iterator[Count]:
    roles = Counter(layer.role for layer in trace.architecture.layers[: len(trace.rows)])
    conv, pools, dense = roles["convolution"], roles["pooling"], roles["dense"]
    yield Count("Layers with poolings", str(conv + pools + dense), "LeCun 1998; the input is not counted")
    yield Count("Layers with weights", f"{conv + dense} = {conv} + {dense}", "Dive into Deep Learning, AlexNet 2012")
    before_output = str(max(0, conv + dense - 1))
    yield Count("Layers before the output", before_output, "Andrew Ng: convolution and pooling are one")
