"""Choices between statements: `if`, `match` and `try`."""

import ast
import builtins
import sys
from collections.abc import Sequence
from functools import partial

from explorer.exchange.python.machine import RaisedError
from explorer.exchange.python.values import External, Scope, Unknown, Value
from explorer.exchange.python.ways import Branch, Ways

THERE = {"torch", "torchvision", "numpy", *sys.stdlib_module_names}
IMPORT_ERRORS = ("ImportError", "ModuleNotFoundError")


class Choices(Ways):
    """Makes choices."""

    def _do_if(self, node: ast.If, scope: Scope) -> None:
        test = self.evaluate(node.test, scope)
        true = self.truth(test)
        if true is not None:
            self.execute(node.body if true else node.orelse, scope)
            return
        branches = [lambda: self.execute(node.body, scope), lambda: self.execute(node.orelse, scope)]
        self.either(branches, scope, self.cause(node.test, test))

    def _do_match(self, node: ast.Match, scope: Scope) -> None:
        """Take the first case that surely fits; each that may fit before it is taken too, in doubt."""
        subject, ways = self.evaluate(node.subject, scope), list[Branch]()
        for case in node.cases:
            fits = self._fits(case.pattern, subject, scope)
            if fits and case.guard:
                fits = self.truth(self.evaluate(case.guard, scope))
            if fits is not False:
                ways.append(partial(self.execute, case.body, scope))
            if fits:
                break
        else:
            ways.append(lambda: None)
        if len(ways) == 1:
            ways[0]()
        else:
            self.either(ways, scope, self.cause(node.subject, subject))

    def _fits(self, pattern: ast.pattern, subject: Value, scope: Scope) -> bool | None:
        """Tell whether a value is what a pattern says, and give the pattern's names their values."""
        match pattern:
            case ast.MatchValue(value=node):
                return self.truth(
                    self.compared(ast.Compare(node, [], []), ast.Eq(), subject, self.evaluate(node, scope))
                )
            case ast.MatchSingleton(value=value):
                return None if isinstance(subject, Unknown) else subject is value
            case ast.MatchOr(patterns=patterns):
                answers = [self._fits(each, subject, scope) for each in patterns]
                return True if True in answers else None if None in answers else False
            case ast.MatchAs(pattern=inner, name=name):
                fits = True if inner is None else self._fits(inner, subject, scope)
                if name and fits is not False:
                    scope.names[name] = subject
                return fits
            case ast.MatchSequence(patterns=patterns):
                return self._fit_each(patterns, subject, scope)
        named = (getattr(each, "name", None) or getattr(each, "rest", None) for each in ast.walk(pattern))
        scope.names.update(dict.fromkeys(filter(None, named), self.unknown(pattern)))
        return None

    def _fit_each(self, patterns: Sequence[ast.pattern], subject: Value, scope: Scope) -> bool | None:
        items = self.iterate(subject) if isinstance(subject, list | tuple) else None
        if items is None or any(isinstance(each, ast.MatchStar) for each in patterns):
            return None if isinstance(subject, Unknown | list | tuple) else False
        if len(items) != len(patterns):
            return False
        answers = [self._fits(each, item, scope) for each, item in zip(patterns, items, strict=True)]
        return False if False in answers else None if None in answers else True

    def _do_assert(self, node: ast.Assert, scope: Scope) -> None:
        if self.guards and self.truth(self.evaluate(node.test, scope)) is False:
            raise RaisedError(self.unknown(node), "AssertionError")

    def _do_raise(self, node: ast.Raise, scope: Scope) -> None:
        made = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        raise RaisedError(self.unknown(node), made.id if isinstance(made, ast.Name) else "")

    def _do_try(self, node: ast.Try, scope: Scope) -> None:
        try:
            if any(_for_imports(handler) for handler in node.handlers) and (why := self._missing(node.body)):
                self._import_or_else(node, scope, why)
            else:
                self._guarded(node, scope)
        finally:
            self.execute(node.finalbody, scope)

    def _guarded(self, node: ast.Try, scope: Scope) -> None:
        """Run a body, and the handler of the error that it surely raises; where it may raise one, each in doubt."""
        outer, self.raised = self.raised, None
        self.guards += bool(node.handlers)
        try:
            self.execute(node.body, scope)
            error = None
        except RaisedError as raised:
            error = raised
        finally:
            self.guards -= bool(node.handlers)
            doubt, self.raised = self.raised, outer
        if error:
            self._handle(node, error, scope)
        elif doubt:
            handlers = [partial(self.execute, each.body, scope) for each in node.handlers]
            self.either([lambda: self.execute(node.orelse, scope), *handlers], scope, doubt)
        else:
            self.execute(node.orelse, scope)

    def _handle(self, node: ast.Try, error: RaisedError, scope: Scope) -> None:
        """Run the first handler that surely catches an error, or in doubt those that may."""
        ways = list[Branch]()
        for handler in node.handlers:
            catches = _catches(handler.type, error.kind)
            if catches is not False:
                ways.append(partial(self._handler, handler, scope, error))
            if catches:
                break
        if not ways:
            raise error
        if len(ways) == 1:
            ways[0]()
        else:
            self.either(ways, scope, error.unknown)

    def _handler(self, handler: ast.ExceptHandler, scope: Scope, error: RaisedError) -> None:
        if handler.name:
            scope.names[handler.name] = error.unknown
        self.execute(handler.body, scope)

    def _missing(self, body: list[ast.stmt]) -> Unknown | None:
        """Give why an import may fail: its module may not be there."""
        for statement in body:
            names = [alias.name for alias in statement.names] if isinstance(statement, ast.Import) else []
            if isinstance(statement, ast.ImportFrom) and not statement.level:
                names = [statement.module or ""]
            roots = {name.partition(".")[0] for name in names}
            if roots - THERE:
                return self.unknown(statement)
        return None

    def _import_or_else(self, node: ast.Try, scope: Scope, why: Unknown) -> None:
        """Go on both with and without a module that may not be there; what it brings is used only where it is."""
        brought: dict[str, Value] = {}

        def body() -> None:
            before = dict(scope.names)
            self.execute([*node.body, *node.orelse], scope)
            new = {name: value for name, value in scope.names.items() if before.get(name) is not value}
            brought.update({name: value for name, value in new.items() if isinstance(value, External)})

        handlers = [lambda body=each.body: self.execute(body, scope) for each in node.handlers]
        self.either([body, *handlers], scope, why)
        scope.names.update(brought)


def _for_imports(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or any(name in (*IMPORT_ERRORS, "Exception") for name in _kinds(handler.type))


def _kinds(node: ast.expr | None) -> list[str]:
    """Give the names of the errors that a handler catches; an empty one for what is no name."""
    nodes = node.elts if isinstance(node, ast.Tuple) else [node] if node else []
    return [each.id if isinstance(each, ast.Name) else "" for each in nodes]


def _catches(node: ast.expr | None, kind: str) -> bool | None:
    """Tell whether a handler catches an error, or None where nobody knows."""
    if node is None:
        return True
    answers = [_is_kind(kind, caught) for caught in _kinds(node)]
    return True if True in answers else None if None in answers else False


def _is_kind(kind: str, caught: str) -> bool | None:
    if caught in ("Exception", "BaseException") or (kind and kind == caught):
        return True
    own, others = getattr(builtins, kind, None), getattr(builtins, caught, None)
    return issubclass(own, others) if isinstance(own, type) and isinstance(others, type) else None
