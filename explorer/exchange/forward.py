"""The order in which a class's `forward` calls its layers, where each takes what the one before gives."""

import ast

from torch import Tensor

from explorer.architecture.kinds import KINDS
from explorer.architecture.spec import MAX_LAYERS
from explorer.exchange.layer_call import refusal
from explorer.exchange.literal import dotted

# What a forward may call beside its own layers, by its name in torch.nn.functional, and the layer that does the same.
FUNCTIONS = {kind.function: name for name, kind in KINDS.items() if kind.function}
CEIL_MODE = 4  # its place among the settings of F.max_pool2d
MAX_POOL_TAIL = ("ceil_mode", "return_indices")
METHODS = tuple(name for name in FUNCTIONS if hasattr(Tensor, name))  # those that a tensor has itself
PREFIXES = ("torch.nn.functional.", "nn.functional.", "torch.", "F.")  # the longest first
CALLS = "the class's own layers, called one after another, and functions such as F.relu(x) or torch.flatten(x, 1)"
STATEMENTS = "assignments to a name, such as x = self.features(x), and one return at the end"
Values = dict[str, list[ast.expr]]  # for each name of the forward, what its tensor has passed


def chained(cls: ast.ClassDef) -> list[ast.expr]:
    """Give what `forward` calls on its input, in order: names such as `self.features`, and calls of layers.

    Raises `DesignError` that names the first line which does anything else.
    """
    forward = next(node for node in cls.body if isinstance(node, ast.FunctionDef) and node.name == "forward")
    values: Values = {_input(forward): []}
    for statement in forward.body:
        match statement:
            case ast.Expr(value=ast.Constant()):
                pass  # a docstring
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                values[name] = _passed(value, values)
            case ast.Return(value=ast.expr() as value):
                return _passed(value, values)
            case _:
                raise refusal(statement, found="another statement in forward", allowed=STATEMENTS)
    raise refusal(forward, found="a forward without return", allowed=STATEMENTS)


def _input(forward: ast.FunctionDef) -> str:
    match forward.args:
        case ast.arguments(posonlyargs=[], args=[ast.arg(), ast.arg(arg=x)], vararg=None, kwonlyargs=[], kwarg=None):
            return x
    raise refusal(forward, found="a forward with other arguments", allowed="forward(self, x)")


def _passed(node: ast.expr, values: Values) -> list[ast.expr]:
    """Give what a tensor has passed: a name of one, or calls around it."""
    steps: list[ast.expr] = []
    while not (isinstance(node, ast.Name) and node.id in values):
        node, step = _outermost(node)
        steps.insert(0, step)
    passed = [*values[node.id], *steps]
    if len(passed) > MAX_LAYERS:
        raise refusal(node, found=f"{len(passed)} steps in forward", allowed=f"at most {MAX_LAYERS}")
    return passed


def _outermost(node: ast.expr) -> tuple[ast.expr, ast.expr]:
    """Take a call apart: what it is called on, and the layer that it is."""
    match node:
        case ast.Call(func=func, args=[x], keywords=[]) if dotted(func).startswith("self."):
            return x, func
        case ast.Call(func=func, args=[x, *settings]) if (name := _function(func)) in FUNCTIONS:
            if name != "flatten" or _spares_the_batch(node, settings):
                return x, _layer(node, name, settings)
        case ast.Call(func=ast.Attribute(value=x, attr=name), args=[*settings]) if name in METHODS:
            if name != "flatten" or _spares_the_batch(node, settings):
                return x, _layer(node, name, settings)
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name) as x, attr="view" | "reshape"), keywords=[]):
            if [ast.dump(size) for size in node.args] in _rows(name):
                return x, _layer(node, "flatten", [])
    found = dotted(node.func) if isinstance(node, ast.Call) else ""
    raise refusal(node, found=found or "something else in forward", allowed=CALLS)


def _function(func: ast.expr) -> str:
    name = dotted(func)
    return next((name.removeprefix(prefix) for prefix in PREFIXES if name.startswith(prefix)), "")


def _spares_the_batch(call: ast.Call, settings: list[ast.expr]) -> bool:
    """Tell whether a flatten says where it begins: by itself it lays out the batch too, other than its layer."""
    return bool(settings) or any(keyword.arg == "start_dim" for keyword in call.keywords)


def _layer(call: ast.Call, name: str, settings: list[ast.expr]) -> ast.Call:
    """Write a function's call as that of its layer, at the same place in the text.

    `F.max_pool2d` takes `ceil_mode` fifth, where its layer takes `return_indices`.
    """
    keywords = list(call.keywords)
    if name == "max_pool2d" and len(settings) > CEIL_MODE:
        keywords += map(ast.keyword, MAX_POOL_TAIL, settings[CEIL_MODE:])
        settings = settings[:CEIL_MODE]
    layer = ast.Call(func=ast.Name(id=FUNCTIONS[name]), args=settings, keywords=keywords)
    return ast.copy_location(layer, call)


def _rows(x: str) -> list[list[str]]:
    """Give the sizes that lay out each picture as a row: `x.view(x.size(0), -1)`, or with `x.shape[0]`."""
    batches = (f"{x}.size(0)", f"{x}.shape[0]")
    return [[ast.dump(ast.parse(size, mode="eval").body) for size in (batch, "-1")] for batch in batches]
