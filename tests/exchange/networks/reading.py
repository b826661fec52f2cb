"""Reads a program as the tests of its reader do: the design alone."""

from explorer.architecture.spec import Architecture
from explorer.exchange.networks.input_shape import InputShape
from explorer.exchange.networks.reader import read_python


def read_pytorch(text: str | bytes, input_shape: InputShape | None = None, network: str = "") -> Architecture:
    return read_python(text, input_shape, network).architecture
