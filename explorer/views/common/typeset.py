"""A sum written with digits and `+ - * / //` as LaTeX; anything else in it raises `ValueError`."""

import ast

from explorer.views.common.formula import thousands

SIGNS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: r"\cdot"}


def typeset(expression: str) -> str:
    """Write a sum as LaTeX, its thousands apart: `(7 - 3) // 2` becomes a fraction in floor brackets."""
    return _latex(ast.parse(expression, mode="eval").body)


def _latex(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=int(value)):
            return thousands(value)
        case ast.BinOp(left, ast.FloorDiv(), right):
            return rf"\left\lfloor \dfrac{{{_latex(left)}}}{{{_latex(right)}}} \right\rfloor"
        case ast.BinOp(left, ast.Div(), right):
            return rf"\dfrac{{{_latex(left)}}}{{{_latex(right)}}}"
        case ast.BinOp(left, sign, right) if type(sign) in SIGNS:
            factor = isinstance(sign, ast.Mult)
            parts = _part(left, factor=factor), _part(right, factor=factor or isinstance(sign, ast.Sub))
            return f" {SIGNS[type(sign)]} ".join(parts)
    raise ValueError(f"{ast.unparse(node)}: no sum of whole numbers")


def _part(node: ast.expr, *, factor: bool) -> str:
    """Put a sum that is a factor, or is taken off, into parentheses."""
    within = _latex(node)
    return (
        f"({within})" if factor and isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub) else within
    )
