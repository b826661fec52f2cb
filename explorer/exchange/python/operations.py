"""What Python's operators make of plain values, within bounds; of anything else, what is unknown in it."""

import ast
import operator
from collections.abc import Callable

from explorer.exchange.python.contents import MAX_SIZE, is_large, same, spread_in
from explorer.exchange.python.machine import Machine
from explorer.exchange.python.standard.texts import formatted
from explorer.exchange.python.values import ANY_KEY, BATCH, Class, External, Instance, Spread, Tensor, Unknown, Value

OPERATORS: dict[type[ast.operator], Callable[[Value, Value], Value]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_,
    ast.BitXor: operator.xor,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
}
UNARY: dict[type[ast.unaryop], Callable[[Value], Value]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Invert: operator.invert,
}
COMPARISONS: dict[type[ast.cmpop], Callable[[Value, Value], Value]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda one, other: one in other,
    ast.NotIn: lambda one, other: one not in other,
    ast.Is: same,
    ast.IsNot: lambda one, other: not same(one, other),
}
PLAIN = (int, float, str, bool, list, tuple, dict, type(None))
FAILURES = (TypeError, ValueError, ZeroDivisionError, OverflowError, IndexError, KeyError, AttributeError)


class Operations(Machine):
    """Works operators out."""

    def truth(self, value: Value) -> bool | None:
        """Tell whether a value counts as true, or None where nobody knows."""
        if isinstance(value, External):
            return True if self.is_there(value) else None
        if isinstance(value, Unknown | Tensor) or value is BATCH or spread_in(value):
            return None
        if isinstance(value, Instance):
            return self.is_filled(value)
        return bool(value) if isinstance(value, PLAIN) else True

    def binary(self, node: ast.AST, op: ast.operator, left: Value, right: Value) -> Value:
        """Work out a sum, a product and so on; of tensors only what leaves the way of one through its layers."""
        if isinstance(left, Tensor) or isinstance(right, Tensor):
            return self.joined(node, left, right)
        if isinstance(op, ast.Mod) and isinstance(left, str):
            return self.bounded(node, formatted(self, node, left, right))
        if isinstance(left, Instance) and isinstance(op, ast.Add):
            return self.put_together(node, left, right)
        if type(op) not in OPERATORS or _too_large(op, left, right):
            return self.unknown(node)
        return self.compute(node, OPERATORS[type(op)], left, right)

    def compute(self, node: ast.AST, operation: Callable[..., Value], *operands: Value) -> Value:
        """Work an operation out where all its operands are plain."""
        for operand in operands:
            if not isinstance(operand, PLAIN) or (spread_in(operand) and operation is not operator.add):
                return self.cause(node, operand)
            self.step(len(operand) if isinstance(operand, str | list | tuple) else 0)
        try:
            return self.made(self.bounded(node, operation(*operands)))
        except FAILURES as error:
            return self.fails(node, type(error).__name__)

    def cause(self, node: ast.AST, value: Value) -> Unknown:
        """Give what something unknown makes of a larger expression: the first cause stays."""
        return value if isinstance(value, Unknown) else spread_in(value) or self.unknown(node)

    def compared(self, node: ast.Compare, op: ast.cmpop, left: Value, right: Value) -> Value:
        """Compare two values: objects are the same or not, plain ones as Python compares them."""
        if isinstance(left, Tensor) and right is None and isinstance(op, ast.Is | ast.IsNot | ast.Eq | ast.NotEq):
            return isinstance(op, ast.IsNot | ast.NotEq)
        if isinstance(left, External) or isinstance(right, External):
            return self._compared_names(node, op, left, right)
        for side in (left, right):
            if isinstance(side, Unknown | Tensor) or side is BATCH or _unsure(op, left, side) or _compares(side):
                return self.cause(node, side)
        if isinstance(op, ast.Is | ast.IsNot) or (isinstance(left, PLAIN) and isinstance(right, PLAIN)):
            return self._tested(node, COMPARISONS[type(op)], left, right)
        if isinstance(op, ast.Eq | ast.NotEq):
            return (left is right) is isinstance(op, ast.Eq)
        return self.unknown(node)

    def _compared_names(self, node: ast.Compare, op: ast.cmpop, left: Value, right: Value) -> Value:
        """Compare names of other modules: two that are the same are, and what is surely there is nothing else."""
        if isinstance(op, ast.In | ast.NotIn) and isinstance(right, list | tuple) and not spread_in(right):
            answers = [self._compared_names(node, ast.Eq(), left, each) for each in right]
            if True not in answers and any(answer is not False for answer in answers):
                return self.unknown(node)
            return (True in answers) is isinstance(op, ast.In)
        for side in (left, right):
            if isinstance(side, Unknown) or (isinstance(side, External) and left != right and not self.is_there(side)):
                return self.cause(node, side)
        if isinstance(op, ast.Is | ast.IsNot | ast.Eq | ast.NotEq):
            return (left == right) is isinstance(op, ast.Is | ast.Eq)
        return self.unknown(node)

    def _tested(self, node: ast.Compare, operation: Callable[..., Value], left: Value, right: Value) -> Value:
        self.step(sum(len(side) for side in (left, right) if isinstance(side, str | list | tuple | dict)))
        if is_large(left, right):
            return self.unknown(node)
        try:
            return operation(left, right)
        except FAILURES as error:
            return self.fails(node, type(error).__name__)


def _compares(side: Value) -> bool:
    """Tell whether an object is compared by what it holds, as records are, and not by itself."""
    names = ("dataclass", "__eq__", "__contains__")
    classes = side.cls.order() if isinstance(side, Instance) else []
    return any(
        not isinstance(cls, Class) or any(name in cls.names or name in cls.decorators for name in names)
        for cls in classes
    ) and not any(isinstance(cls, Class) and cls.name == "Module" for cls in classes)


def _unsure(op: ast.cmpop, item: Value, side: Value) -> bool:
    """Tell whether a comparison hangs on items of which nobody knows whether they are there."""
    if isinstance(side, dict) and isinstance(op, ast.In | ast.NotIn) and isinstance(item, str | int):
        return isinstance(side.get(item, side.get(ANY_KEY)), Spread)
    return spread_in(side) is not None


def _too_large(op: ast.operator, left: Value, right: Value) -> bool:
    """Tell whether a power or a repetition would take long to work out."""
    if isinstance(op, ast.Pow):
        return not (isinstance(right, int | float) and abs(right) <= 64 and isinstance(left, int | float))
    if isinstance(op, ast.LShift | ast.RShift):
        return not (isinstance(right, int) and abs(right) <= 64)
    if isinstance(op, ast.Mult):
        sizes = [len(side) for side in (left, right) if isinstance(side, str | list | tuple)]
        times = [side for side in (left, right) if isinstance(side, int)]
        return bool(sizes) and bool(times) and sizes[0] * times[0] > MAX_SIZE
    return False
