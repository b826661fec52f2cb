"""What the lesson after Ng says of its LeNet for colour pictures."""

from itertools import pairwise

from msgspec.structs import replace

from explorer.architecture import edit
from explorer.architecture.cost import count
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import LayerRow, Trace, trace
from explorer.lessons.claim import Claim, Evidence, Reading, Verdict, about, row
from explorer.lessons.sums import params_sum, product

NG = "Andrew Ng's course notes"
COLOUR = PRESETS["lenet-ng"].architecture
WIDE = replace(COLOUR, name="LeNet for 1000×1000 pictures", input_shape=(3, 1_000, 1_000))
EIGHT_FILTERS = edit.replace_layer(COLOUR, 0, Conv2d(out_channels=8, kernel_size=5))
MILLION, GIGA = 10**6, 10**9
LARGE_GPU = 80 * GIGA  # bytes: what a large graphics card of 2024 holds


def dense_instead(design: Architecture) -> Architecture:
    """Put a dense layer with as many outputs, and no bias, in place of a network's first convolution."""
    first = trace(replace(design, layers=design.layers[:1])).rows[0]
    dense = Linear(out_features=count(first.output_shape), bias=False)
    return Architecture(
        name="A dense layer in place of conv1", input_shape=design.input_shape, layers=(Flatten(), dense)
    )


def _filters(trace: Trace) -> tuple[Evidence, ...]:
    first = row(trace, "conv1")
    filters = first.output_shape[0]
    one = first.num_params // filters
    return (
        Evidence("Parameters of one filter", one, _one_filter(first, one), "26", one == 26),
        Evidence("Parameters of conv1", first.num_params, params_sum(trace, first), "156", first.num_params == 156),
    )


def _one_filter(first: LayerRow, one: int) -> str:
    channels = first.input_shape[0]
    return f"{(one - 1) // channels} * {channels} + 1"


def _dense_weights(dense: Trace, convolution: Trace) -> tuple[Evidence, ...]:
    maps, layer = row(convolution, "conv1").output_shape, row(dense, "fc1")
    units, weights = layer.output_shape[0], layer.num_params
    holds = about(weights, 14 * MILLION, step=MILLION)
    return (
        Evidence("Units", units, product(maps), "4,074", units == 4_074),
        Evidence("Weights", weights, params_sum(dense, layer), "about 14 million", holds),
    )


def _sizes(trace: Trace) -> tuple[Evidence, ...]:
    sizes = [count(trace.architecture.input_shape), *(count(row.output_shape) for row in trace.rows if _counts(row))]
    rises = sum(after > before for before, after in pairwise(sizes))
    first = row(trace, "conv1").output_shape
    start, path = count(first), " → ".join(f"{size:,}" for size in sizes)
    return (
        Evidence("First activation", start, product(first), "about 6,000", about(start, 6_000, step=1_000)),
        Evidence("Rises from layer to layer", rises, "", "none", rises == 0, path),
    )


def _counts(row: LayerRow) -> bool:
    return bool(row.num_params) or row.kind.endswith("Pool2d")


def _dense_bytes(dense: Trace) -> tuple[Evidence, ...]:
    layer = row(dense, "fc1")
    size, weights = layer.param_bytes, layer.num_params
    holds = size > LARGE_GPU
    return (
        Evidence("Weights", weights, params_sum(dense, layer)),
        Evidence(
            "Bytes", size, f"{weights} * 4", "more than a large graphics card's 80 GB", holds, _bytes_in_words(size)
        ),
    )


def _bytes_in_words(size: int) -> str:
    return f"{size / 10**12:,.0f} TB" if size >= 10**12 else f"{size / MILLION:,.1f} MB"


NG_CLAIMS: dict[str, Claim] = {
    "filter-parameters": Claim(
        text=NG,
        title="Six filters, 156 parameters",
        words="On 32×32 colour pictures, a 5×5 filter has 26 parameters with its bias, so 6 filters have 156.",
        because="A filter reaches through all channels of its input, with a 5×5 window for each.",
        readings=(Reading("", (COLOUR,), _filters),),
    ),
    "dense-instead": Claim(
        text=NG,
        title="4074 dense units",
        words="A dense layer in the first convolution's place has 4074 units, and 4074 × 3072 ≈ 14 million weights.",
        because=(
            "The 14 million are right, the units are not: two digits changed places, and with the units as written "
            "the product would be another one."
        ),
        readings=(Reading("", (dense_instead(COLOUR), COLOUR), _dense_weights),),
    ),
    "activation-sizes": Claim(
        text=NG,
        title="Sizes that only fall",
        words="The activations start at 6,000 numbers and get fewer from layer to layer.",
        because=(
            "A convolution makes maps smaller but more: their number can rise, and here it does twice. About 6,000 "
            "come out of 8 filters, not of this network's 6."
        ),
        readings=(
            Reading("6 filters, as the network has", (COLOUR,), _sizes),
            Reading("8 filters", (EIGHT_FILTERS,), _sizes),
        ),
    ),
    "wide-pictures": Claim(
        text=NG,
        title="A very large matrix",
        words=(
            "For a 1000×1000 colour picture, a dense layer in the first convolution's place needs a very large matrix."
        ),
        because="Its weights grow with the square of the number of pixels; the convolution's do not grow at all.",
        readings=(Reading("", (dense_instead(WIDE),), _dense_bytes),),
        shown=WIDE,
    ),
    "catches-translation": Claim(
        text=NG,
        title="Catches translation",
        words=(
            "A convolutional network catches translation: a picture that is moved by a few pixels gets the same answer."
        ),
        because=(
            "Only if it has seen moved pictures. LeNet with ReLU names 89 to 91 % of the clothes right, 72 to 77 % "
            "shifted by 2 pixels and 34 to 37 % by 4; a dense network of as many parameters 86 to 88, 54 to 58 and "
            "24 to 28 %. Maps move with the picture; the dense layers behind them do not. With one mean of each map "
            "in their place it is 78 to 80, 70 to 72 and 56 to 59 %. Trained on pictures shifted by up to 4 pixels, "
            "LeNet names 84 to 86 % right, and shifted by 4 still 81 to 84 %."
        ),
        source=(
            "ten epochs with Adam on the 60,000 pictures of Fashion-MNIST, seeds 0 to 2, 1,000 of the test; the mean "
            "of all ways to shift as far. Look inside measures it for a network of your own"
        ),
        stated=Verdict.ONLY_IF,
        shown=edit.replace_activations(PRESETS["lenet-d2l"].architecture, "ReLU"),
    ),
}
