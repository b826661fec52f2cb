"""Statements: each kind of node, and what it does. Where nobody knows which way a text goes, it goes both."""

import ast

from explorer.exchange.python.machine import same
from explorer.exchange.python.operations import truth
from explorer.exchange.python.values import Class, External, Function, Instance, Scope, Unknown, Value
from explorer.exchange.python.ways import LeftError, RaisedError, ReturnedError, Ways


class Statements(Ways):
    """Executes statements."""

    def execute(self, body: list[ast.stmt], scope: Scope) -> None:
        """Run statements; what the language does not have makes unknown what it assigns to."""
        for statement in body:
            self.step()
            run = getattr(self, f"_do_{type(statement).__name__.lower()}", None)
            if run:
                run(statement, scope)
            else:
                self.forget([statement], scope, self.unknown(statement))

    def run_function(self, function: Function, scope: Scope) -> Value:
        """Run a function's body, and give what it returns."""
        value: Value = None
        try:
            self.execute(function.body, scope)
        except ReturnedError as returned:
            value = returned.value
        return scope.doubt if scope.doubt and value is not None else value

    def _do_expr(self, node: ast.Expr, scope: Scope) -> None:
        self.evaluate(node.value, scope)

    def _do_assign(self, node: ast.Assign, scope: Scope) -> None:
        value = self.evaluate(node.value, scope)
        for target in node.targets:
            self.assign(target, value, scope)

    def _do_annassign(self, node: ast.AnnAssign, scope: Scope) -> None:
        if node.value:
            self.assign(node.target, self.evaluate(node.value, scope), scope)
        elif scope.is_class and isinstance(node.target, ast.Name):
            scope.names.setdefault("__annotations__", []).append(node.target.id)

    def _do_augassign(self, node: ast.AugAssign, scope: Scope) -> None:
        read = ast.copy_location(_as_read(node.target), node.target)
        now, more = self.evaluate(read, scope), self.evaluate(node.value, scope)
        if isinstance(now, list) and isinstance(node.op, ast.Add):
            items = self.iterate(more)
            now.extend([self.unknown(node)] if items is None or self.doubt else items)
            self.change(now)
            return
        self.assign(node.target, self.binary(node, node.op, now, more), scope)

    def assign(self, target: ast.expr, value: Value, scope: Scope) -> None:
        """Give a value to a name, to an attribute, to a place in something, or its parts to several."""
        match target:
            case ast.Name(id=name):
                self._owner_of(name, scope).names[name] = value
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                self._assign_each(targets, value, scope)
            case ast.Starred(value=inner):
                self.assign(inner, value, scope)
            case ast.Attribute(value=owner, attr=name):
                self.set_attribute(self.evaluate(owner, scope), name, value)
            case ast.Subscript(value=owner, slice=place):
                self.set_item(self.evaluate(owner, scope), self.evaluate(place, scope), value, target)

    def _owner_of(self, name: str, scope: Scope) -> Scope:
        while name in scope.shared and scope.parent:
            scope = scope.parent
            if name in scope.names:
                return scope
        return scope

    def _assign_each(self, targets: list[ast.expr], value: Value, scope: Scope) -> None:
        items = self.iterate(value)
        starred = next((place for place, target in enumerate(targets) if isinstance(target, ast.Starred)), None)
        if items is not None and starred is not None and len(items) >= len(targets) - 1:
            after = len(targets) - starred - 1
            middle = items[starred : len(items) - after]
            items = [*items[:starred], middle, *items[len(items) - after :]]
        if items is None or len(items) != len(targets):
            unknown = value if isinstance(value, Unknown) else self.unknown(targets[0])
            items = [unknown] * len(targets)
        for target, item in zip(targets, items, strict=True):
            self.assign(target, item, scope)

    def _do_return(self, node: ast.Return, scope: Scope) -> None:
        raise ReturnedError(self.evaluate(node.value, scope) if node.value else None)

    def _do_raise(self, node: ast.Raise, scope: Scope) -> None:
        raise RaisedError(self.unknown(node))

    def _do_break(self, node: ast.Break, scope: Scope) -> None:
        raise LeftError(ends=True)

    def _do_continue(self, node: ast.Continue, scope: Scope) -> None:
        raise LeftError(ends=False)

    def _do_pass(self, node: ast.stmt, scope: Scope) -> None:
        """Do nothing."""

    _do_assert = _do_pass

    def _do_global(self, node: ast.Global | ast.Nonlocal, scope: Scope) -> None:
        scope.shared.update(node.names)

    _do_nonlocal = _do_global

    def _do_delete(self, node: ast.Delete, scope: Scope) -> None:
        for target in node.targets:
            match target:
                case ast.Name(id=name):
                    scope.names.pop(name, None)
                case ast.Attribute(value=owner, attr=name):
                    self.remove(self.evaluate(owner, scope), name, target)
                case ast.Subscript(value=owner, slice=place):
                    self.remove(self.evaluate(owner, scope), self.evaluate(place, scope), target)

    def _do_import(self, node: ast.Import, scope: Scope) -> None:
        for alias in node.names:
            path = alias.name if alias.asname else alias.name.partition(".")[0]
            scope.names[alias.asname or path] = External(path)

    def _do_importfrom(self, node: ast.ImportFrom, scope: Scope) -> None:
        for alias in node.names:
            if alias.name == "*":
                self.stars.append(node.module or "")
            elif node.level:
                scope.names[alias.asname or alias.name] = self.unknown(node, f"{alias.name}, which is another file's")
            else:
                path = f"{node.module}.{alias.name}"
                scope.names[alias.asname or alias.name] = self.imported(path)

    def _do_functiondef(self, node: ast.FunctionDef, scope: Scope) -> None:
        defaults = [self.evaluate(default, scope) for default in node.args.defaults]
        keyword = [self.evaluate(default, scope) if default else None for default in node.args.kw_defaults]
        decorators = tuple(ast.unparse(each) for each in node.decorator_list)
        scope.names[node.name] = Function(node.name, node.args, node.body, scope, defaults, keyword, decorators)

    def _do_classdef(self, node: ast.ClassDef, scope: Scope) -> None:
        bases = tuple(self.evaluate(base, scope) for base in node.bases)
        inner = Scope({}, parent=scope, is_class=True)
        self.execute(node.body, inner)
        made = Class(node.name, bases, inner.names, node.lineno)
        for value in inner.names.values():
            if isinstance(value, Function):
                value.owner = made
        scope.names[node.name] = made
        self.classes.append(made)

    def _do_if(self, node: ast.If, scope: Scope) -> None:
        test = self.evaluate(node.test, scope)
        true = truth(test)
        if true is not None:
            self.execute(node.body if true else node.orelse, scope)
            return
        why = test if isinstance(test, Unknown) else self.unknown(node.test)
        self.either([lambda: self.execute(node.body, scope), lambda: self.execute(node.orelse, scope)], scope, why)

    def _do_with(self, node: ast.With, scope: Scope) -> None:
        for item in node.items:
            value = self.evaluate(item.context_expr, scope)
            if item.optional_vars:
                unknown = value if isinstance(value, Unknown) else self.unknown(item.context_expr)
                self.assign(item.optional_vars, unknown, scope)
        self.execute(node.body, scope)

    def _do_try(self, node: ast.Try, scope: Scope) -> None:
        """Take it that all goes well, and otherwise that the first handler mends it."""
        try:
            self.execute([*node.body, *node.orelse], scope)
        except RaisedError:
            if node.handlers:
                self.execute(node.handlers[0].body, scope)
        self.execute(node.finalbody, scope)

    def set_attribute(self, owner: Value, name: str, value: Value) -> None:
        """Give an object an attribute; where it may not come to that, nobody knows it from then on."""
        names = owner.attributes if isinstance(owner, Instance) else owner.names if isinstance(owner, Class) else None
        if names is None:
            return
        if self.doubt and name in names and not same(names[name], value):
            value = self.doubt
        names[name] = value


def _as_read(target: ast.expr) -> ast.expr:
    """Give a target of `+=` as an expression that is read."""
    match target:
        case ast.Name(id=name):
            return ast.Name(id=name, ctx=ast.Load())
        case ast.Attribute(value=value, attr=attr):
            return ast.Attribute(value=value, attr=attr, ctx=ast.Load())
        case ast.Subscript(value=value, slice=place):
            return ast.Subscript(value=value, slice=place, ctx=ast.Load())
    return target
