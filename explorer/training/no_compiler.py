"""Torch without its compiler, whose loading is a third of a worker's start; nothing there or in the server is compiled.

Optimizers, and a forward pass on `meta`, load `torch._dynamo` only to tell it which functions it should leave alone.
So something stands in its place that has nothing to do; what asks it for more gets torch's own, late. That is for
processes that train or serve: one that makes an ONNX file needs the compiler whole.
"""

import importlib
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

NAME = "torch._dynamo"


class NoCompiler(ModuleType):
    """What torch asks of its compiler where nothing is compiled."""

    @staticmethod
    def disable(function: Callable[..., Any], *_: object, **__: object) -> Callable[..., Any]:
        """Give a function that is not to be compiled, as it is."""
        return function

    @staticmethod
    def graph_break(*_: object, **__: object) -> None:
        """Do nothing between two parts that would be compiled each by itself."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # as a module has it
        """Give what the compiler has, which is loaded for it; `inspect` looks for every module's file in vain."""
        if name.startswith("__") and name != "__path__":
            raise AttributeError(name)
        if sys.modules.get(NAME) is self:
            del sys.modules[NAME]
        return getattr(importlib.import_module(NAME), name)


def leave_out_the_compiler() -> None:
    """Have this process do without torch's compiler until something asks for it; of no effect where it is loaded."""
    sys.modules.setdefault(NAME, NoCompiler(NAME))
