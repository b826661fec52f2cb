"""What all parts of the interpreter share: its bounds, what is in doubt, and what it has seen of networks."""

import ast
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from explorer.architecture.errors import DesignError
from explorer.exchange.python.values import Instance, Names, Scope, Unknown, Value

MAX_STEPS = 40_000  # statements and expressions, all together
MAX_LOOP = 4_000  # of them in one loop; what it would have done beyond is unknown
MAX_DEPTH = 24  # calls within one another
MAX_NESTING = 60  # expressions within one another
MAX_SIZE = 4_096  # items of a list, letters of a text
MAX_NUMBER = 2**62


class RanOutError(Exception):
    """The bound on steps is reached: what the text goes on to do is not seen."""


@dataclass
class Seen:
    """What the text does with networks, in the order in which it does it."""

    instances: list[Instance] = field(default_factory=list)  # made by the text
    used: list[Instance] = field(default_factory=list)  # called, or handed to a function that is not the file's
    inputs: dict[int, tuple[int, ...]] = field(default_factory=dict)  # by the id of what got a tensor first: its sizes
    sizes: list[tuple[int, ...]] = field(default_factory=list)  # that pictures are brought to, such as by Resize
    doubts: dict[int, Unknown] = field(default_factory=dict)  # by the id of an instance that may have been changed


class Machine(ABC):
    """A run of a text: how far it may go, and what it has seen."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.seen = Seen()
        self.globals = Scope({"__name__": "__main__"})
        self.steps = MAX_STEPS
        self.depth = 0
        self.doubt: Unknown | None = None  # why what runs may not run
        self.changed: list[list[Value] | Names] = []  # lists and dictionaries, in the order of their changes
        self.returned: list[Value] = []

    @abstractmethod
    def evaluate(self, node: ast.expr, scope: Scope) -> Value:
        """Give what an expression stands for."""

    @abstractmethod
    def execute(self, body: list[ast.stmt], scope: Scope) -> None:
        """Run statements."""

    @abstractmethod
    def call(self, function: Value, args: list[Value], keywords: Names, node: ast.expr) -> Value:
        """Call what can be called."""

    @abstractmethod
    def attribute(self, owner: Value, name: str, node: ast.expr) -> Value:
        """Look a name up on a value."""

    @abstractmethod
    def joined(self, node: ast.AST, left: Value, right: Value) -> Value:
        """Give what arithmetic makes of a tensor."""

    @abstractmethod
    def known_name(self, name: str) -> Value | None:
        """Give what a name stands for that the text does not bind, or None."""

    @abstractmethod
    def imported(self, path: str) -> Value:
        """Give what a name of another module stands for."""

    @abstractmethod
    def part_name(self, owner: Value, name: str, node: ast.AST) -> Value | None:
        """Look a name up that every module or tensor has; None where none has it."""

    @abstractmethod
    def call_module(self, function: Value, args: list[Value], keywords: Names, node: ast.expr) -> Value:
        """Call a name of another module, or a module on a tensor."""

    @abstractmethod
    def parts_of(self, owner: Value) -> list[Value] | None:
        """Give the parts of a module in their order, or None where it has no order."""

    @abstractmethod
    def part_at(self, owner: Value, key: Value, node: ast.AST) -> Value:
        """Give the part of a module, or of a tensor, at a place."""

    @abstractmethod
    def put_part(self, owner: Value, key: Value, value: Value) -> None:
        """Put a part in a place of a module."""

    @abstractmethod
    def take_part(self, owner: Value, key: Value) -> None:
        """Take a part out of a module."""

    @abstractmethod
    def iterate(self, value: Value) -> list[Value] | None:
        """Give the items of what can be walked through; None where nobody knows."""

    @abstractmethod
    def set_attribute(self, owner: Value, name: str, value: Value) -> None:
        """Give an object an attribute."""

    def step(self) -> None:
        """Count a step; raises `RanOutError` beyond the bound."""
        self.steps -= 1
        if self.steps < 0:
            raise RanOutError

    def unknown(self, node: ast.AST, what: str = "") -> Unknown:
        """Give what a node's value is where it cannot be known."""
        line = getattr(node, "lineno", 0)
        return Unknown(what or self.text(node), line)

    def text(self, node: ast.AST) -> str:
        """Give a node as the text has it, shortened."""
        said = " ".join((ast.get_source_segment(self.source, node) or "forward").split())
        return said if len(said) <= 40 else f"{said[:39]}…"

    @contextmanager
    def doubting(self, why: Unknown | None) -> Iterator[None]:
        """Run what may not run, or as often as nobody knows."""
        before, self.doubt = self.doubt, self.doubt or why
        try:
            yield
        finally:
            self.doubt = before

    @contextmanager
    def deeper(self, node: ast.AST) -> Iterator[None]:
        """Go into a call; raises `DesignError` where calls go too deep."""
        self.depth += 1
        try:
            if self.depth > MAX_DEPTH:
                where = f"line {getattr(node, 'lineno', 1)}"
                raise DesignError(where=where, found="deeper nesting", allowed=f"calls at most {MAX_DEPTH} deep")
            yield
        finally:
            self.depth -= 1

    def change(self, container: list[Value] | Names) -> None:
        """Note that a list or a dictionary has changed."""
        self.changed.append(container)
        if len(container) > MAX_SIZE:
            raise RanOutError


def same(one: Value, other: Value) -> bool:
    """Tell whether two values are surely the same."""
    plain = int | float | str | bool | None
    return one is other or (isinstance(one, plain) and isinstance(other, plain) and repr(one) == repr(other))
