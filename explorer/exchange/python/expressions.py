"""Expressions: each kind of node, and what it stands for."""

import ast
from collections.abc import Iterator

from explorer.exchange.python.machine import MAX_NESTING, same
from explorer.exchange.python.operations import FAILURES, PLAIN, UNARY, Operations, truth
from explorer.exchange.python.values import Function, Names, Scope, Spread, Unknown, Value


class Expressions(Operations):
    """Evaluates expressions."""

    def evaluate(self, node: ast.expr, scope: Scope) -> Value:
        """Give what an expression stands for; `Unknown` for what the language does not have."""
        self.step()
        self.nesting = getattr(self, "nesting", 0) + 1
        try:
            known = getattr(self, f"_{type(node).__name__.lower()}", None)
            return known(node, scope) if known and self.nesting <= MAX_NESTING else self.unknown(node)
        finally:
            self.nesting -= 1

    def _constant(self, node: ast.Constant, scope: Scope) -> Value:
        return node.value if isinstance(node.value, PLAIN) else self.unknown(node)

    def _name(self, node: ast.Name, scope: Scope) -> Value:
        return self.look_up(node.id, scope, node)

    def look_up(self, name: str, scope: Scope, node: ast.AST) -> Value:
        """Find what a name stands for."""
        raise NotImplementedError

    def _attribute(self, node: ast.Attribute, scope: Scope) -> Value:
        return self.attribute(self.evaluate(node.value, scope), node.attr, node)

    def _namedexpr(self, node: ast.NamedExpr, scope: Scope) -> Value:
        scope.names[node.target.id] = value = self.evaluate(node.value, scope)
        return value

    def _tuple(self, node: ast.Tuple, scope: Scope) -> Value:
        items = self._items(node.elts, scope)
        return next((item for item in items if isinstance(item, Spread)), None) or tuple(items)

    def _list(self, node: ast.List, scope: Scope) -> Value:
        items = self._items(node.elts, scope)
        return next((item for item in items if isinstance(item, Spread)), None) or items

    _set = _list

    def _items(self, nodes: list[ast.expr], scope: Scope) -> list[Value]:
        items = list[Value]()
        for node in nodes:
            if not isinstance(node, ast.Starred):
                items.append(self.evaluate(node, scope))
                continue
            spread = self.iterate(self.evaluate(node.value, scope))
            items.extend([Spread(self.text(node), node.lineno)] if spread is None else spread)
        return items

    def iterate(self, value: Value) -> list[Value] | None:
        """Give the items of what can be walked through; None where nobody knows."""
        if isinstance(value, str | list | tuple | dict):
            return list(value)
        return None

    def _dict(self, node: ast.Dict, scope: Scope) -> Value:
        made: Names = {}
        for key, value in zip(node.keys, node.values, strict=True):
            evaluated = self.evaluate(value, scope)
            name = self.evaluate(key, scope) if key else None
            if key is None and isinstance(evaluated, dict):
                made |= evaluated
            elif key is None or not isinstance(name, int | float | str | bool | tuple | None):
                return self.unknown(node)
            else:
                made[name] = evaluated
        return made

    def _unaryop(self, node: ast.UnaryOp, scope: Scope) -> Value:
        value = self.evaluate(node.operand, scope)
        if isinstance(node.op, ast.Not):
            true = truth(value)
            return self.cause(node, value) if true is None else not true
        return self.compute(node, UNARY[type(node.op)], value)

    def _binop(self, node: ast.BinOp, scope: Scope) -> Value:
        return self.binary(node, node.op, self.evaluate(node.left, scope), self.evaluate(node.right, scope))

    def _boolop(self, node: ast.BoolOp, scope: Scope) -> Value:
        decisive = isinstance(node.op, ast.Or)
        unknown: Unknown | None = None
        value: Value = None
        for part in node.values:
            value = self.evaluate(part, scope)
            true = truth(value)
            if true is None:
                unknown = unknown or self.cause(node, value)
            elif true is decisive:
                return unknown or value
        return unknown or value

    def _compare(self, node: ast.Compare, scope: Scope) -> Value:
        left = self.evaluate(node.left, scope)
        for op, right_node in zip(node.ops, node.comparators, strict=True):
            right = self.evaluate(right_node, scope)
            result = self.compared(node, op, left, right)
            if result is not True:
                return result
            left = right
        return True

    def _ifexp(self, node: ast.IfExp, scope: Scope) -> Value:
        test = self.evaluate(node.test, scope)
        true = truth(test)
        if true is not None:
            return self.evaluate(node.body if true else node.orelse, scope)
        with self.doubting(self.cause(node.test, test)):
            values = self.evaluate(node.body, scope), self.evaluate(node.orelse, scope)
        return values[0] if same(*values) else self.cause(node, test)

    def _subscript(self, node: ast.Subscript, scope: Scope) -> Value:
        owner, key = self.evaluate(node.value, scope), self.evaluate(node.slice, scope)
        return self.item(owner, key, node)

    def item(self, owner: Value, key: Value, node: ast.AST) -> Value:
        """Give what stands at a place of something."""
        if isinstance(owner, str | list | tuple) and isinstance(key, int | slice):
            return self._compute_plain(node, owner, key)
        if isinstance(owner, dict) and isinstance(key, PLAIN) and not isinstance(key, list | dict):
            return owner[key] if key in owner else self.unknown(node)
        return self.cause(node, owner if isinstance(owner, Unknown) else key)

    def _compute_plain(self, node: ast.AST, owner: Value, key: Value) -> Value:
        try:
            return owner[key]
        except FAILURES:
            return self.unknown(node)

    def _slice(self, node: ast.Slice, scope: Scope) -> Value:
        parts = [self.evaluate(part, scope) if part else None for part in (node.lower, node.upper, node.step)]
        if all(part is None or isinstance(part, int) for part in parts):
            return slice(*parts)
        return self.cause(node, next(part for part in parts if part is not None and not isinstance(part, int)))

    def _lambda(self, node: ast.Lambda, scope: Scope) -> Value:
        body: list[ast.stmt] = [ast.copy_location(ast.Return(value=node.body), node)]
        defaults = [self.evaluate(default, scope) for default in node.args.defaults]
        keyword = [self.evaluate(default, scope) if default else None for default in node.args.kw_defaults]
        return Function("<lambda>", node.args, body, scope, defaults, keyword)

    def _joinedstr(self, node: ast.JoinedStr, scope: Scope) -> Value:
        parts = [self.evaluate(part, scope) for part in node.values]
        return "".join(parts) if all(isinstance(part, str) for part in parts) else self.unknown(node)

    def _formattedvalue(self, node: ast.FormattedValue, scope: Scope) -> Value:
        value = self.evaluate(node.value, scope)
        plain = isinstance(value, int | str) and node.format_spec is None and node.conversion == -1
        return str(value) if plain else self.cause(node, value)

    def _listcomp(self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp, scope: Scope) -> Value:
        items = [self.evaluate(node.elt, inner) for inner in self._rounds(node.generators, scope)]
        return next((item for item in items if isinstance(item, Spread)), items)

    _generatorexp = _setcomp = _listcomp

    def _dictcomp(self, node: ast.DictComp, scope: Scope) -> Value:
        made: Names = {}
        for inner in self._rounds(node.generators, scope):
            key, value = self.evaluate(node.key, inner), self.evaluate(node.value, inner)
            if not isinstance(key, int | str | tuple):
                return self.cause(node, key)
            made[key] = value
        return made

    def _rounds(self, generators: list[ast.comprehension], scope: Scope) -> Iterator[Scope]:
        """Give the names of each round of a comprehension; where it walks through is unknown, one round of that."""
        first, *others = generators
        walked = self.evaluate(first.iter, scope)
        items = self.iterate(walked)
        for item in [Spread(self.text(first.iter), first.iter.lineno)] if items is None else items:
            inner = Scope({}, parent=scope, method=scope.method)
            self.assign(first.target, item, inner)
            tests = [truth(self.evaluate(test, inner)) for test in first.ifs]
            if False not in tests:
                yield from self._rounds(others, inner) if others else [inner]

    def assign(self, target: ast.expr, value: Value, scope: Scope) -> None:
        """Give a value to a name, an attribute or a place."""
        raise NotImplementedError

    def _call(self, node: ast.Call, scope: Scope) -> Value:
        function = self.evaluate(node.func, scope)
        if isinstance(node.func, ast.Name) and node.func.id == "super" and not isinstance(function, Function):
            return self.superior(node, scope)
        args = self._items(node.args, scope)
        keywords: Names = {}
        for keyword in node.keywords:
            value = self.evaluate(keyword.value, scope)
            if keyword.arg:
                keywords[keyword.arg] = value
            elif isinstance(value, dict):
                keywords |= {name: each for name, each in value.items() if isinstance(name, str)}
            else:
                args.append(Spread(f"**{self.text(keyword.value)}", node.lineno))
        return self.call(function, args, keywords, node)

    def superior(self, node: ast.Call, scope: Scope) -> Value:
        """Give what `super()` stands for in a method."""
        raise NotImplementedError
