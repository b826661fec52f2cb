"""The argument NETWORK that commands share: a preset's name, a file in JSON, PyTorch or ONNX, or standard input."""

import sys
from pathlib import Path

import click

from explorer.architecture.errors import DesignError
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import MAX_BYTES, Architecture, read_json
from explorer.exchange.onnx_graph.bounds import MAX_FILE


class RefusedError(click.ClickException):
    """Input that is refused: one line on standard error, exit code 2."""

    exit_code = 2


def read_network(name: str) -> Architecture:
    """Find the design that NETWORK names; raises `RefusedError`."""
    if name in PRESETS:
        return PRESETS[name].architecture
    try:
        if name.endswith(".onnx"):
            return _read_onnx(_read(name, MAX_FILE))
        return _read_pytorch(_read(name)) if name.endswith(".py") else read_json(_read(name))
    except DesignError as error:
        raise RefusedError(str(error)) from error
    except OSError as error:
        files = "a file with a design in JSON, (.py) in PyTorch or (.onnx) in ONNX"
        networks = f"a preset ({', '.join(PRESETS)}), {files}, or - for JSON"
        raise RefusedError(f"{name!r}: found no network ({error.strerror}); allowed: {networks}.") from error


def _read_pytorch(text: bytes) -> Architecture:
    from explorer.exchange.pytorch_reader import read_pytorch  # noqa: PLC0415  # brings torch

    return read_pytorch(text)


def _read_onnx(data: bytes) -> Architecture:
    from explorer.exchange.onnx_reader import read_onnx  # noqa: PLC0415  # brings torch

    return read_onnx(data)


def _read(name: str, most: int = MAX_BYTES) -> bytes:
    """Read no more than shows that a text is too long, whatever is at the other end."""
    if name == "-" and not sys.stdin:  # a shell can close it
        return b""
    if name == "-":
        return sys.stdin.buffer.read(most + 1)
    with Path(name).open("rb") as file:
        return file.read(most + 1)
