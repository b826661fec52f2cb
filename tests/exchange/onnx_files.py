"""ONNX files for tests: as torch writes them in either style, and written out operator by operator."""

import io
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import torch
from msgspec.structs import replace
from onnx import TensorProto, helper, numpy_helper

from explorer.architecture.build import build
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.spec import Architecture
from explorer.exchange.onnx_file import write_onnx
from explorer.exchange.onnx_reader import onnx_weights, read_onnx

Array = npt.NDArray[np.float32]
OPSET = 18
Dims = Sequence[int | str | None]


def narrowed(design: Architecture) -> Architecture:
    """Make the widest dense layers narrow, to spare a test gigabytes."""
    return replace(design, layers=tuple(map(_narrow, design.layers)))


def _narrow(layer: Layer) -> Layer:
    return replace(layer, out_features=64) if isinstance(layer, Linear) and layer.out_features > 999 else layer


def own_file(design: Architecture, folder: Path) -> bytes:
    """Write a file as the program does, by torch's newer exporter."""
    write_onnx(design, folder / "network.onnx")
    return (folder / "network.onnx").read_bytes()


def older_file(design: Architecture, *, opset: int, any_number: bool) -> bytes:
    """Write a file by torch's older exporter, for any number of pictures or for two."""
    written = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is deprecated
        torch.onnx.export(
            build(design).eval(),
            (torch.zeros(2, *design.input_shape),),
            written,  # type: ignore[arg-type]  # it writes into memory as well, which its types do not say
            dynamo=False,
            opset_version=opset,
            input_names=["pictures"],
            dynamic_axes={"pictures": {0: "N"}} if any_number else None,
        )
    return written.getvalue()


def written_out(
    nodes: Sequence[onnx.NodeProto],
    weights: Mapping[str, npt.ArrayLike] | None = None,
    *,
    opset: int = OPSET,
    dims: Dims = ("N", 2, 6, 6),
    elem_type: int = TensorProto.FLOAT,
    said: Dims | None = None,
    **more: Sequence[onnx.ValueInfoProto],
) -> bytes:
    """Write a file whose nodes make `y` of `x`, and that says the shape `said` of it if one is given."""
    graph = helper.make_graph(
        nodes,
        "written out",
        [helper.make_tensor_value_info("x", elem_type, dims), *more.get("inputs", [])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, said), *more.get("outputs", [])],
        [numpy_helper.from_array(np.asarray(values), name) for name, values in (weights or {}).items()],
    )
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    return bytes(model.SerializeToString())


def random(*shape: int) -> Array:
    """Draw weights."""
    return np.random.default_rng(0).standard_normal(shape).astype(np.float32)


def node(op: str, *inputs: str, to: str = "y", **settings: Any) -> list[onnx.NodeProto]:  # noqa: ANN401  # as helper has it
    """Write an operator, a list of one."""
    return [helper.make_node(op, inputs, [to], name=f"{op} of {to}", **settings)]


def computes_the_same(data: bytes) -> Architecture:
    """Read a design, and hold it with its weights against ONNX Runtime."""
    design, network = read_onnx(data), build(read_onnx(data)).eval()
    state = network.state_dict()
    names = [name for name in state if not name.endswith("num_batches_tracked")]
    weights = onnx_weights(data)
    assert [tuple(state[name].shape) for name in names] == [each.shape for each in weights]
    network.load_state_dict({name: torch.tensor(each) for name, each in zip(names, weights, strict=True)}, strict=False)
    session = onnxruntime.InferenceSession(data)
    (pictures,) = session.get_inputs()
    number = pictures.shape[0] if isinstance(pictures.shape[0], int) else 3
    x = torch.randn(number, *design.input_shape)
    with torch.no_grad():
        expected = network(x).numpy()
    np.testing.assert_allclose(session.run(None, {pictures.name: x.numpy()})[0], expected, rtol=1e-4, atol=1e-5)
    return design


def mutant(data: bytes, draw: Random) -> bytes:
    """Change an operator, a setting, what a node gets, a weight's number or the version of a file that is one."""
    model = onnx.ModelProto.FromString(data)
    changed = draw.choice(model.graph.node)
    names = [
        *(tensor.name for tensor in model.graph.initializer),
        *(node.output[0] for node in model.graph.node),
        "x",
        "",
    ]
    match draw.choice(["operator", "setting", "left out", "input", "order", "fewer", "more", "version", "number"]):
        case "operator":
            changed.op_type = draw.choice(sorted({node.op_type for node in model.graph.node} | {"Relu", "Add", "Mul"}))
        case "setting" if changed.attribute:
            _other_setting(draw.choice(changed.attribute), draw)
        case "left out" if changed.attribute:
            changed.attribute.remove(draw.choice(changed.attribute))
        case "input" if changed.input:
            changed.input[draw.randrange(len(changed.input))] = draw.choice(names)
        case "order":
            given = [*changed.input][::-1]
            changed.ClearField("input")
            changed.input.extend(given)
        case "fewer" if changed.input:
            del changed.input[-1]
        case "more":
            changed.input.append(draw.choice(names))
        case "number" if model.graph.initializer:
            _other_number(draw.choice(model.graph.initializer), draw)
        case _:
            model.opset_import[0].version = draw.choice([9, 10, 11, 13, 15, 18, 20])
    return bytes(model.SerializeToString())


def _other_setting(setting: onnx.AttributeProto, draw: Random) -> None:
    setting.i, setting.f = draw.choice([0, 1, 2, 3, -1, 2**40]), draw.choice([0.0, 0.5, 2.0])
    setting.s = draw.choice([b"VALID", b"SAME_UPPER", b"reflect", b"\xff"])
    if setting.ints:
        setting.ints[draw.randrange(len(setting.ints))] = draw.choice([0, 1, 2, 3, -1, 2**33])


def _other_number(tensor: TensorProto, draw: Random) -> None:
    values = numpy_helper.to_array(tensor).copy()
    if values.size:
        values.reshape(-1)[draw.randrange(values.size)] = draw.choice([0, 1, 2, 3, 4, 36, 72, -1])
    tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))
