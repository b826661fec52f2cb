"""A run of a text from its first line to its last, and of a network's `forward` on a tensor without numbers."""

import ast
from collections.abc import Callable

from torch import nn

from explorer.architecture.errors import DesignError
from explorer.architecture.kinds import KINDS
from explorer.exchange.networks import holders, library, modules, tensors
from explorer.exchange.python.calls import Outside
from explorer.exchange.python.machine import RanOutError
from explorer.exchange.python.statements import Statements
from explorer.exchange.python.values import (
    Class,
    External,
    Function,
    Instance,
    Module,
    Names,
    Scope,
    Tensor,
    Unknown,
    Value,
)
from explorer.exchange.python.ways import LEAVES

# What a text that is a part of a program leaves out.
USUAL = {
    "argparse": "argparse",
    "torch": "torch",
    "nn": "torch.nn",
    "F": "torch.nn.functional",
    "torchvision": "torchvision",
    "transforms": "torchvision.transforms",
    "tf": "tensorflow",
    "keras": "keras",
    "d2l": "d2l",
    "np": "numpy",
    "math": "math",
    "OrderedDict": "collections.OrderedDict",
    "partial": "functools.partial",
}


class Interpreter(Statements):
    """Runs a text that makes a network of torch's or of Keras's layers."""

    def run(self, tree: ast.Module) -> None:
        """Run the text's statements, one after another, to the end or to the bound on steps."""
        for statement in tree.body:
            try:
                self.execute([statement], self.globals)
            except LEAVES:
                return  # as Python would end
            except RanOutError:
                self.steps = 0
                return
            except DesignError:
                self.forget([statement], self.globals, self.unknown(statement))

    def _do_classdef(self, node: ast.ClassDef, scope: Scope) -> None:
        if _is_ours(node):
            scope.names[node.name] = External(node.name)
        else:
            super()._do_classdef(node, scope)

    def known_name(self, name: str) -> Value | None:
        """Give what `import *` brings, what programs usually import, or a layer of torch by its bare name."""
        found = next((path for star in self.stars if library.has(path := f"{star}.{name}")), USUAL.get(name))
        if found is None and name in library.OUR_KINDS:
            return External(name)
        if found is None and isinstance(getattr(nn, name, None), type):
            found = f"torch.nn.{name}"
        return self.imported(found) if found else None

    def imported(self, path: str) -> Value:
        """Give what a name of another module stands for."""
        return library.imported(path)

    def part_name(self, owner: Value, name: str, node: ast.AST) -> Value | None:
        """Look a name up that every module or tensor has; None where none has it."""
        if isinstance(owner, Tensor):
            return tensors.attribute(self, owner, name, node)
        if isinstance(owner, Module):
            return modules.of_module(self, owner, name, node)
        return modules.method(self, owner, name, node)

    def call_module(self, function: Value, args: list[Value], keywords: Names, node: ast.expr) -> Value:
        """Call a name of another module, or a module on a tensor."""
        if isinstance(function, External):
            return library.call(self, function, args, keywords, node)
        if isinstance(function, Module):
            return self.hooked(function, args, node, lambda args: modules.passed(self, function, args, node))
        return modules.forward(self, function, args, node)

    def hooked(self, module: Value, args: list[Value], node: ast.expr, run: Callable[[list[Value]], Value]) -> Value:
        """Call a module with the functions that are hooked to it."""
        return modules.hooked(self, module, args, node, run)

    def joined(self, node: ast.AST, left: Value, right: Value) -> Value:
        """Give what arithmetic makes of a tensor."""
        return tensors.joined(self, node, left, right)

    def is_one(self, value: Value, kind: External) -> bool | None:
        """Tell whether a value is an object of another module's class, or None where nobody knows."""
        return library.is_one(value, kind)

    def is_there(self, name: External) -> bool:
        """Tell whether a name of another module is surely a class or a function."""
        return library.is_there(name)

    def parts_of(self, owner: Value) -> list[Value] | None:
        """Give the parts of a module in their order, or None where it has no order."""
        return holders.walked(owner)

    def part_at(self, owner: Value, key: Value, node: ast.AST) -> Value:
        """Give the part of a module, or of a tensor, at a place."""
        part = tensors.item if isinstance(owner, Tensor) else holders.part
        return part(self, owner, key, node)

    def put_part(self, owner: Value, key: Value, value: Value) -> None:
        """Put a part in a place of a module."""
        if isinstance(owner, Module):
            modules.set_setting(self, owner, key, value)
        elif isinstance(owner, Tensor):
            self.in_place(owner, self.doubt or Unknown("a tensor of which values are changed", 0))
        else:
            holders.put(self, owner, key, value)

    def put_together(self, node: ast.AST, owner: Instance, other: Value) -> Value:
        """Give a new Sequential or ModuleList of the parts of two."""
        return holders.put_together(self, node, owner, other)

    def take_part(self, owner: Value, key: Value) -> None:
        """Take a part out of a module."""
        holders.take(self, owner, key)

    def new(self, cls: Class | Function) -> Value:
        """Make an object of a class that the text never makes one of, or call a function that it never calls."""
        return self.call(cls, [], {}, Outside())

    def forward(self, network: Instance, tensor: Tensor) -> Value:
        """Pass a tensor through a network."""
        try:
            return self.call(network, [tensor], {}, Outside())
        except LEAVES as left:
            return getattr(left, "unknown", Unknown("an error that forward raises", network.line))


def _is_ours(node: ast.ClassDef) -> bool:
    """Tell whether a class is the definition of a kind that torch lacks, as programs written here have it."""
    kind = KINDS.get(node.name)
    return kind is not None and ast.dump(node) in _definitions(node.name)


def _definitions(name: str) -> set[str]:
    from explorer.architecture.historic import source  # noqa: PLC0415

    texts = [text for text in vars(source).values() if isinstance(text, str) and f"class {name}(" in text]
    return {ast.dump(ast.parse(text).body[0]) for text in texts}
