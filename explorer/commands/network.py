"""The argument NETWORK that commands share: a preset's name, a file in any form that opens, or standard input."""

import sys
from pathlib import Path

import click

from explorer.architecture.errors import DesignError
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.exchange.text import MAX_NOTEBOOK


class RefusedError(click.ClickException):
    """Input that is refused: one line on standard error, exit code 2."""

    exit_code = 2


def read_network(name: str) -> Architecture:
    """Find the design that NETWORK names; raises `RefusedError`."""
    if name in PRESETS:
        return PRESETS[name].architecture
    try:
        return _open(_read(name))
    except DesignError as error:
        raise RefusedError(str(error)) from error
    except OSError as error:
        networks = f"a preset ({', '.join(PRESETS)}), a file, or - for standard input"
        raise RefusedError(f"{name!r}: found no network ({error.strerror}); allowed: {networks}.") from error


def _open(data: bytes) -> Architecture:
    from explorer.exchange.opening import open_network  # noqa: PLC0415  # brings torch

    return open_network(data).architecture


def _read(name: str) -> bytes:
    """Read no more than shows that a text is too long, whatever is at the other end."""
    if name == "-" and not sys.stdin:  # a shell can close it
        return b""
    if name == "-":
        return sys.stdin.buffer.read(MAX_NOTEBOOK + 1)
    with Path(name).open("rb") as file:
        return file.read(MAX_NOTEBOOK + 1)
