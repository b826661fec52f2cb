"""What the texts say of AlexNet, and of LeNet-5 beside it: the book's chapter and the Keras walk-through."""

from msgspec.structs import replace

from explorer.architecture.analysis.reach import blind
from explorer.architecture.cost import BYTES
from explorer.architecture.presets import PRESETS
from explorer.architecture.trace import Trace
from explorer.lessons.claim import Claim, Evidence, Reading, Verdict, about, row
from explorer.lessons.sums import added, product, side_sum

BOOK = "Dive into Deep Learning (“the book”), AlexNet chapter"
KERAS = "a Keras walk-through of LeNet-5 and AlexNet"
BOOKS = PRESETS["alexnet-d2l"].architecture
ONE_TOWER = PRESETS["alexnet-227"].architecture
TWO_TOWERS = PRESETS["alexnet-2012"].architecture
TWO_TOWERS_224 = replace(TWO_TOWERS, input_shape=(3, 224, 224))
LENET = PRESETS["lenet-d2l"].architecture
MILLION, GIGA = 10**6, 10**9


def _dense_memory(trace: Trace) -> tuple[Evidence, ...]:
    two = [row(trace, name).num_params for name in ("fc6", "fc7")]
    size = BYTES * sum(two)
    remark = f"{size / MILLION:,.0f} MB, or {size / 2**20:,.0f} MiB; {BYTES} bytes a parameter"
    claimed, holds = "nearly 1 GB", about(size, GIGA, step=GIGA // 10)
    return (Evidence("Bytes of fc6 and fc7", size, f"({added(two)}) * {BYTES}", claimed, holds, remark),)


def _ten_times(alexnet: Trace, lenet: Trace) -> tuple[Evidence, ...]:
    channels = [row(trace, "conv1").output_shape[0] for trace in (alexnet, lenet)]
    widths = [trace.architecture.input_shape[2] for trace in (alexnet, lenet)]
    looked_up = {"Channels of the first convolution": channels, "Width of a picture": widths}
    return tuple(_ratio(what, *sizes) for what, sizes in looked_up.items())


def _ratio(what: str, large: int, small: int) -> Evidence:
    times = f"{large} / {small}"
    return Evidence(f"{what}, times", round(large / small), times, "10 times", large == 10 * small)


def _as_in_the_figure(book: Trace, paper: Trace) -> tuple[Evidence, ...]:
    first, original = row(book, "conv1"), row(paper, "conv1")
    side, features = first.output_shape[1], row(book, "flatten5").output_shape[0]
    published = original.output_shape[1], row(paper, "flatten5").output_shape[0]
    maps = row(book, "flatten5").input_shape
    unseen = blind(book.architecture)
    share = f"of {product(book.architecture.input_shape[1:]).replace('*', '×')}, {unseen.share:.2%}"
    return (
        Evidence("Side of conv1's maps", side, side_sum(book, first), f"{published[0]}", side == published[0]),
        Evidence(
            "Inputs of the first dense layer", features, product(maps), f"{published[1]:,}", features == published[1]
        ),
        Evidence("Pixels that reach no output", unseen.pixels, remark=share),
    )


def _neurons(trace: Trace) -> tuple[Evidence, ...]:
    counts, found = [row.neurons for row in trace.rows if row.neurons], trace.totals.neurons
    holds = about(found, 650_000, step=10_000)
    return (Evidence("Outputs of the layers with weights", found, added(counts), "650,000", holds),)


def _parameters(trace: Trace) -> tuple[Evidence, ...]:
    counts, found = [row.num_params for row in trace.rows if row.num_params], trace.totals.num_params
    holds = about(found, 60 * MILLION, step=MILLION)
    return (Evidence("Parameters", found, added(counts), "60 million", holds),)


def _connections(trace: Trace) -> tuple[Evidence, ...]:
    return (
        _million("Multiply-adds", [row.mult_adds for row in trace.rows]),
        _million("Connections as LeCun counts", [row.connections for row in trace.rows]),
    )


def _million(what: str, counts: list[int]) -> Evidence:
    found = sum(counts)
    holds = about(found, 630 * MILLION, step=10 * MILLION)
    return Evidence(what, found, claimed="630 million", holds=holds)


def _either(trace: Trace) -> tuple[Evidence, ...]:
    """Let a reading hold where one of the two counts gives the figure."""
    counts = _connections(trace)
    found = any(count.holds for count in counts)
    return counts if not found else tuple(replace(count, holds=count.holds or None) for count in counts)


ALEXNET_CLAIMS: dict[str, Claim] = {
    "dense-memory": Claim(
        text=BOOK,
        title="Dense layers of 1 GB",
        words="AlexNet's two big dense layers hold nearly 1 GB of parameters.",
        because=(
            "A float32 value has 4 bytes, so the two layers stay far below it. Training keeps a gradient and a "
            "momentum beside each parameter, three times as much, and even that is less than a gigabyte."
        ),
        readings=(
            Reading("the book's network", (BOOKS,), _dense_memory),
            Reading("the paper's input size", (ONE_TOWER,), _dense_memory),
        ),
    ),
    "ten-times": Claim(
        text=BOOK,
        title="Ten times LeNet",
        words=(
            "AlexNet has 10 times as many convolution channels as LeNet, and its pictures are 10 times as wide "
            "as LeNet's."
        ),
        because="Figures of speech: the first layers can be compared channel by channel, the pictures pixel by pixel.",
        readings=(Reading("", (BOOKS, LENET), _ten_times),),
    ),
    "as-in-the-figure": Claim(
        text=BOOK,
        title="The paper's first convolution",
        words="The book's first convolution of AlexNet gives what the paper's figure shows.",
        because=(
            "The figure's maps come from 227×227 pictures without padding. With 224×224 and padding 1 the "
            "side comes out one smaller, the dense layers get fewer inputs, and a border of the picture is never seen."
        ),
        readings=(Reading("", (BOOKS, TWO_TOWERS), _as_in_the_figure),),
    ),
    "above-99": Claim(
        text=KERAS,
        title="Soon above 99 % on digits",
        words="Trained with Adam on the digits, batches of 200, LeNet-5 is very quickly above 99 %.",
        because=(
            "On the training pictures it is above 99 % after seven or eight epochs. On the test pictures its ten "
            "epochs end at 98.8 to 99.1 %, over 99 % with one of five seeds, though single epochs touch 99.2 %. A "
            "learning rate that rises and falls (one-cycle, up to 0.003, batches of 64) ends at 99.2 to 99.3 % after "
            "six epochs."
        ),
        source="the text's recipe run here on the 60,000 + 10,000 digits, Glorot's weights, seeds 0 to 4",
        stated=Verdict.ONLY_IF,
        shown=PRESETS["lenet-keras"].architecture,
    ),
    "top-5-error": Claim(
        text=KERAS,
        title="18.9 % won in 2012",
        words="AlexNet won the ImageNet contest of 2012 with a top-5 error of 18.9 %.",
        because=(
            "18.9 % was measured on the test pictures of the contest of 2010, and stands so in the abstract as the "
            "conference lists it; the paper itself has 17.0 % there. The entry that won in 2012 made 15.3 % errors, "
            "the second best 26.2 %."
        ),
        source="Krizhevsky, Sutskever, Hinton: ImageNet Classification with Deep CNNs, 2012, abstract and section 6",
        stated=Verdict.FALSE,
        shown=TWO_TOWERS,
    ),
    "neurons": Claim(
        text=KERAS,
        title="650,000 neurons",
        words="AlexNet has 650,000 neurons.",
        because=(
            "Only if its pictures are 227×227. The paper says 224×224, from which its own layer sizes do not follow."
        ),
        readings=(
            Reading("227×227 pictures", (TWO_TOWERS,), _neurons),
            Reading("224×224 pictures, as the paper says", (TWO_TOWERS_224,), _neurons),
        ),
    ),
    "parameters": Claim(
        text=KERAS,
        title="60 million parameters",
        words="AlexNet has 60 million parameters.",
        because=(
            "Only if it stands in two towers, one on each graphics card: there a kernel of conv2, conv4 and conv5 sees "
            "half of the channels. The one tower that most texts draw has more."
        ),
        readings=(
            Reading("two towers, as published", (TWO_TOWERS,), _parameters),
            Reading("one tower", (ONE_TOWER,), _parameters),
        ),
    ),
    "connections": Claim(
        text=KERAS,
        title="630 million connections",
        words="AlexNet has 630 million connections.",
        because="No reading gives it: neither two towers nor one, with biases and poolings or without.",
        readings=(
            Reading("two towers, as published", (TWO_TOWERS,), _either),
            Reading("two towers, 224×224 pictures", (TWO_TOWERS_224,), _either),
            Reading("one tower", (ONE_TOWER,), _either),
        ),
    ),
}
