"""The values that Python source writes out: numbers, texts, pairs and products. Nothing is looked up or run."""

import ast

MAX_DEPTH = 8  # of parts within a value; `64 * 6 * 6` is 2 deep
Literal = int | float | bool | str | None | tuple["Literal", ...]


def literal(node: ast.expr, depth: int = 0) -> Literal:
    """Give the value that a node writes out; raises `ValueError` where it must be computed or looked up."""
    match node:
        case _ if depth > MAX_DEPTH:
            pass
        case ast.Constant(value=bool() | int() | float() | str() | None as value):
            return value
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return tuple(literal(part, depth + 1) for part in parts)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_number(operand, depth + 1)
        case ast.BinOp(op=ast.Mult(), left=left, right=right):
            return _factor(left, depth + 1) * _factor(right, depth + 1)
    raise ValueError("no value that is written out")


def _number(node: ast.expr, depth: int) -> int | float:
    value = literal(node, depth)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("no number")
    return value


def _factor(node: ast.expr, depth: int) -> int:
    value = _number(node, depth)
    if not isinstance(value, int):
        raise ValueError("no whole number")
    return value


def dotted(node: ast.expr) -> str:
    """Give a name such as `torch.nn.ReLU` as it stands in the source; nothing for what is no short name."""
    attributes: list[str] = []
    while isinstance(node, ast.Attribute) and len(attributes) < MAX_DEPTH:
        attributes.insert(0, node.attr)
        node = node.value
    return ".".join([node.id, *attributes]) if isinstance(node, ast.Name) else ""
