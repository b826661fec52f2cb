"""The forms in which exporters write layers that torch writes in another way, and what is like them and is none."""

from contextlib import suppress
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from onnx import TensorProto, helper
from onnxruntime.capi.onnxruntime_pybind11_state import (
    Fail,
    InvalidArgument,
    InvalidGraph,
    NotImplemented,  # noqa: A004  # its own name
    RuntimeException,
)

from explorer.architecture.errors import DesignError
from explorer.architecture.kinds.activation import GELU, PReLU, ReLU, ReLU6
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.normalisation import BatchNorm2d, LocalResponseNorm
from explorer.architecture.kinds.output import LogSoftmax, Softmax
from explorer.architecture.kinds.pooling import AdaptiveAvgPool2d, AdaptiveMaxPool2d, AvgPool2d, MaxPool2d
from explorer.architecture.kinds.regularisation import Dropout
from explorer.architecture.kinds.shape import Flatten, Identity, ZeroPad2d
from tests.exchange.onnx_files import computes_the_same, mutant, node, random, written_out

KERNEL = {"w": random(4, 2, 3, 3)}
MATRIX = {"w": random(72, 5)}
LINEAR, CONV = Linear(out_features=5), Conv2d(out_channels=4, kernel_size=3, bias=False)
# What ONNX Runtime says of a file that is none: then there is nothing to compare with.
NO_MODEL = (Fail, InvalidGraph, InvalidArgument, NotImplemented, RuntimeException)
FLAT = node("Flatten", "x", to="f")
OTHERS: dict[str, tuple[bytes, tuple[Layer, ...]]] = {
    "a size that asks for padding": (
        written_out(node("Conv", "x", "w", auto_pad="SAME_UPPER", strides=[2, 2]), KERNEL),
        (ZeroPad2d(padding=(0, 1, 0, 1)), replace(CONV, stride=2)),
    ),
    "the same below": (
        written_out(node("Conv", "x", "w", auto_pad="SAME_LOWER"), KERNEL),
        (replace(CONV, padding=1),),
    ),
    "an uneven padding": (
        written_out(node("Conv", "x", "w", pads=[0, 1, 2, 3]), KERNEL),
        (ZeroPad2d(padding=(1, 3, 0, 2)), CONV),
    ),
    "a product of rows": (
        written_out([*FLAT, *node("Gemm", "f", "w")], MATRIX),
        (Flatten(), replace(LINEAR, bias=False)),
    ),
    "a product and a sum": (
        written_out([*FLAT, *node("MatMul", "f", "w", to="m"), *node("Add", "b", "m")], {**MATRIX, "b": random(5)}),
        (Flatten(), LINEAR),
    ),
    "a reshape of as many pictures as there are": (
        written_out(
            [
                *node("Shape", "x", to="s"),
                *node("Gather", "s", "zero", to="n", axis=0),
                *node("Unsqueeze", "n", "axes", to="u"),
                *node("Concat", "u", "rest", to="c", axis=0),
                *node("Reshape", "x", "c", to="f"),
                *node("Gemm", "f", "w"),
            ],
            {**MATRIX, "zero": np.int64(0), "axes": np.array([0]), "rest": np.array([-1])},
        ),
        (Flatten(), replace(LINEAR, bias=False)),
    ),
    "means of maps": (written_out(node("GlobalAveragePool", "x")), (AdaptiveAvgPool2d(output_size=1),)),
    "largest values of maps": (written_out(node("GlobalMaxPool", "x")), (AdaptiveMaxPool2d(output_size=1),)),
    "means as a row": (
        written_out(node("ReduceMean", "x", "axes", keepdims=0), {"axes": np.array([-1, -2])}),
        (AdaptiveAvgPool2d(output_size=1), Flatten()),
    ),
    "maps of one pixel, squeezed": (
        written_out(
            [*node("GlobalAveragePool", "x", to="g"), *node("Squeeze", "g", "axes")], {"axes": np.array([2, 3])}
        ),
        (AdaptiveAvgPool2d(output_size=1), Flatten()),
    ),
    "ONNX's own response norm": (
        written_out(node("LRN", "x", size=3, alpha=0.5, beta=0.75, bias=2.0)),
        (LocalResponseNorm(size=3, alpha=0.5, beta=0.75, k=2.0),),
    ),
    "bounds as settings": (written_out(node("Clip", "x", min=0.0, max=6.0), opset=9), (ReLU6(),)),
    "a bound": (written_out(node("Clip", "x", "low"), {"low": np.float32(0)}), (ReLU(),)),
    "a dropout of older files": (written_out(node("Dropout", "x", ratio=0.25), opset=10), (Dropout(p=0.25),)),
    "a dropout": (written_out(node("Dropout", "x", "p"), {"p": np.float32(0.25)}), (Dropout(p=0.25),)),
    "the same again": (written_out([*node("Cast", "x", to="c", to_=1)[:0], *node("Identity", "x")]), (Identity(),)),
    "zeros around": (
        written_out(node("Pad", "x", "pads"), {"pads": np.array([0, 0, 1, 2, 0, 0, 3, 4])}),
        (ZeroPad2d(padding=(2, 4, 1, 3)),),
    ),
    "zeros around some axes": (
        written_out(node("Pad", "x", "pads", "", "axes"), {"pads": np.array([1, 3]), "axes": np.array([3])}),
        (ZeroPad2d(padding=(1, 3, 0, 0)),),
    ),
    "means without padding": (
        written_out(node("AveragePool", "x", kernel_shape=[2, 2], strides=[2, 2])),
        (AvgPool2d(kernel_size=2),),
    ),
    "steps of one": (written_out(node("MaxPool", "x", kernel_shape=[2, 2])), (MaxPool2d(kernel_size=2, stride=1),)),
    "slopes of channels": (
        written_out(node("PRelu", "x", "s"), {"s": random(2, 1, 1)}),
        (PReLU(num_parameters=2),),
    ),
    "a normalisation": (
        written_out(
            node("BatchNormalization", "x", "a", "b", "m", "v", epsilon=0.001, momentum=0.99),
            {"a": random(2), "b": random(2), "m": random(2), "v": random(2) ** 2},
        ),
        (BatchNorm2d(eps=0.001, momentum=0.01),),
    ),
    "a softmax of older files": (
        written_out(
            [
                *node("Transpose", "x", to="t", perm=[0, 3, 2, 1]),
                *node("LogSoftmax", "t", to="l", axis=3),
                *node("Transpose", "l", perm=[0, 3, 2, 1]),
            ],
            opset=11,
        ),
        (LogSoftmax(dim=1),),
    ),
    "a softmax": (written_out(node("Softmax", "x", axis=-2)), (Softmax(dim=2),)),
    "a constant among the inputs": (
        written_out(
            node("Conv", "x", "w"), KERNEL, inputs=[helper.make_tensor_value_info("w", TensorProto.FLOAT, (4, 2, 3, 3))]
        ),
        (CONV,),
    ),
    "a GELU written out": (
        written_out(
            [
                *node("Div", "x", "root", to="d"),
                *node("Erf", "d", to="e"),
                *node("Add", "one", "e", to="a"),
                *node("Mul", "x", "a", to="m"),
                *node("Mul", "m", "half"),
            ],
            {"root": np.float32(2**0.5), "one": np.float32(1), "half": np.float32(0.5)},
        ),
        (GELU(),),
    ),
}


@pytest.mark.parametrize("what", OTHERS)
def test_other_exporters_forms_are_read(what: str) -> None:
    data, layers = OTHERS[what]
    assert computes_the_same(data).layers == layers


@given(st.sampled_from(sorted(OTHERS)), st.randoms(use_true_random=False))
def test_another_file_is_read_as_what_it_computes_or_refused(what: str, draw: Random) -> None:
    data = mutant(OTHERS[what][0], draw)
    with suppress(DesignError, *NO_MODEL):
        computes_the_same(data)
