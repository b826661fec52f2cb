"""What a name of a program can stand for, beside Python's own numbers, texts, lists, tuples and dictionaries.

Everything else is `Unknown`, with the line and the words of what first could not be known.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.sizes import Shape

Value = Any  # what an interpreted name holds is known only while it runs
Names = dict[Any, Value]  # of a dictionary of the text any plain keys
ANY_KEY = "?"  # of what a dictionary may have beside what is known


@dataclass(frozen=True, eq=False)
class Unknown:
    """What is passed over, unless it reaches a layer: then its line and its words are what the refusal names."""

    what: str
    line: int


@dataclass(frozen=True, eq=False)
class Part(Unknown):
    """Some of a tensor's values, which no layer takes; what changes them in place changes the tensor."""

    tensor: "Tensor"


class Failed(Unknown):
    """What Python would end with an error at, such as an item that is not there."""


class Spread(Unknown):
    """Items of which nobody knows how many they are, or whether they are there at all."""


class _Batch:
    """How many pictures pass through at once: a size that no layer may depend on."""


BATCH = _Batch()


class Side(int):
    """A size of a picture that a tensor was asked for: as the number of pictures in a `view` it would mix them."""


@dataclass(frozen=True)
class External:
    """A name of a module that is not the file's, such as `torch.nn.Conv2d`."""

    path: str


@dataclass(eq=False)
class Scope:
    """Names that a function, a class or the file has, and where else a name is looked for."""

    names: Names
    parent: "Scope | None" = None
    is_class: bool = False
    shared: set[str] = field(default_factory=set)  # names that `global` or `nonlocal` give to a scope further out
    method: "tuple[Class, Value] | None" = None  # whose method runs, and on what: what `super()` means
    doubt: Unknown | None = None  # why a function may have returned already
    left: Unknown | None = None  # why the loop that runs may have been left already, or its round
    returned: list[Value] = field(default_factory=list)  # what the function may have given then
    yielded: list[Value] = field(default_factory=list)
    is_inner: bool = False  # of a comprehension, where `:=` gives a name to the scope around it


@dataclass(eq=False)
class Function:
    """A function or a method of the file, or a lambda."""

    name: str
    arguments: ast.arguments
    body: list[ast.stmt]
    scope: Scope
    defaults: list[Value]
    keyword_defaults: list[Value]
    decorators: tuple[str, ...] = ()
    owner: "Class | None" = None
    gives: bool = False  # by `yield`: what it gives are items
    setter: "Function | None" = None  # of a property


@dataclass(eq=False)
class Class:
    """A class of the file, or one of torch's that hold modules; `line` is 0 for those."""

    name: str
    bases: tuple[Value, ...]
    names: Names
    line: int = 0
    mentions: frozenset[str] = frozenset()  # the names that its body has
    decorators: tuple[str, ...] = ()  # the last part of their names

    def __post_init__(self) -> None:
        bases = [one for base in self.bases for one in (base.order() if isinstance(base, Class) else [base])]
        self._order = list(dict.fromkeys([self, *reversed(dict.fromkeys(reversed(bases)))]))

    def order(self) -> list[Value]:
        """Give itself and all it inherits from, in the order in which a name is looked for."""
        return self._order


@dataclass(eq=False)
class Instance:
    """An object of a class; a module's parts are its attributes, in the order in which they came."""

    cls: Class
    line: int
    attributes: Names = field(default_factory=dict)


@dataclass(frozen=True)
class Bound:
    """A method with the object that it is called on."""

    function: Value
    owner: Value


@dataclass(frozen=True)
class Super:
    """What `super()` gives: an object, as the classes after `cls` see it."""

    cls: Class
    owner: Value


@dataclass(frozen=True)
class Partial:
    """A call that has some of its arguments already."""

    function: Value
    args: tuple[Value, ...]
    keywords: Names


@dataclass(frozen=True)
class Builtin:
    """A function of Python's, or of an object of Python's, that is written here."""

    name: str
    run: Callable[..., Value]


@dataclass(eq=False)
class Module:
    """A module of torch.nn that has no parts: its class's name and the arguments that it was made with."""

    name: str
    args: list[Value]
    keywords: Names
    line: int


class Step(NamedTuple):
    """A layer that a tensor has passed: its record, its line, the module that it is, if it is one, and what came in.

    `stated` is the size that the program says comes in, `given` the sizes that do, where they are known.
    """

    layer: Layer
    line: int
    module: Module | None
    stated: int | None
    given: Shape | None


@dataclass(eq=False)
class Storage:
    """Values that several tensors may share: what changes them in place changes all."""

    version: int = 0


@dataclass(frozen=True, eq=False)
class Tensor:
    """A tensor without numbers: its sizes without the batch's, and the layers that it has passed.

    A size is `Unknown` behind a layer that does not fit. `batch` is a number where the program made the tensor itself.
    """

    shape: tuple[Value, ...]
    steps: tuple[Step, ...] = ()
    batch: Value = BATCH
    is_input: bool = True  # nothing has been done with it yet
    claimed: int | None = None  # the values of a picture that a `view` names, where there are others
    whole: "Tensor | None" = None  # the tensor whose values these are, in their order, only in other sizes
    storage: Storage = field(default_factory=Storage)
    version: int = 0  # of what is stored, that this one is of

    @property
    def known(self) -> Shape | None:
        """Its sizes, if all are known."""
        return self.shape if all(isinstance(size, int) for size in self.shape) else None
