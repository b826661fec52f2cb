"""Ways that a run can take: out of functions and loops, both ways where nobody knows which, and loops."""

import ast
from abc import abstractmethod
from collections.abc import Callable
from contextlib import suppress

from explorer.exchange.python.calls import Calls
from explorer.exchange.python.machine import MAX_LOOP, same
from explorer.exchange.python.operations import truth
from explorer.exchange.python.values import Names, Scope, Unknown, Value

Branch = Callable[[], None]


class ReturnedError(Exception):
    """A function has come to its `return`."""

    def __init__(self, value: Value) -> None:
        super().__init__()
        self.value = value


class RaisedError(Exception):
    """The text raises an error of its own here."""

    def __init__(self, unknown: Unknown) -> None:
        super().__init__()
        self.unknown = unknown


class LeftError(Exception):
    """A loop is left, or its next round begun."""

    def __init__(self, *, ends: bool) -> None:
        super().__init__()
        self.ends = ends


LEAVES = (ReturnedError, RaisedError, LeftError)


class Ways(Calls):
    """Takes them."""

    @abstractmethod
    def execute(self, body: list[ast.stmt], scope: Scope) -> None:
        """Run statements."""

    def either(self, branches: list[Branch], scope: Scope, why: Unknown) -> None:
        """Go each way there is, and keep as known what is the same after all that come to an end."""
        before, outcomes = dict(scope.names), list[Names]()
        for branch in branches:
            scope.names = dict(before)
            with self.doubting(why):
                try:
                    branch()
                    outcomes.append(scope.names)
                except ReturnedError:
                    scope.doubt = scope.doubt or why
                except (RaisedError, LeftError):
                    pass
        scope.names = _merged(outcomes or [before], why)

    def forget(self, body: list[ast.stmt], scope: Scope, why: Unknown) -> None:
        """Make unknown whatever statements assign to, anywhere in them."""
        for node in [each for statement in body for each in ast.walk(statement)]:
            if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
                with suppress(*LEAVES):
                    self.assign(node, why, scope)

    def _do_for(self, node: ast.For, scope: Scope) -> None:
        walked = self.evaluate(node.iter, scope)
        items = self.iterate(walked)
        if items is None:
            why = walked if isinstance(walked, Unknown) else self.unknown(node.iter)
            self._once(node, scope, why)
            return
        self._rounds_of([(node.target, item) for item in items], node, scope)

    def _once(self, node: ast.For | ast.While, scope: Scope, why: Unknown) -> None:
        """Run the body of a loop of which nobody knows how often it runs, and then forget what it has changed."""

        def body() -> None:
            if isinstance(node, ast.For):
                self.assign(node.target, Unknown(why.what, why.line), scope)
            self.execute(node.body, scope)

        self.either([body, lambda: None], scope, why)

    def _rounds_of(self, rounds: list[tuple[ast.expr, Value]], node: ast.For, scope: Scope) -> None:
        least, before = self.steps - MAX_LOOP, len(self.changed)
        for target, item in rounds:
            self.assign(target, item, scope)
            try:
                self.execute(node.body, scope)
            except LeftError as left:
                if left.ends:
                    return
            if self.steps < least:
                self._cut(node, scope, before)
                return
        self.execute(node.orelse, scope)

    def _cut(self, node: ast.For | ast.While, scope: Scope, before: int) -> None:
        """Leave a long loop: what its other rounds would do is unknown."""
        why = self.unknown(node, "what a long loop gives")
        self.forget(node.body, scope, why)
        for container in self.changed[before:]:
            container.append(why) if isinstance(container, list) else container.update(dict.fromkeys(container, why))

    def _do_while(self, node: ast.While, scope: Scope) -> None:
        least, before = self.steps - MAX_LOOP, len(self.changed)
        while (true := truth(test := self.evaluate(node.test, scope))) is True:
            try:
                self.execute(node.body, scope)
            except LeftError as left:
                if left.ends:
                    return
            if self.steps < least:
                self._cut(node, scope, before)
                return
        if true is None:
            self._once(node, scope, test if isinstance(test, Unknown) else self.unknown(node.test))


def _merged(outcomes: list[Names], why: Unknown) -> Names:
    """Give the names that all outcomes agree on, and those that only some have."""
    merged: Names = {}
    for name in dict.fromkeys(name for outcome in outcomes for name in outcome):
        values = [outcome[name] for outcome in outcomes if name in outcome]
        merged[name] = values[0] if all(same(values[0], other) for other in values) else why
    return merged
