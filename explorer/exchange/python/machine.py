"""What all parts of the interpreter share: its bounds, what is in doubt, and what it has seen of networks."""

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from explorer.architecture.errors import DesignError
from explorer.exchange.python.contents import MAX_SIZE, containers, spread_in
from explorer.exchange.python.values import (
    External,
    Failed,
    Instance,
    Names,
    Scope,
    Spread,
    Step,
    Tensor,
    Unknown,
    Value,
)

MAX_STEPS = 20_000  # statements and expressions, all together
PER_STEP = 64  # items that are gone through in the time of a step
MAX_IDLE = 800  # steps of a loop that makes no module and changes no list
MAX_LOOP = 4_000  # of any other; what it would have done beyond is unknown
MAX_DEPTH = 24  # calls within one another
MAX_NESTING = 60  # expressions within one another
MAX_NUMBER = 2**62


class RanOutError(Exception):
    """The bound on steps is reached: what the text goes on to do is not seen."""


class RaisedError(Exception):
    """The text raises an error of its own here, or Python would; of a kind that is not known if that is empty."""

    def __init__(self, unknown: Unknown, kind: str = "") -> None:
        super().__init__()
        self.unknown = unknown
        self.kind = kind


@dataclass
class Seen:
    """What the text does with networks, in the order in which it does it."""

    instances: list[Instance] = field(default_factory=list)  # made by the text
    used: list[Instance] = field(default_factory=list)  # called, or handed to a function that is not the file's
    inputs: dict[int, tuple[int, ...]] = field(default_factory=dict)  # by the id of what got a tensor first: its sizes
    sizes: list[tuple[int, ...]] = field(default_factory=list)  # that pictures are brought to, such as by Resize
    doubts: dict[int, Unknown] = field(default_factory=dict)  # by the id of a module that may have been changed
    slips: dict[int, str] = field(default_factory=dict)  # by its line, what is wrong with a number whatever comes in
    first: Step | None = None  # of those that a network's own tensor has passed, that says what size comes in
    copied: set[int] = field(default_factory=set)  # the ids of objects that were copied
    opened: set[int] = field(default_factory=set)  # the ids of holders of which a part was taken by its number
    hooks: dict[int, list[tuple[Value, bool]]] = field(default_factory=dict)  # by the id of a module; before it or not


def line_of(node: ast.AST) -> int:
    """Give a node's line, 0 for what no text has."""
    return getattr(node, "lineno", 0)


class Machine(ABC):
    """A run of a text: how far it may go, and what it has seen."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.lines = source.encode(errors="replace").split(b"\n")
        self.seen = Seen()
        self.globals = Scope({"__name__": "__main__"})
        self.steps = MAX_STEPS
        self.depth = 0
        self.branch: Unknown | None = None  # why what runs may not run
        self.raised: Unknown | None = None  # why an error may have been raised already, which is caught
        self.young: dict[int, Value] = {}  # by its id what was made in the doubt that there is: it is changed surely
        self.replaced: dict[int, tuple[Value, Value]] = {}  # by the id of a tensor itself and what it has become
        self.guards = 0  # the `try` around what runs
        self.changed: list[list[Value] | Names] = []  # lists and dictionaries, in the order of their changes
        self.frames: list[Scope] = []  # of the functions that run

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
    def truth(self, value: Value) -> bool | None:
        """Tell whether a value counts as true, or None where nobody knows."""

    @abstractmethod
    def is_filled(self, value: Instance) -> bool | None:
        """Tell whether an object counts as true: one that has a length only if it has items."""

    @abstractmethod
    def binary(self, node: ast.AST, op: ast.operator, left: Value, right: Value) -> Value:
        """Work out a sum, a product and so on."""

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
    def is_one(self, value: Value, kind: External) -> bool | None:
        """Tell whether a value is an object of another module's class, or None where nobody knows."""

    @abstractmethod
    def is_there(self, name: External) -> bool:
        """Tell whether a name of another module is surely a class or a function."""

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
    def put_together(self, node: ast.AST, owner: Instance, other: Value) -> Value:
        """Give a new holder of the parts of two."""

    @abstractmethod
    def take_part(self, owner: Value, key: Value) -> None:
        """Take a part out of a module."""

    @abstractmethod
    def hooked(self, module: Value, args: list[Value], node: ast.expr, run: Callable[[list[Value]], Value]) -> Value:
        """Call a module with the functions that are hooked to it."""

    @abstractmethod
    def iterate(self, value: Value) -> list[Value] | None:
        """Give the items of what can be walked through; None where nobody knows."""

    @abstractmethod
    def set_attribute(self, owner: Value, name: str, value: Value) -> None:
        """Give an object an attribute."""

    def step(self, items: int = 0) -> None:
        """Count a step, and more for what is done with many items; raises `RanOutError` beyond the bound."""
        self.steps -= 1 + items // PER_STEP
        if self.steps < 0:
            raise RanOutError

    def unknown(self, node: ast.AST, what: str = "") -> Unknown:
        """Give what a node's value is where it cannot be known."""
        line = getattr(node, "lineno", 0)
        return Unknown(what or self.text(node), line)

    def reason(self, node: ast.AST, *values: Value) -> Unknown:
        """Give what is unknown among values, or else what a node says."""
        found = (value if isinstance(value, Unknown) else spread_in(value) for value in values)
        return next(filter(None, found), None) or self.unknown(node)

    def text(self, node: ast.AST) -> str:
        """Give a node as the text has it, shortened."""
        said = " ".join(self._segment(node).split())
        return said if len(said) <= 40 else f"{said[:39]}…"

    def _segment(self, node: ast.AST) -> str:
        """Give what stands at a node's place; Python's own function goes through the whole text each time."""
        first, last = getattr(node, "lineno", 0), getattr(node, "end_lineno", None)
        if not isinstance(node, ast.expr | ast.stmt) or not first or not last:
            return "forward"
        lines = self.lines[first - 1 : last]
        lines[-1] = lines[-1][: node.end_col_offset]
        return b" ".join([lines[0][node.col_offset :], *lines[1:]]).decode(errors="replace")

    @property
    def doubt(self) -> Unknown | None:
        """Why what runs may not run."""
        return self.branch or self.raised

    @contextmanager
    def doubting(self, why: Unknown | None) -> Iterator[None]:
        """Run what may not run, or as often as nobody knows."""
        before, young = self.branch, self.young
        self.branch, self.young = self.branch or why, {} if why else self.young
        try:
            yield
        finally:
            self.branch, self.young = before, young | self.young

    def made(self, value: Value) -> Value:
        """Note that a list, a dictionary or an object is made here: with it goes any doubt about its changes."""
        if self.doubt:
            self.young[id(value)] = value
        return value

    def doubtful(self, owner: Value) -> Spread | None:
        """Give why a change that is made here to something may not be made; None where it surely is."""
        why = None if id(owner) in self.young else self.doubt
        return Spread(why.what, why.line) if why else None

    def in_place(self, before: Value, after: Value) -> Value:
        """Note that something is not what it was: every name that it has stands for something else from now on."""
        if isinstance(before, Tensor):
            before.storage.version += 1
            if isinstance(after, Tensor):
                after = replace(after, storage=before.storage, version=before.storage.version)
        self.replaced[id(before)] = before, self.doubt or after
        return after

    def latest(self, value: Value) -> Value:
        """Give what something has become."""
        while id(value) in self.replaced:
            value = self.replaced[id(value)][1]
        if isinstance(value, Tensor) and value.version != value.storage.version:
            return Unknown("a tensor that is changed by another name", value.steps[-1].line if value.steps else 0)
        return value

    def fails(self, node: ast.AST, kind: str) -> Unknown:
        """Give what comes of something that Python refuses with an error: what is unknown, unless the text catches it.

        Raises `RaisedError` then.
        """
        failed = Failed(self.text(node), getattr(node, "lineno", 0))
        if self.guards:
            raise RaisedError(failed, kind)
        return failed

    @contextmanager
    def deeper(self, node: ast.AST) -> Iterator[None]:
        """Go into a call; raises `DesignError` where calls go too deep."""
        self.depth += 1
        try:
            if self.depth > MAX_DEPTH:
                where = f"line {getattr(node, 'lineno', 1) or 1}"
                raise DesignError(where=where, found="deeper nesting", allowed=f"calls at most {MAX_DEPTH} deep")
            yield
        finally:
            self.depth -= 1

    def bounded(self, node: ast.AST, value: Value) -> Value:
        """Give what is worked out, or what is unknown if it is too large to go on with, or no plain number."""
        if isinstance(value, int) and abs(value) > MAX_NUMBER:
            return self.unknown(node)
        if isinstance(value, str | list | tuple):
            self.step(len(value))
            if len(value) > MAX_SIZE:
                return self.unknown(node)
        return self.unknown(node) if isinstance(value, complex) else value

    @contextmanager
    def restored(self) -> Iterator[None]:
        """Run something, and undo what it changes: a network's next pictures find it as these do."""
        held = [*(instance.attributes for instance in self.seen.instances), self.globals.names]
        found = containers(held)
        self.step(8 * sum(map(len, found)))
        before = [(container, container.copy()) for container in found]
        try:
            yield
        finally:
            for container, items in before:
                container.clear()
                container.extend(items) if isinstance(container, list) else container.update(items)

    def change(self, container: list[Value] | Names) -> None:
        """Note that a list or a dictionary has changed."""
        self.changed.append(container)
        if len(container) > MAX_SIZE:
            raise RanOutError
