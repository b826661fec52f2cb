"""An ONNX file's one graph as records: what each node gets and gives, and which tensors hang on the picture."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from explorer.architecture.errors import DesignError
from explorer.architecture.refusal import show
from explorer.exchange.onnx_graph.bounds import check_bounds
from explorer.exchange.onnx_graph.schema import check_node

if TYPE_CHECKING:
    import onnx

Array = npt.NDArray[np.float32 | np.float64 | np.int64 | np.int32 | np.bool_]
OPSETS = range(9, 29)  # whose operators the forms know
KNOWN = ("", "ai.onnx")  # the domain of ONNX's own operators
# By the numbers of onnx.proto: what a tensor's values are, and the field that has them where they are not raw.
TYPES = {1: "<f4", 6: "<i4", 7: "<i8", 9: "?", 11: "<f8"}
FIELDS = {1: "float_data", 6: "int32_data", 7: "int64_data", 9: "int32_data", 11: "double_data"}
FLOAT, EXTERNAL = 1, 1
MAX_NODES = 20_000  # the older exporter writes 40 for a response norm; an adaptive pooling may have a thousand
MAX_BRANCH = 16  # nodes
ONE_CHAIN = "one chain of layers from one tensor of pictures to one of scores"


class Node(NamedTuple):
    """An operator at its place, with the names of the tensors that it gets and gives."""

    op: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, "Attribute"]

    @property
    def where(self) -> str:
        """Where it stands, for a refusal."""
        return f"{self.op} (node {show(self.name or self.outputs[0])})"


Attribute = int | float | str | tuple[int, ...] | tuple[float, ...] | tuple[Node, ...] | Array


class Graph(NamedTuple):
    """A graph whose nodes stand in order: each gets what came before."""

    opset: int
    input: str
    input_dims: tuple[int | None, ...]  # None where a size is left open
    output: str
    output_dims: tuple[int | None, ...] | None
    makers: Mapping[str, Node]  # by the tensors that nodes give
    constants: Mapping[str, Array]
    live: frozenset[str]  # the tensors whose values hang on the picture's


def read_graph(data: bytes) -> Graph:
    """Read the graph of an ONNX file; raises `DesignError`. It is not run, and no other file is opened.

    The package that knows the format is loaded by the first file: 0.03 s and 6 MB where torch is loaded, else 0.2 s.
    """
    check_bounds(data)
    import onnx  # noqa: PLC0415  # a server without such files does without it
    from google.protobuf.message import DecodeError  # noqa: PLC0415

    model = onnx.ModelProto()
    try:
        model.ParseFromString(data)
        return _graph(model)
    except (DecodeError, UnicodeError) as error:
        found = "bytes that are no ONNX model"
        raise DesignError(where="design", found=found, allowed="a file of the ONNX format") from error


def _graph(model: "onnx.ModelProto") -> Graph:
    graph = model.graph
    if graph.sparse_initializer:
        raise DesignError(where="design", found="sparse weights", allowed="weights that are written out")
    if len(graph.node) > MAX_NODES:
        raise DesignError(where="design", found=f"{len(graph.node):,} nodes", allowed=f"at most {MAX_NODES:,}")
    opset = _opset(model)
    nodes = [_node(node) for node in graph.node]
    for node, read in zip(graph.node, nodes, strict=True):
        check_node(node, opset, read.where)
    constants = {_text(tensor.name): _array(tensor) for tensor in graph.initializer}
    constants |= {node.outputs[0]: _constant(node) for node in nodes if node.op == "Constant"}
    inputs = [each for each in graph.input if each.name not in constants]
    pictures = _only(inputs, "inputs")
    scores, name = _only(list(graph.output), "outputs"), _text(pictures.name)
    if pictures.type.tensor_type.elem_type != FLOAT:
        where = f"input {show(name)}"
        raise DesignError(where=where, found="values of another type", allowed="float32")
    makers = _makers(nodes, {name, *constants})
    return Graph(
        opset=opset,
        input=name,
        input_dims=_dims(pictures) or (),
        output=_text(scores.name),
        output_dims=_dims(scores),
        makers=makers,
        constants=constants,
        live=_live(nodes, name),
    )


def _opset(model: "onnx.ModelProto") -> int:
    """Give the version of ONNX's operators; those before 9 differ in more than the forms know."""
    versions = [each.version for each in model.opset_import if each.domain in KNOWN]
    if len(versions) != 1 or versions[0] not in OPSETS:
        allowed = f"one from {OPSETS.start} to {OPSETS.stop - 1}"
        raise DesignError(where="opset", found=show(versions[0]) if versions else "none", allowed=allowed)
    return int(versions[0])


def _only(each: list["onnx.ValueInfoProto"], which: str) -> "onnx.ValueInfoProto":
    if len(each) != 1:
        names = ", ".join(show(_text(one.name)) for one in each[:4])
        raise DesignError(where="design", found=f"{len(each):,} {which} ({names or 'none'})", allowed=ONE_CHAIN)
    return each[0]


def _dims(value: "onnx.ValueInfoProto") -> tuple[int | None, ...] | None:
    """Give the sizes that a tensor is said to have; None where nothing is said."""
    if not value.type.tensor_type.HasField("shape"):
        return None
    return tuple(dim.dim_value if dim.HasField("dim_value") else None for dim in value.type.tensor_type.shape.dim)


def _plain(node: "onnx.NodeProto") -> Node:
    """Give a node without its settings."""
    inputs, outputs = (tuple(map(_text, names)) for names in (node.input, node.output))
    return Node(_text(node.op_type), _text(node.name), inputs, outputs or ("",), {})


def _text(name: str | bytes) -> str:
    """Give a name, which comes as bytes where it is no text; raises `UnicodeError`."""
    return name if isinstance(name, str) else name.decode()


def _node(node: "onnx.NodeProto") -> Node:
    found = _plain(node)
    if node.domain not in KNOWN:
        domain = f"the operator of {show(_text(node.domain))}"
        raise DesignError(where=found.where, found=domain, allowed="ONNX's own operators")
    attributes = {_text(each.name): _attribute(each) for each in node.attribute}
    used = (name for each in node.attribute if each.type == each.GRAPH for name in _from_outside(each.g))
    return found._replace(
        inputs=(*found.inputs, *dict.fromkeys(used)),
        attributes={name: value for name, value in attributes.items() if value is not None},
    )


def _from_outside(branch: "onnx.GraphProto") -> Iterator[str]:
    """Give the tensors that a branch of a node takes from around it: its inputs, though they are not said to be."""
    inside = {name for node in branch.node for name in node.output} | {tensor.name for tensor in branch.initializer}
    yield from (name for node in branch.node for name in node.input if name not in inside)


def _attribute(attribute: "onnx.AttributeProto") -> Attribute | None:
    """Give a setting's value; None for a sort that no known operator has."""
    read: dict[int, Callable[[], Attribute]] = {
        attribute.FLOAT: lambda: as_written(attribute.f),
        attribute.INT: lambda: attribute.i,
        attribute.STRING: attribute.s.decode,
        attribute.TENSOR: lambda: _array(attribute.t),
        attribute.GRAPH: lambda: _branch(attribute.g),
        attribute.FLOATS: lambda: tuple(map(as_written, attribute.floats)),
        attribute.INTS: lambda: tuple(attribute.ints),
    }
    return read[attribute.type]() if attribute.type in read else None


def _branch(graph: "onnx.GraphProto") -> tuple[Node, ...]:
    """Give the nodes of a node's branch, without their settings."""
    nodes = graph.node[: MAX_BRANCH + 1]
    if len(nodes) > MAX_BRANCH:
        raise DesignError(where="design", found="a long branch of a node", allowed=f"at most {MAX_BRANCH} nodes in one")
    return tuple(map(_plain, nodes))


def as_written(value: float) -> float:
    """Give the shortest number that is a float32 as it is: a file has 0.009999999776 for 0.01."""
    return float(str(np.float32(value)))


def _constant(node: Node) -> Array:
    """Give a Constant's value, whichever way it is written."""
    kinds = {"value_int": np.int64, "value_ints": np.int64, "value_float": np.float32, "value_floats": np.float32}
    for name, value in node.attributes.items():
        if name == "value" and isinstance(value, np.ndarray):
            return value
        if name in kinds and not isinstance(value, str):
            return np.array(value, dtype=kinds[name])
    raise DesignError(where=node.where, found=", ".join(node.attributes) or "no value", allowed="a tensor of numbers")


def _array(tensor: "onnx.TensorProto") -> Array:
    """View a tensor's bytes as numbers; nothing is made that is larger than what the file holds."""
    where = f"tensor {show(_text(tensor.name))}"
    if tensor.data_location == EXTERNAL or tensor.external_data:
        raise DesignError(where=where, found="values in another file", allowed="values in the file itself")
    if tensor.data_type not in TYPES:
        raise DesignError(where=where, found=f"values of type {tensor.data_type}", allowed="float32, or whole numbers")
    dtype = np.dtype(TYPES[tensor.data_type])
    raw, listed = tensor.raw_data, getattr(tensor, FIELDS[tensor.data_type])
    flat = np.fromiter(listed, dtype=dtype, count=len(listed))
    if raw and len(raw) % dtype.itemsize == 0:
        flat = np.frombuffer(raw, dtype=dtype)
    dims, size = tuple(tensor.dims), 1
    for dim in dims:  # in Python's own numbers, which do not overflow
        size *= dim
    if size != flat.size or min(dims, default=0) < 0:
        found = f"{flat.size:,} values for the shape {show(list(dims))}"
        raise DesignError(where=where, found=found, allowed="as many as the shape says")
    return flat.reshape(dims)


def _makers(nodes: list[Node], known: set[str]) -> dict[str, Node]:
    """Give the node of each tensor; raises `DesignError` for one that is given twice, or used before it is there."""
    makers = dict[str, Node]()
    for node in nodes:
        if missing := next((name for name in node.inputs if name and name not in known), None):
            raise DesignError(where=node.where, found=f"the input {show(missing)}", allowed="a tensor from before it")
        given = [name for name in node.outputs if name]
        if node.op != "Constant" and (twice := next((name for name in given if name in known), None)):
            raise DesignError(where=node.where, found=f"the output {show(twice)} again", allowed="a new name")
        known.update(given)
        makers |= dict.fromkeys(given, node)
    return makers


def _live(nodes: Iterable[Node], pictures: str) -> frozenset[str]:
    """Find the tensors that hang on the pictures' values; a tensor's shape does not."""
    live = {pictures}
    for node in nodes:
        if node.op not in ("Shape", "Size") and not live.isdisjoint(node.inputs):
            live.update(name for name in node.outputs if name)
    return frozenset(live)


def joined(graph: Graph, node: Node) -> Iterator[str]:
    """Give the tensors that a node joins, as far as they hang on the pictures, each once."""
    yield from dict.fromkeys(name for name in node.inputs if name in graph.live)
