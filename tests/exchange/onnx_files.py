"""ONNX files for tests: as torch writes them in either style, and written out operator by operator."""

import io
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
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
    **more: Sequence[onnx.ValueInfoProto],
) -> bytes:
    """Write a file whose nodes make `y` of `x`."""
    graph = helper.make_graph(
        nodes,
        "written out",
        [helper.make_tensor_value_info("x", elem_type, dims), *more.get("inputs", [])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None), *more.get("outputs", [])],
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
