"""What is no chain of known layers: refused by its operator and node, with what was found and what is allowed."""

import numpy as np
import pytest
from onnx import TensorProto, helper

from explorer.architecture.errors import DesignError
from explorer.exchange.onnx_graph.bounds import MAX_GRAPH
from explorer.exchange.onnx_reader import read_onnx
from tests.exchange.onnx_files import Dims, node, random, written_out

KERNEL = {"w": random(4, 2, 3, 3)}
MATRIX = {"w": random(72, 5)}
FLAT = node("Flatten", "x", to="f")
CONVS = [*node("Conv", "x", "w", to="a"), *node("Conv", "x", "v", to="b")]
ANY: Dims = ("N", 2, "height", None)
REFUSED: dict[str, tuple[bytes, str]] = {
    "an operator": (written_out(node("HardSwish", "x")), 'HardSwish (node "HardSwish of y"): found the operator'),
    "a join": (
        written_out([*CONVS, *node("Add", "a", "b")], {**KERNEL, "v": random(4, 2, 3, 3)}),
        'Add (node "Add of y"): found an operator that joins "a" and "b"',
    ),
    "a skip": (
        written_out([*node("Relu", "x", to="a"), *node("Add", "a", "x")]),
        'joins "a" and "x"',
    ),
    "another's sigmoid": (
        written_out([*node("Relu", "x", to="a"), *node("Sigmoid", "a", to="b"), *node("Mul", "x", "b")]),
        'Mul (node "Mul of y"): found an operator that joins "x" and "b"',
    ),
    "a factor": (written_out(node("Mul", "x", "c"), {"c": np.float32(2)}), '"Mul" in another form than a layer'),
    "another tanh": (
        written_out(
            [*node("Mul", "x", "a", to="m"), *node("Tanh", "m", to="t"), *node("Mul", "t", "b")],
            {"a": np.float32(0.66), "b": np.float32(1.7159)},
        ),
        "found 0.66 as a factor",
    ),
    "another domain": (
        written_out(node("FusedConv", "x", "w", domain="com.microsoft"), KERNEL),
        'FusedConv (node "FusedConv of y"): found the operator of "com.microsoft"',
    ),
    "an unknown size": (written_out(node("Relu", "x"), dims=ANY), 'input "x": found ? × 2 × ? × ?'),
    "no pictures": (written_out(node("Relu", "x"), dims=("N", 9)), "pictures × channels × height × width"),
    "another type": (written_out(node("Relu", "x"), elem_type=TensorProto.DOUBLE), "found values of another type"),
    "channels that are not there": (
        written_out(node("Conv", "x", "w"), {"w": random(4, 3, 3, 3)}),
        'Conv (node "Conv of y"): found weights for 3 channels; allowed: 2',
    ),
    "a kernel in one dimension": (
        written_out(node("Conv", "x", "w"), {"w": random(4, 2, 3)}),
        "a kernel of 1 dimension",
    ),
    "a kernel that is too large": (
        written_out(node("Conv", "x", "w"), {"w": random(1, 2, 7, 7)}),
        "7×7 kernel is larger",
    ),
    "rows that do not fit": (written_out([*FLAT, *node("Gemm", "f", "w")], {"w": random(71, 5)}), "for 72 inputs"),
    "factors": (written_out([*FLAT, *node("Gemm", "f", "w", alpha=2.0)], MATRIX), "alpha 1 and beta 1"),
    "half of float32": (
        written_out(node("Conv", "x", "w"), {"w": KERNEL["w"].astype(np.float16)}),
        'tensor "w": found values of type 10',
    ),
    "means without the padding": (
        written_out(node("AveragePool", "x", kernel_shape=[3, 3], pads=[1, 1, 1, 1])),
        "found means that leave the padding out",
    ),
    "a window in the padding": (
        written_out(
            node("MaxPool", "x", kernel_shape=[2, 2], strides=[3, 3], pads=[1, 1, 1, 1], ceil_mode=1), dims=(1, 2, 5, 5)
        ),
        "a window in the padding alone",
    ),
    "dilated windows": (written_out(node("MaxPool", "x", kernel_shape=[2, 2], dilations=[2, 2])), "dilated windows"),
    "an even norm": (written_out(node("LRN", "x", size=4)), "an even size, 4"),
    "an ELU of another scale": (written_out(node("Elu", "x", alpha=0.5)), "found alpha 0.5"),
    "a GELU by tanh": (written_out(node("Gelu", "x", approximate="tanh"), opset=20), "approximate 'tanh'"),
    "a softmax of all": (written_out(node("Softmax", "x", axis=1), opset=11), "found axis 1"),
    "a softmax over pictures": (written_out(node("Softmax", "x", axis=0)), "found axis 0"),
    "mixed pictures": (written_out(node("Reshape", "x", "s"), {"s": np.array([-1, 36])}), "the new shape -1 × 36"),
    "one picture's shape": (written_out(node("Reshape", "x", "s"), {"s": np.array([1, 72])}), "the new shape 1 × 72"),
    "maps in another shape": (
        written_out(node("Reshape", "x", "s"), {"s": np.array([0, 4, 3, 6])}),
        "a row of features",
    ),
    "a mirror": (
        written_out(node("Pad", "x", "pads", mode="reflect"), {"pads": np.array([0, 0, 1, 2, 0, 0, 3, 4])}),
        "a border of something else",
    ),
    "padded channels": (written_out(node("Pad", "x", "p"), {"p": np.array([0, 1, 0, 0, 0, 0, 0, 0])}), "channels"),
    "a crop": (written_out(node("Pad", "x", "p"), {"p": np.array([0, 0, -1, 0, 0, 0, 0, 0])}), "found [0, 0, -1, 0]"),
    "slopes of columns": (written_out(node("PRelu", "x", "s"), {"s": random(6)}), "found 6 slopes"),
    "what is trained": (
        written_out(node("BatchNormalization", "x", "a", "a", "a", "a", training_mode=1), {"a": random(2)}),
        "a normalisation that is being trained",
    ),
    "two outputs": (
        written_out(
            [*node("Relu", "x"), *node("Tanh", "x", to="z")],
            outputs=[helper.make_tensor_value_info("z", TensorProto.FLOAT, None)],
        ),
        'found 2 outputs ("y", "z")',
    ),
    "two inputs": (
        written_out(node("Add", "x", "z"), inputs=[helper.make_tensor_value_info("z", TensorProto.FLOAT, None)]),
        'found 2 inputs ("x", "z")',
    ),
    "nothing": (written_out(node("Identity", "c"), {"c": random(2)}), "what hangs on no picture"),
    "what comes later": (written_out([*node("Relu", "a"), *node("Relu", "x", to="a")]), 'found the input "a"'),
    "a name twice": (written_out([*node("Relu", "x"), *node("Tanh", "x")]), 'found the output "y" again'),
    "an early version": (written_out(node("Relu", "x"), opset=8), "opset: found 8"),
    "a later version": (written_out(node("Relu", "x"), opset=99), "opset: found 99"),
    "a setting of another version": (
        written_out(node("Clip", "x", min=0.0), opset=13),
        'Clip (node "Clip of y"): found the setting "min"; allowed: the settings of version 13: none',
    ),
    "no kernel": (written_out(node("MaxPool", "x")), "found no kernel_shape"),
    "an input too many": (written_out(node("Relu", "x", "x")), "found 2 inputs; allowed: 1 to 1"),
    "an old softmax from the first dimension on": (
        written_out(
            [
                *node("Transpose", "x", to="t", perm=[0, 3, 2, 1]),
                *node("Softmax", "t", to="s"),
                *node("Transpose", "s", perm=[0, 3, 2, 1]),
            ],
            opset=11,
        ),
        "found dimensions in another order",
    ),
    "a flag beyond 1": (
        written_out(node("ReduceMean", "x", "a", keepdims=2), {"a": np.array([2, 3])}),
        "found keepdims 2; allowed: 0 or 1",
    ),
    "other windows": (
        written_out(
            [
                *node("Slice", "x", "zero", "five", "two", to="a"),
                *node("Slice", "x", "five", "six", "two", to="b"),
                *(helper.make_node("ReduceMax", [each, "two"], [f"{each}{each}"]) for each in "ab"),
                *node("Concat", "aa", "bb", axis=2),
            ],
            {name: np.array([number]) for name, number in {"zero": 0, "two": 2, "five": 5, "six": 6}.items()},
        ),
        "the windows of an adaptive pooling",
    ),
    "a shape that doubles at each step": (
        written_out(
            [*(helper.make_node("Gather", [f"{n}"] * 2, [f"{n + 1}"]) for n in range(38)), *node("Reshape", "x", "38")],
            {"0": np.array([0])},
        ),
        "found the new shape 0",
    ),
    "scores of another shape": (
        written_out(node("Relu", "x"), said=("N", 2, 6, 5)),
        'output "y": found 2 × 6 × 5; allowed: 2 × 6 × 6',
    ),
    "many layers": (
        written_out(
            [helper.make_node("Relu", [f"{n}" if n else "x"], [f"{n + 1}" if n < 64 else "y"]) for n in range(65)]
        ),
        "at most 64 layers",
    ),
    "no file": (b"MZ\x00 this is no model", "found bytes that are no ONNX model"),
    "an empty file": (b"", "opset: found none"),
    "a large graph": (b"\x3a\x80\x89\x7a" + b"\x0a\x00" * (MAX_GRAPH // 2 + 1), "a larger graph"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_chain_of_known_layers_is_refused_by_its_operator(what: str) -> None:
    data, words = REFUSED[what]
    with pytest.raises(DesignError) as refusal:
        read_onnx(data)
    assert words in str(refusal.value)
