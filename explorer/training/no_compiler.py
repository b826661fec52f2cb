"""Torch without its compiler, whose loading is half of a worker's start; nothing there or in the server is compiled.

Optimizers, and a forward pass on `meta`, load `torch._dynamo` only to tell it which functions it should leave alone,
and what is on `meta` asks the compiler's algebra, sympy, whether sizes that are plain numbers agree. So something
stands in the place of each that has nothing to do; what asks it for more gets the real one, late. That is for processes
that train or serve: one that makes an ONNX file needs the compiler whole.
"""

import importlib
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any, TypeVar

Value = TypeVar("Value", bool, int)
Sizes = int | Sequence[int]


class StandIn(ModuleType):
    """A module in another's place, until it is asked for something that it lacks."""

    is_package = False

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # as a module has it
        """Give what the other has, which is loaded for it; `inspect` looks for every module's file in vain."""
        if name.startswith("__") and not (self.is_package and name == "__path__"):
            raise AttributeError(name)
        for each in STAND_INS:  # what needs one of them needs all
            if isinstance(sys.modules.get(each), StandIn):
                sys.modules.pop(each, None)
        return getattr(importlib.import_module(self.__name__), name)


class NoCompiler(StandIn):
    """What torch asks of its compiler where nothing is compiled."""

    is_package = True

    @staticmethod
    def disable(function: Callable[..., Any], *_: object, **__: object) -> Callable[..., Any]:
        """Give a function that is not to be compiled, as it is."""
        return function

    @staticmethod
    def graph_break(*_: object, **__: object) -> None:
        """Do nothing between two parts that would be compiled each by itself."""


def _known(value: Value) -> Value:
    """Give what is no symbol, as it is."""
    return value


class KnownSizes(StandIn):
    """What torch asks about sizes, each of which is a number, and about what is true of them."""

    expect_true = staticmethod(_known)
    guard_or_false = staticmethod(_known)
    guard_or_true = staticmethod(_known)
    guard_size_oblivious = staticmethod(_known)
    guarding_hint_or_throw = staticmethod(_known)
    statically_known_true = staticmethod(_known)

    @staticmethod
    def has_guarding_hint(_: object) -> bool:
        """Say that a size is known."""
        return True

    @staticmethod
    def is_nested_int(_: object) -> bool:
        """Say that a size is one number, not one for each row."""
        return False

    @staticmethod
    def sym_and(*answers: bool) -> bool:
        """Say whether all is true."""
        return all(answers)

    @staticmethod
    def sym_eq(one: Sizes, other: Sizes) -> bool:
        """Say whether two sizes are the same, or two shapes, each in whatever sequence."""
        return one == other if isinstance(one, int) or isinstance(other, int) else tuple(one) == tuple(other)

    @staticmethod
    def sym_or(*answers: bool) -> bool:
        """Say whether something is true."""
        return any(answers)


class NoAlgebra(StandIn):
    """What torch asks of sympy where nothing is a symbol."""

    is_package = True

    class Basic:
        """An expression, of which there are none."""


STAND_INS: dict[str, type[StandIn]] = {
    "torch._dynamo": NoCompiler,
    "torch.fx.experimental.symbolic_shapes": KnownSizes,
    "sympy": NoAlgebra,
}


def leave_out_the_compiler() -> None:
    """Have this process do without torch's compiler until something asks for it; of no effect where it is loaded."""
    for name, stand_in in STAND_INS.items():
        sys.modules.setdefault(name, stand_in(name))
