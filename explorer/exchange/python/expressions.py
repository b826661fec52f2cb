"""Expressions: each kind of node, and what it stands for."""

import ast
from collections.abc import Iterator

from explorer.exchange.python.contents import MAX_SIZE, same, spread_in
from explorer.exchange.python.machine import MAX_NESTING, RanOutError
from explorer.exchange.python.operations import FAILURES, PLAIN, UNARY, Operations
from explorer.exchange.python.standard import changes, texts
from explorer.exchange.python.values import ANY_KEY, Function, Names, Scope, Spread, Unknown, Value


def distinct(items: list[Value]) -> list[Value]:
    """Give the items of a set once each; numbers in the order in which Python keeps them."""
    if all(isinstance(item, int) for item in items):
        return list(set(items))
    if all(isinstance(item, str) for item in items):
        return list(dict.fromkeys(items))
    return [item for place, item in enumerate(items) if not any(same(item, each) for each in items[:place])]


class Expressions(Operations):
    """Evaluates expressions."""

    def evaluate(self, node: ast.expr, scope: Scope) -> Value:
        """Give what an expression stands for; `Unknown` for what the language does not have."""
        self.step()
        self.nesting = getattr(self, "nesting", 0) + 1
        try:
            known = getattr(self, f"_{type(node).__name__.lower()}", None)
            return self.latest(known(node, scope)) if known and self.nesting <= MAX_NESTING else self.unknown(node)
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
        value = self.evaluate(node.value, scope)
        while scope.is_inner and scope.parent:
            scope = scope.parent
        self.assign(node.target, value, scope)
        return value

    def _tuple(self, node: ast.Tuple, scope: Scope) -> Value:
        return tuple(self._items(node.elts, scope))

    def _list(self, node: ast.List, scope: Scope) -> Value:
        return self.made(self._items(node.elts, scope))

    def _set(self, node: ast.Set, scope: Scope) -> Value:
        return self.made(distinct(self._items(node.elts, scope)))

    def _items(self, nodes: list[ast.expr], scope: Scope) -> list[Value]:
        items = list[Value]()
        for node in nodes:
            if not isinstance(node, ast.Starred):
                items.append(self.evaluate(node, scope))
                continue
            walked = self.evaluate(node.value, scope)
            spread = self.iterate(walked)
            items.extend([spread_in(walked) or Spread(self.text(node), node.lineno)] if spread is None else spread)
            if len(items) > MAX_SIZE:
                raise RanOutError
        return items

    def iterate(self, value: Value) -> list[Value] | None:
        """Give the items of what can be walked through; None where nobody knows."""
        if not isinstance(value, str | list | tuple | dict):
            return None
        self.step(len(value))
        return None if spread_in(value) else list(value)

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
        return self.made(made)

    def _unaryop(self, node: ast.UnaryOp, scope: Scope) -> Value:
        value = self.evaluate(node.operand, scope)
        if isinstance(node.op, ast.Not):
            true = self.truth(value)
            return self.cause(node, value) if true is None else not true
        return self.compute(node, UNARY[type(node.op)], value)

    def _binop(self, node: ast.BinOp, scope: Scope) -> Value:
        return self.binary(node, node.op, self.evaluate(node.left, scope), self.evaluate(node.right, scope))

    def _boolop(self, node: ast.BoolOp, scope: Scope) -> Value:
        decisive = isinstance(node.op, ast.Or)
        unknown: Unknown | None = None
        value: Value = None
        for part in node.values:
            with self.doubting(unknown):
                value = self.evaluate(part, scope)
            true = self.truth(value)
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
        true = self.truth(test)
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
        if isinstance(owner, dict) and isinstance(key, PLAIN) and not isinstance(key, list | dict):
            return owner[key] if key in owner else owner.get(ANY_KEY) or self.fails(node, "KeyError")
        if isinstance(owner, str | list | tuple) and isinstance(key, int | slice) and not spread_in(owner):
            try:
                found = owner[key]
                return self.made(self.bounded(node, found)) if isinstance(key, slice) else found
            except FAILURES as error:
                return self.fails(node, type(error).__name__)
        return self.cause(node, key if isinstance(owner, PLAIN) and not spread_in(owner) else owner)

    def _slice(self, node: ast.Slice, scope: Scope) -> Value:
        parts = [self.evaluate(part, scope) if part else None for part in (node.lower, node.upper, node.step)]
        if all(part is None or isinstance(part, int) for part in parts):
            return slice(*parts)
        return self.cause(node, next(part for part in parts if part is not None and not isinstance(part, int)))

    def _yield(self, node: ast.Yield, scope: Scope) -> Value:
        changes.LISTS["append"](self, scope.yielded, self.evaluate(node.value, scope) if node.value else None)
        return self.unknown(node)

    def _yieldfrom(self, node: ast.YieldFrom, scope: Scope) -> Value:
        changes.LISTS["extend"](self, scope.yielded, self.evaluate(node.value, scope))
        return self.unknown(node)

    def _lambda(self, node: ast.Lambda, scope: Scope) -> Value:
        body: list[ast.stmt] = [ast.copy_location(ast.Return(value=node.body), node)]
        defaults = [self.evaluate(default, scope) for default in node.args.defaults]
        keyword = [self.evaluate(default, scope) if default else None for default in node.args.kw_defaults]
        return Function("<lambda>", node.args, body, scope, defaults, keyword)

    def _joinedstr(self, node: ast.JoinedStr, scope: Scope) -> Value:
        parts = [self.evaluate(part, scope) for part in node.values]
        return texts.joined(self, node, "", parts)

    def _formattedvalue(self, node: ast.FormattedValue, scope: Scope) -> Value:
        value = self.evaluate(node.value, scope)
        way = self.evaluate(node.format_spec, scope) if node.format_spec else ""
        return texts.in_words(self, node, value, way) if node.conversion in (-1, ord("s")) else self.unknown(node)

    def _listcomp(self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp, scope: Scope) -> Value:
        items = list[Value]()
        for inner, why in self._rounds(node.generators, scope):
            if len(items) > MAX_SIZE:
                raise RanOutError
            with self.doubting(why):
                item = self.evaluate(node.elt, inner)
            items.append(Spread(why.what, why.line) if why else item)
        return self.made(items)

    _generatorexp = _listcomp

    def _setcomp(self, node: ast.SetComp, scope: Scope) -> Value:
        return self.made(distinct(self._listcomp(node, scope)))

    def _dictcomp(self, node: ast.DictComp, scope: Scope) -> Value:
        made: Names = {}
        for inner, why in self._rounds(node.generators, scope):
            with self.doubting(why):
                key, value = self.evaluate(node.key, inner), self.evaluate(node.value, inner)
            if why or not isinstance(key, int | str | tuple):
                return why or self.cause(node, key)
            made[key] = value
        return self.made(made)

    def _rounds(
        self, generators: list[ast.comprehension], scope: Scope, why: Unknown | None = None, *, is_first: bool = True
    ) -> Iterator[tuple[Scope, Unknown | None]]:
        """Give the names of each round of a comprehension, and why it may not run; all rounds have the same names.

        Where nobody knows what it walks through, there is one round of that.
        """
        first, *others = generators
        walked = self.evaluate(first.iter, scope)
        items = self.iterate(walked)
        if items is None:
            items, why = [found := self._spread(first.iter, walked)], why or found
        inner = Scope({}, parent=scope, method=scope.method, is_inner=True) if is_first else scope
        for item in items:
            self.assign(first.target, item, inner)
            tests = [self._tested_by(test, inner) for test in first.ifs]
            if False not in tests:
                doubt = why or next((test for test in tests if isinstance(test, Unknown)), None)
                yield from self._rounds(others, inner, doubt, is_first=False) if others else [(inner, doubt)]

    def _spread(self, node: ast.expr, walked: Value) -> Spread:
        return spread_in(walked) or Spread(self.text(node), node.lineno)

    def _tested_by(self, node: ast.expr, scope: Scope) -> bool | Unknown:
        test = self.evaluate(node, scope)
        true = self.truth(test)
        return self.cause(node, test) if true is None else true

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
