"""What the note on PyTorch says of LeNet-5 and of its own LeNet class."""

from msgspec.structs import replace

from explorer.architecture import edit
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import LayerRow, Trace, trace
from explorer.lessons.claim import Claim, Evidence, Reading, row
from explorer.lessons.sums import added, number_of, params_sum, side_sum

NOTE = "a note on the LeNet family in PyTorch"
NOTES = PRESETS["lenet-pytorch"].architecture
PUBLISHED = PRESETS["lenet5-1998"].architecture


def _seven(trace: Trace) -> tuple[Evidence, ...]:
    output = sum(row.kind == "GaussianRBF" for row in trace.rows)
    parts = [number_of(trace, "convolution"), number_of(trace, "pooling"), number_of(trace, "dense") - output]
    named = sum(parts)
    return (
        Evidence("Convolutions, poolings, dense layers", named, added(parts), "7", named == 7),
        Evidence("With the output layer", named + output, added([*parts, output])),
    )


def _global_pooling(trace: Trace) -> tuple[Evidence, ...]:
    layers = trace.architecture.layers
    pools = [row for row in trace.rows if layers[row.index].role == "pooling"]
    return tuple(
        Evidence(f"Side of what {pool.name} gives", side, side_sum(trace, pool), "1", side == 1, f"{pool.settings}")
        for pool in pools
        for side in pool.output_shape[1:2]
    )


def _sigmoids(trace: Trace) -> tuple[Evidence, ...]:
    found = number_of(trace, "activation")
    sigmoids = sum(row.kind == "Sigmoid" for row in trace.rows)
    decided = Evidence("Sigmoid layers in the listing", sigmoids, "", "at least 1", sigmoids > 0)
    return (decided, *(() if found else _one_map(trace)))


def _one_map(traced: Trace) -> tuple[Evidence, ...]:
    """Count what dense layers in a row spend on the one linear map that they make together."""
    dense = [row for row in traced.rows if row.kind == "Linear"]
    spent, single = [row.num_params for row in dense], trace(_one_layer(traced.architecture, dense))
    one = single.rows[-1]
    return (
        Evidence("Parameters of the dense layers in a row", sum(spent), added(spent)),
        Evidence("The one linear map they make", one.num_params, params_sum(single, one)),
    )


def _one_layer(design: Architecture, dense: list[LayerRow]) -> Architecture:
    last = Linear(out_features=dense[-1].output_shape[0])
    return replace(design, layers=(*design.layers[: dense[0].index], last))


def _without_biases(trace: Trace) -> tuple[Evidence, ...]:
    return tuple(_weights_alone(trace, row(trace, name)) for name in ("fc4", "fc5"))


def _weights_alone(trace: Trace, dense: LayerRow) -> Evidence:
    inputs, outputs = dense.input_shape[0], dense.output_shape[0]
    claimed, holds = f"{inputs} × {outputs} = {inputs * outputs:,}", dense.num_params == inputs * outputs
    return Evidence(f"Parameters of {dense.name}", dense.num_params, params_sum(trace, dense), claimed, holds)


def _first_params(trace: Trace) -> tuple[Evidence, ...]:
    first = row(trace, "conv1")
    return (
        Evidence("Parameters of conv1", first.num_params, params_sum(trace, first), "156", first.num_params == 156),
    )


NOTE_CLAIMS: dict[str, Claim] = {
    "seven-layers": Claim(
        text=NOTE,
        title="7 = 3 + 2 + 1",
        words="LeNet-5 has 7 layers: 3 convolutions, 2 poolings and 1 dense layer.",
        because="Those named are six; the seventh is the output layer, which compares with fixed codes.",
        readings=(Reading("", (PUBLISHED,), _seven),),
    ),
    "global-pooling": Claim(
        text=NOTE,
        title="Global pooling",
        words="The LeNet class of the note uses global pooling.",
        because="A global pooling leaves one number of each map. These windows are 2×2 and leave a quarter of them.",
        readings=(Reading("", (NOTES,), _global_pooling),),
    ),
    "sigmoids": Claim(
        text=NOTE,
        title="Sigmoid activations",
        words="The LeNet class of the note uses sigmoid activations.",
        because=(
            "Its code has no activation at all. Without one between them, dense layers in a row are one linear map."
        ),
        readings=(Reading("", (NOTES,), _sigmoids),),
        source="the note's own code, which this network follows layer by layer",
    ),
    "dense-parameters": Claim(
        text=NOTE,
        title="Dense layers of 120×84, 84×10",
        words="F6 has 120 × 84 parameters, the output layer 84 × 10.",
        because="Those are the weights. Each output has a bias besides.",
        readings=(Reading("", (NOTES,), _without_biases),),
    ),
    "first-parameters": Claim(
        text=NOTE,
        title="156 parameters in C1",
        words="C1, with its six 5×5 filters, has 156 parameters.",
        because=(
            "Only if the pictures are grey. The note's class has a switch for colour, and then a filter has a window "
            "for each of three channels."
        ),
        readings=(
            Reading("grey pictures", (NOTES,), _first_params),
            Reading("colour pictures", (edit.with_channels(NOTES, 3),), _first_params),
        ),
    ),
}
