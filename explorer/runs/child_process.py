"""Runs a module of this program in a process of its own, found wherever the server was started."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]


def module_command(name: str, *arguments: str) -> tuple[str, ...]:
    """Give the command line of a module; `-P` lets no folder `explorer` of the current directory take its place."""
    return (sys.executable, "-P", "-m", name, *arguments)


def module_environment(changes: Mapping[str, str]) -> dict[str, str]:
    """Give this process's environment with changes, in which a module of this program is found."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return {**os.environ, **changes, "PYTHONPATH": path}
