"""What Python's operators make of plain values, within bounds; of anything else, what is unknown in it."""

import ast
import operator
from collections.abc import Callable

from explorer.exchange.python.machine import MAX_NUMBER, MAX_SIZE, Machine, same
from explorer.exchange.python.values import BATCH, External, Tensor, Unknown, Value

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


def truth(value: Value) -> bool | None:
    """Tell whether a value counts as true, or None where nobody knows."""
    if isinstance(value, Unknown | Tensor | External) or value is BATCH:
        return None
    return bool(value) if isinstance(value, PLAIN) else True


class Operations(Machine):
    """Works operators out."""

    def binary(self, node: ast.AST, op: ast.operator, left: Value, right: Value) -> Value:
        """Work out a sum, a product and so on; of tensors only what leaves the way of one through its layers."""
        if isinstance(left, Tensor) or isinstance(right, Tensor):
            return self.joined(node, left, right)
        if type(op) not in OPERATORS or _too_large(op, left, right):
            return self.unknown(node)
        return self.compute(node, OPERATORS[type(op)], left, right)

    def compute(self, node: ast.AST, operation: Callable[..., Value], *operands: Value) -> Value:
        """Work an operation out where all its operands are plain."""
        for operand in operands:
            if not isinstance(operand, PLAIN):
                return self.cause(node, operand)
        try:
            return self._bounded(node, operation(*operands))
        except FAILURES:
            return self.unknown(node)

    def _bounded(self, node: ast.AST, value: Value) -> Value:
        if isinstance(value, int) and abs(value) > MAX_NUMBER:
            return self.unknown(node)
        if isinstance(value, str | list | tuple) and len(value) > MAX_SIZE:
            return self.unknown(node)
        return self.unknown(node) if isinstance(value, complex) else value

    def cause(self, node: ast.AST, value: Value) -> Unknown:
        """Give what something unknown makes of a larger expression: the first cause stays."""
        return value if isinstance(value, Unknown) else self.unknown(node)

    def compared(self, node: ast.Compare, op: ast.cmpop, left: Value, right: Value) -> Value:
        """Compare two values: objects are the same or not, plain ones as Python compares them."""
        for side in (left, right):
            if isinstance(side, Unknown | Tensor | External) or side is BATCH:
                return self.cause(node, side)
        if isinstance(op, ast.Is | ast.IsNot) or (isinstance(left, PLAIN) and isinstance(right, PLAIN)):
            return self._tested(node, COMPARISONS[type(op)], left, right)
        if isinstance(op, ast.Eq | ast.NotEq):
            return (left is right) is isinstance(op, ast.Eq)
        return self.unknown(node)

    def _tested(self, node: ast.Compare, operation: Callable[..., Value], left: Value, right: Value) -> Value:
        try:
            return operation(left, right)
        except FAILURES:
            return self.unknown(node)


def _too_large(op: ast.operator, left: Value, right: Value) -> bool:
    """Tell whether a power or a repetition would take long to work out."""
    if isinstance(op, ast.Pow):
        return not (isinstance(right, int | float) and abs(right) <= 64 and isinstance(left, int | float))
    if isinstance(op, ast.Mult):
        sizes = [len(side) for side in (left, right) if isinstance(side, str | list | tuple)]
        times = [side for side in (left, right) if isinstance(side, int)]
        return bool(sizes) and bool(times) and sizes[0] * times[0] > MAX_SIZE
    if isinstance(op, ast.Mod):
        return isinstance(left, str)
    return False
