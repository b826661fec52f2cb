"""Statements: each kind of node, and what it does. Where nobody knows which way a text goes, it goes both."""

import ast
from collections.abc import Iterator

from explorer.exchange.python.calls import Outside, found
from explorer.exchange.python.choices import Choices
from explorer.exchange.python.contents import same
from explorer.exchange.python.operations import PLAIN
from explorer.exchange.python.standard import changes
from explorer.exchange.python.standard.records import FIELDS
from explorer.exchange.python.values import (
    Bound,
    Class,
    External,
    Function,
    Instance,
    Module,
    Scope,
    Tensor,
    Unknown,
    Value,
)
from explorer.exchange.python.ways import LeftError, ReturnedError


class Statements(Choices):
    """Executes statements."""

    def execute(self, body: list[ast.stmt], scope: Scope) -> None:
        """Run statements; what the language does not have makes unknown what it assigns to."""
        since = scope.doubt, scope.left, self.raised
        for place, statement in enumerate(body, 1):
            self.step()
            run = getattr(self, f"_do_{type(statement).__name__.lower()}", None)
            if run:
                run(statement, scope)
            else:
                self.forget([statement], scope, self.unknown(statement))
            if (scope.doubt, scope.left, self.raised) != since:  # the others may not run
                with self.doubting(scope.doubt or scope.left or self.raised):
                    return self.execute(body[place:], scope)
        return None

    def run_function(self, function: Function, scope: Scope) -> Value:
        """Run a function's body, and give what it returns."""
        value: Value = None
        self.frames.append(scope)
        try:
            self.execute(function.body, scope)
        except ReturnedError as returned:
            value = returned.value
        finally:
            self.frames.pop()
        if function.gives:
            return self.made(scope.yielded)
        return value if all(same(value, other) for other in scope.returned) else scope.doubt

    def _do_expr(self, node: ast.Expr, scope: Scope) -> None:
        self.evaluate(node.value, scope)

    def _do_assign(self, node: ast.Assign, scope: Scope) -> None:
        value = self.evaluate(node.value, scope)
        for target in node.targets:
            self.assign(target, value, scope)

    def _do_annassign(self, node: ast.AnnAssign, scope: Scope) -> None:
        if node.value:
            self.assign(node.target, self.evaluate(node.value, scope), scope)
        if scope.is_class and isinstance(node.target, ast.Name) and "ClassVar" not in ast.unparse(node.annotation):
            scope.names.setdefault(FIELDS, []).append(node.target.id)

    def _do_augassign(self, node: ast.AugAssign, scope: Scope) -> None:
        read = ast.copy_location(_as_read(node.target), node.target)
        now, more = self.evaluate(read, scope), self.evaluate(node.value, scope)
        if isinstance(now, list) and isinstance(node.op, ast.Add):
            changes.LISTS["extend"](self, now, more)
        elif isinstance(now, Instance) and isinstance(node.op, ast.Add):
            self.call(self.attribute(now, "extend", read), [more], {}, read)
        elif isinstance(now, dict) and isinstance(node.op, ast.BitOr):
            changes.DICTS["update"](self, now, more)
        else:
            result = self.binary(node, node.op, now, more)
            if isinstance(now, Tensor) and result is not now:
                self.in_place(now, result)
            self.assign(node.target, result, scope)

    def assign(self, target: ast.expr, value: Value, scope: Scope) -> None:
        """Give a value to a name, to an attribute, to a place in something, or its parts to several."""
        match target:
            case ast.Name(id=name):
                self._name_it(name, value, scope)
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                self._assign_each(targets, value, scope)
            case ast.Starred(value=inner):
                self.assign(inner, value, scope)
            case ast.Attribute(value=owner, attr=name):
                self.set_attribute(self.evaluate(owner, scope), name, value)
            case ast.Subscript(value=owner, slice=place):
                self.set_item(self.evaluate(owner, scope), self.evaluate(place, scope), value, target)

    def _name_it(self, name: str, value: Value, scope: Scope) -> None:
        """Give a name a value; another scope's, where it may not come to that, nobody knows from then on."""
        owner = self._owner_of(name, scope)
        if owner is not scope and self.doubt and not same(owner.names.get(name), value):
            value = self.doubt
        owner.names[name] = value

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

    def _do_break(self, node: ast.Break, scope: Scope) -> None:
        raise LeftError(ends=True)

    def _do_continue(self, node: ast.Continue, scope: Scope) -> None:
        raise LeftError(ends=False)

    def _do_pass(self, node: ast.stmt, scope: Scope) -> None:
        """Do nothing."""

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
        made = Function(node.name, node.args, node.body, scope, defaults, keyword, decorators)
        made.gives = any(isinstance(each, ast.Yield | ast.YieldFrom) for each in _own_nodes(node.body))
        if any(mark.endswith(".setter") for mark in decorators) and isinstance(scope.names.get(node.name), Function):
            scope.names[node.name].setter = made
            return
        scope.names[node.name] = self._decorated(node, made, scope)

    def _do_classdef(self, node: ast.ClassDef, scope: Scope) -> None:
        bases = tuple(self.evaluate(base, scope) for base in node.bases)
        inner = Scope({}, parent=scope, is_class=True)
        self.execute(node.body, inner)
        mentions = frozenset(each.id for each in ast.walk(node) if isinstance(each, ast.Name))
        marks = tuple(ast.unparse(each).partition("(")[0].rpartition(".")[2] for each in node.decorator_list)
        made = Class(node.name, bases, inner.names, node.lineno, mentions, marks)
        self.step(8 * len(made.order()))
        for value in inner.names.values():
            if isinstance(value, Function):
                value.owner = made
        scope.names[node.name] = self._decorated(node, made, scope)
        self.classes.append(made)

    def _decorated(self, node: ast.FunctionDef | ast.ClassDef, made: Value, scope: Scope) -> Value:
        """Give what the text's own decorators make of a function or a class; others leave it what it is."""
        for each in reversed(node.decorator_list):
            decorator = self.evaluate(each, scope)
            if isinstance(decorator, Function | Bound):
                given = self.call(decorator, [made], {}, each)
                made = made if isinstance(given, Unknown) else given
        return made

    def _do_with(self, node: ast.With, scope: Scope) -> None:
        for item in node.items:
            value = self.evaluate(item.context_expr, scope)
            if item.optional_vars:
                unknown = value if isinstance(value, Unknown) else self.unknown(item.context_expr)
                self.assign(item.optional_vars, unknown, scope)
        self.execute(node.body, scope)

    def set_attribute(self, owner: Value, name: str, value: Value) -> None:
        """Give an object an attribute; where it may not come to that, nobody knows it from then on."""
        if isinstance(owner, Module) or (isinstance(owner, Tensor) and name == "data"):
            self.put_part(owner, name, value)
        names = owner.attributes if isinstance(owner, Instance) else owner.names if isinstance(owner, Class) else None
        if names is None:
            return
        setter = found(owner.cls, name) if isinstance(owner, Instance) else None
        if isinstance(setter, Function) and setter.setter:
            self.call(setter.setter, [owner, value], {}, ast.copy_location(Outside(), setter.body[0]))
            return
        if isinstance(names.get(name), PLAIN):
            names.pop(name, None)  # a module that comes now is the last, whatever stood for it
        why = self.doubtful(owner)
        names[name] = value if not why or (name in names and same(names[name], value)) else why
        self.change(names)


def _own_nodes(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Give the nodes of a function without those of functions and classes within it."""
    waiting = list[ast.AST](body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))


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
