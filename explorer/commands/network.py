"""The argument NETWORK that commands share: a preset's name, a file in any form that opens, or standard input."""

import sys
from pathlib import Path

import click

from explorer.architecture.errors import DesignError
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.exchange.networks.text import MAX_NOTEBOOK
from explorer.exchange.onnx_graph.bounds import MAX_FILE


class RefusedError(click.ClickException):
    """Input that is refused: one line on standard error, exit code 2."""

    exit_code = 2


def read_network(name: str) -> Architecture:
    """Find the design that NETWORK names; raises `RefusedError`."""
    if name in PRESETS:
        return PRESETS[name].architecture
    try:
        return _open(_read(name), "" if name == "-" else name)
    except DesignError as error:
        raise RefusedError(str(error)) from error
    except OSError as error:
        networks = f"a preset ({', '.join(PRESETS)}), a file, or - for standard input"
        raise RefusedError(f"{name!r}: found no network ({error.strerror}); allowed: {networks}.") from error


def _open(data: bytes, file: str) -> Architecture:
    from explorer.exchange.opening import open_network  # noqa: PLC0415  # brings torch

    return open_network(data, file=file).architecture


def _read(name: str) -> bytes:
    """Read no more than shows that a file is too long, whatever is at the other end."""
    most = MAX_FILE if name.lower().endswith(".onnx") else MAX_NOTEBOOK
    if name == "-" and not sys.stdin:  # a shell can close it
        return b""
    if name == "-":
        return sys.stdin.buffer.read(most + 1)
    with Path(name).open("rb") as file:
        return file.read(most + 1)
