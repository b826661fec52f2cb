"""The canonical JSON, and that the reader lets nothing through that is not exactly a design."""

import json
import unicodedata
from collections.abc import Iterable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from explorer.architecture.errors import DesignError
from explorer.architecture.kinds import KINDS
from explorer.architecture.kinds.activation import Sigmoid
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.pooling import AvgPool2d
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.spec import MAX_BYTES, MAX_LAYERS, Architecture, check, read_json, to_json
from tests.architecture.stacks import architectures

LENET = """{"name": "LeNet", "input_shape": [1, 28, 28],
 "layers": [{"kind": "Conv2d", "out_channels": 6, "kernel_size": 5, "padding": 2}, {"kind": "Sigmoid"},
            {"kind": "AvgPool2d", "kernel_size": 2, "stride": 2}, {"kind": "Flatten"},
            {"kind": "Linear", "out_features": 10}]}"""


def test_canonical_form_is_the_one_of_the_design() -> None:
    architecture = Architecture(
        name="LeNet",
        input_shape=(1, 28, 28),
        layers=(
            Conv2d(out_channels=6, kernel_size=5, padding=2),
            Sigmoid(),
            AvgPool2d(kernel_size=2, stride=2),
            Flatten(),
            Linear(out_features=10),
        ),
    )
    assert read_json(LENET) == architecture
    assert to_json(architecture) == json.dumps(json.loads(LENET), separators=(",", ":"))


@given(architectures())
def test_what_is_written_reads_back_the_same(architecture: Architecture) -> None:
    assert read_json(to_json(architecture)) == architecture
    assert to_json(check(architecture)) == to_json(architecture)


def test_an_absent_pooling_stride_is_written_as_the_kernel() -> None:
    assert '"stride":3' in to_json(read_json(_design({"kind": "MaxPool2d", "kernel_size": 3})))


def _design(*layers: object, **changed: object) -> str:
    return json.dumps({"name": "x", "input_shape": [1, 28, 28], "layers": layers, **changed})


def _conv(**changed: object) -> str:
    return _design({"kind": "Conv2d", "out_channels": 6, "kernel_size": 5, **changed})


def _partial(connections: object) -> str:
    return _design(RELU, {"kind": "PartialConv2d", "out_channels": 2, "kernel_size": 5, "connections": connections})


RELU = {"kind": "ReLU"}
REFUSED: dict[str, tuple[str | bytes, str, str, str]] = {  # text, where, found, allowed
    "empty": ("", "line 1, column 1", "no JSON", "one JSON object"),
    "cut": (LENET[:-1], "line 4", "no JSON", "one JSON object"),
    "no object": ("[]", "design", "[]", "an object with name, input_shape, layers"),
    "missing field": ('{"name": "x"}', "design", "without input_shape and layers", "name, input_shape, layers"),
    "missing layer field": (_design({"kind": "Conv2d"}), "layers[0]", "without out_channels and", "kernel_size"),
    "missing kind": (_design(RELU, {}), "layers[1]", "without kind", "kind"),
    "unknown kind": (_design(RELU, {"kind": "Conv3d"}), "layers[1].kind", '"Conv3d"', "Conv2d, MaxPool2d"),
    "kind of a class of torch": (_design({"kind": "Module"}), "layers[0].kind", '"Module"', "Conv2d"),
    "kind no text": (_design({"kind": ["ReLU"]}), "layers[0].kind", "ReLU", "Conv2d"),
    "unknown field": (_conv(pading=1), "layers[0]", '"pading"', "kernel_size"),
    "field of another kind": (_design({**RELU, "p": 0.5}), "layers[0]", '"p"', "only the fields kind"),
    "unknown field of a design": (_design(author="me"), "design", '"author"', "name, input_shape, layers"),
    "field like a message": (_conv(**{"\n - at `$.layers[99].x`": 1}), "layers[0]", "\\n", "kernel_size"),
    "design field like a message": (_design(**{" - at `$.layers[99]": 1}), "design", "$.layers[99]", "name"),
    "field with half a character": (_conv(**{"\ud800": 1}), "design", "surrogate", "Unicode"),
    "kind with half a character": (_design({"kind": "\ud800"}), "design", "surrogate", "Unicode"),
    "repeated key": (LENET.replace('"padding": 2', '"kernel_size": 5'), "design", '"kernel_size" twice', "once"),
    "repeated key, escaped": (
        LENET.replace('"Sigmoid"', '"ELU", "k\\u0069nd": "ELU"'),
        "design",
        '"kind" twice',
        "once",
    ),
    "true": (_conv(kernel_size=True), "layers[0].kernel_size", "true", "a whole number from 1 to 255"),
    "3.0": (_conv(kernel_size=3.0), "layers[0].kernel_size", "3.0", "a whole number from 1 to 255"),
    "text for a number": (_conv(kernel_size="3"), "layers[0].kernel_size", '"3"', "a whole number from 1 to 255"),
    "null": (_conv(stride=None), "layers[0].stride", "null", "a whole number from 1 to 255"),
    "1 for true": (_conv(bias=1), "layers[0].bias", "1", "true or false"),
    "zero": (_conv(stride=0), "layers[0].stride", "0", "a whole number from 1 to 255"),
    "negative": (_conv(padding=-1), "layers[0].padding", "-1", "a whole number from 0 to 255"),
    "too large": (_conv(out_channels=8193), "layers[0].out_channels", "8193", "from 1 to 8,192"),
    "far too large": (_conv(groups=10**30), "layers[0].groups", "a number beyond 10^18", "from 1 to 8,192"),
    "5000 digits": (LENET.replace("28", "9" * 5000, 1), "design", "thousands of digits", "in range"),
    "NaN": (LENET.replace("28", "NaN", 1), "design", "NaN", "finite numbers"),
    "infinity": (LENET.replace("28", "-Infinity", 1), "design", "-Infinity", "finite numbers"),
    "1e999": (_design({"kind": "Dropout", "p": 7}).replace("7", "1e999"), "layers[0].p", "Infinity", "0 to below 1"),
    "p of 1": (_design({"kind": "Dropout", "p": 1}), "layers[0].p", "1", "a number from 0 to below 1"),
    "p of 400 digits": (_design({"kind": "Dropout", "p": 10**400}), "layers[0].p", "beyond 10^18", "to below 1"),
    "slope": (_design({"kind": "LeakyReLU", "negative_slope": 1e4}), "negative_slope", "10000.0", "-1,000 to 1,000"),
    "pooling stride": (
        _design({"kind": "MaxPool2d", "kernel_size": 2, "stride": 0}),
        "stride",
        "0",
        "1 to 255 or a list of 2 such numbers or null",
    ),
    "a side out of range": (
        _design({"kind": "MaxPool2d", "kernel_size": [2, 0]}),
        "kernel_size[1]",
        "0",
        "a whole number from 1 to 255",
    ),
    "three sides": (
        _design({"kind": "MaxPool2d", "kernel_size": [2, 2, 2]}),
        "kernel_size",
        "[2, 2, 2]",
        "a list of 2 such numbers",
    ),
    "a softmax over the batch": (_design({"kind": "Softmax", "dim": 0}), "dim", "0", "one of -1, 1, 2, 3"),
    "connections to a map that is no number": (_partial([[0], ["1"]]), "layers[1].connections[1][0]", '"1"', "8,191"),
    "connections to a map below 0": (_partial([[0], [-1]]), "layers[1].connections[1][0]", "-1", "from 0 to 8,191"),
    "connections in one list": (_partial([0, 1]), "layers[1].connections[0]", "0", "a list of 1 to 1,024 input maps"),
    "connections no list": (_partial("all"), "layers[1].connections", '"all"', "lists, one for each output map"),
    "map without connections": (_partial([[0], []]), "layers[1].connections[1]", "[]", "1 to 1,024 input maps"),
    "map connected twice": (_partial([[0], [1, 2, 1]]), "layers[1].connections[1]", "input map 1 more", "once"),
    "too few lists": (_partial([[0]]), "layers[1].connections", "1 lists", "2, one for each of out_channels"),
    "too many connections": (
        _partial([[*range(512)], [*range(513)]]),
        "layers[1].connections",
        "1,025 connections",
        "at most 1,024",
    ),
    "two sizes": (_design(input_shape=[1, 28]), "input_shape", "[1, 28]", "channels, height, width"),
    "size zero": (_design(input_shape=[1, 0, 28]), "input_shape[1]", "0", "a whole number from 1 to 1,024"),
    "size no number": (_design(input_shape=[1, [28], 28]), "input_shape[1]", "[28]", "a whole number from 1"),
    "layers no list": (_design(layers={}), "layers", "{}", "a list of at most 64 layers"),
    "layer no object": (_design("ReLU"), "layers[0]", '"ReLU"', "a layer of one of the kinds"),
    "65 layers": (_design(*[RELU] * (MAX_LAYERS + 1)), "layers", "ReLU", "at most 64 layers"),
    "64 KB": (" " * MAX_BYTES + LENET, "design", "more than 65,536 bytes", "at most 65,536 bytes"),
    "64 KB in wide characters": ("é" * MAX_BYTES, "design", "more than 65,536 bytes", "at most 65,536 bytes"),
    "nesting": ("[" * 9 + "]" * 9, "design", "deeper nesting", "at most 8 deep"),
    "nesting never closed": ("[" * 60_000, "design", "deeper nesting", "at most 8 deep"),
    "no name": (_design(name=""), "name", '""', "text of 1 to 80 characters"),
    "long name": (_design(name="a" * 81), "name", "aaa…", "text of 1 to 80 characters"),
    "name no text": (_design(name=7), "name", "7", "text of 1 to 80 characters"),
    "invisible name": (_design(name=" \u3000"), "name", "\\u3000", "printable"),
    "name with a control character": (_design(name="a\u0000b"), "name", "a\\u0000b", "printable"),
    "name that turns the text around": (_design(name="a\u202eb"), "name", "a\\u202eb", "printable"),
    "name with half a character": (_design(name="\ud800"), "name", "\\ud800", "printable"),
    "text with half a character": ("\ud800", "design", "not UTF-8", "UTF-8"),
    "not UTF-8": (LENET.encode().replace(b"LeNet", b"LeN\xe9t"), "design", "not UTF-8", "UTF-8"),
    "UTF-16": (LENET.encode("utf-16"), "design", "not UTF-8", "UTF-8"),
}


@pytest.mark.parametrize(("text", "where", "found", "allowed"), REFUSED.values(), ids=REFUSED)
def test_refusal_says_where_what_and_what_is_allowed(text: str | bytes, where: str, found: str, allowed: str) -> None:
    with pytest.raises(DesignError) as refusal:
        read_json(text)
    error = refusal.value
    assert error.where.endswith(where) or error.where.startswith(where)
    assert found in error.found
    assert allowed in error.allowed
    assert str(error).isprintable()
    assert len(str(error)) < 400


JOINED = ["ネット\u3000ワーク", "net\u00a0net", "👩\u200d💻", "نام\u200cها"]


@pytest.mark.parametrize("name", ["LeNet", "網路", "naïve «net»", "<script>alert(1)</script>", "a" * 80, *JOINED])
def test_a_visible_name_is_kept_as_it_is(name: str) -> None:
    assert read_json(_design(name=name)).name == name


def test_the_bounds_themselves_are_allowed() -> None:
    assert len(read_json(_design(*[RELU] * MAX_LAYERS)).layers) == MAX_LAYERS
    assert read_json(_design() + " " * (MAX_BYTES - len(_design()))).layers == ()


def _damaged(text: str, cuts: Iterable[tuple[int, int, str]]) -> str:
    for start, length, inserted in cuts:
        text = text[:start] + inserted + text[start + length :]
    return text


PIECES = [
    "",
    "{",
    "[",
    '"',
    ":",
    ",",
    "-",
    "1e999",
    "NaN",
    "true",
    "null",
    "\\ud800",
    '"kind"',
    '"layers"',
    "0",
    "9" * 20,
]
_cuts = st.tuples(st.integers(0, len(LENET)), st.integers(0, 40), st.sampled_from(PIECES) | st.text(max_size=3))
_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=9)
    | st.sampled_from([*KINDS]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["name", "input_shape", "layers", "kind", "p", "size"]) | st.text(max_size=9), inner
        )
    ),
    max_leaves=6,
)


@pytest.mark.slow
@given(
    st.text(st.characters(codec=None), max_size=60)
    | st.binary(max_size=60)
    | st.lists(_cuts, min_size=1, max_size=3).map(lambda cuts: _damaged(LENET, cuts))
    | _values.map(json.dumps)
    | st.lists(_values, max_size=3).map(lambda layers: _design(*layers))
)
@example('"' * 65_000)
@example('"\\' * 32_000)
def test_any_text_is_read_or_refused_in_words(text: str | bytes) -> None:
    words = _refusal(text)
    assert not any(unicodedata.category(character) in {"Cc", "Cs", "Cf"} for character in words), words


def _refusal(text: str | bytes) -> str:
    try:
        read_json(text)
    except DesignError as error:
        return str(error)
    return ""
