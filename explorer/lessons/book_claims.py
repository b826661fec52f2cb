"""What the book's chapter says of LeNet, and what all texts count differently."""

from msgspec.structs import replace

from explorer.architecture import edit
from explorer.architecture.kinds import ACTIVATIONS
from explorer.architecture.kinds.layer import Role
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import Trace
from explorer.lessons.claim import Claim, Evidence, Reading, row
from explorer.lessons.sums import added, number_of, side_sum

ROLES: tuple[Role, ...] = ("convolution", "pooling", "dense")
WEIGHTED: tuple[Role, ...] = ("convolution", "dense")
BOOK = "Dive into Deep Learning (“the book”), LeNet chapter"
BOOKS = PRESETS["lenet-d2l"].architecture
PUBLISHED = PRESETS["lenet5-1998"].architecture


def perceptron(design: Architecture) -> Architecture:
    """Leave out a network's convolutions and poolings: its dense layers see the picture itself."""
    flat = next(index for index, layer in enumerate(design.layers) if isinstance(layer, Flatten))
    return replace(design, name="A perceptron with LeNet's dense layers", layers=design.layers[flat:])


def _same_but_last(book: Trace, paper: Trace) -> tuple[Evidence, ...]:
    return (
        _same("Side of the picture", *(trace.architecture.input_shape[1] for trace in (book, paper))),
        _same("Parameters of the first pooling", *(row(trace, "pool1").num_params for trace in (book, paper))),
        _same("Parameters of the second convolution", *(row(trace, "conv2").num_params for trace in (book, paper))),
        _same("Activation", *(_activation(trace) for trace in (book, paper))),
    )


def _activation(trace: Trace) -> str:
    return edit.common_kind(trace.architecture, ACTIVATIONS) or "several"


def _same(what: str, found: int | str, published: int | str) -> Evidence:
    return Evidence(what, found, "", f"{published:,}" if isinstance(published, int) else published, found == published)


def _smaller(trace: Trace) -> tuple[Evidence, ...]:
    layers = trace.architecture.layers
    rows = [row for row in trace.rows if layers[row.index].window]
    return tuple(
        Evidence(f"Side of {row.name}'s maps", after, side_sum(trace, row), f"less than {before}", after < before)
        for row in rows
        for before, after in [(row.input_shape[1], row.output_shape[1])]
    )


def _cheap_but_dear(lenet: Trace, dense: Trace) -> tuple[Evidence, ...]:
    ours, theirs = lenet.totals, dense.totals
    return (
        Evidence(
            "Parameters",
            ours.num_params,
            added([row.num_params for row in lenet.rows if row.num_params]),
            f"fewer than the perceptron's {theirs.num_params:,}",
            ours.num_params < theirs.num_params,
        ),
        Evidence(
            "Multiply-adds",
            ours.mult_adds,
            added([row.mult_adds for row in lenet.rows if row.mult_adds]),
            f"more than the perceptron's {theirs.mult_adds:,}",
            ours.mult_adds > theirs.mult_adds,
        ),
        Evidence(
            "Multiply-adds a parameter",
            f"{ours.mult_adds / ours.num_params:.2f}",
            remark=f"the perceptron {theirs.mult_adds / theirs.num_params:.2f}",
        ),
    )


def _layers_of_lecun(trace: Trace) -> tuple[Evidence, ...]:
    parts = [number_of(trace, role) for role in ROLES]
    return (_seven_layers("Convolutions, poolings, dense layers", parts),)


def _layers_of_the_book(trace: Trace) -> tuple[Evidence, ...]:
    parts = [number_of(trace, role) for role in WEIGHTED]
    return (_seven_layers("Convolutions and dense layers", parts),)


def _layers_of_ng(trace: Trace) -> tuple[Evidence, ...]:
    conv, dense = (number_of(trace, role) for role in WEIGHTED)
    what = "Convolutions, each with its pooling, and dense layers before the output"
    return (_seven_layers(what, [conv, dense - 1]),)


def _seven_layers(what: str, parts: list[int]) -> Evidence:
    return Evidence(what, sum(parts), added(parts), "7", sum(parts) == 7)


BOOK_CLAIMS: dict[str, Claim] = {
    "same-as-lenet-5": Claim(
        text=BOOK,
        title="LeNet-5 but for its end",
        words="Apart from the last layer, the book's network is LeNet-5 as it was published.",
        because=(
            "LeNet-5 sees 32×32 pixels, its poolings are trained, its second convolution sees only some maps each, and "
            "its activation is a scaled tanh."
        ),
        readings=(Reading("", (BOOKS, PUBLISHED), _same_but_last),),
    ),
    "smaller-and-smaller": Claim(
        text=BOOK,
        title="Each layer is smaller",
        words="In the book's LeNet, the maps of each layer are smaller than those of the layer before.",
        because="The first convolution's padding of 2 makes up for what its 5×5 window takes off.",
        readings=(Reading("", (BOOKS,), _smaller),),
    ),
    "fewer-but-dearer": Claim(
        text=BOOK,
        title="Fewer parameters, more work",
        words="A convolutional network has fewer parameters than a dense one, but costs more to compute.",
        because=(
            "A convolution uses each of its weights at every place of a map; a dense layer uses each once. The dense "
            "network here is LeNet without its convolutions."
        ),
        readings=(Reading("", (BOOKS, perceptron(BOOKS)), _cheap_but_dear),),
    ),
    "how-many-layers": Claim(
        text="Dive into Deep Learning (“the book”), Andrew Ng's course notes and three more texts",
        title="LeNet's 7 layers",
        words="LeNet has 7 layers.",
        because="Only if poolings count as layers. What counts is a convention, so say which.",
        readings=(
            Reading("LeCun 1998 counts poolings", (BOOKS,), _layers_of_lecun),
            Reading("the book counts layers with weights", (BOOKS,), _layers_of_the_book),
            Reading("Andrew Ng counts a pooling to its convolution, the output apart", (BOOKS,), _layers_of_ng),
        ),
    ),
}
