"""Ways that a run can take: out of functions and loops, both ways where nobody knows which, and loops."""

import ast
from abc import abstractmethod
from collections.abc import Callable
from contextlib import ExitStack, suppress

from explorer.exchange.python.calls import Calls
from explorer.exchange.python.contents import same, spread_in
from explorer.exchange.python.machine import MAX_IDLE, MAX_LOOP, PER_STEP, RaisedError
from explorer.exchange.python.standard import changes
from explorer.exchange.python.values import Names, Scope, Unknown, Value

Branch = Callable[[], None]
Begin = Callable[[], bool | None]  # whether a round begins; None where nobody knows


class ReturnedError(Exception):
    """A function has come to its `return`."""

    def __init__(self, value: Value) -> None:
        super().__init__()
        self.value = value


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
        self.step(32 * len(scope.names))
        before, outcomes, left = dict(scope.names), list[Names](), list[Exception]()
        for branch in branches:
            scope.names = dict(before)
            with self.doubting(why):
                try:
                    branch()
                    outcomes.append(scope.names)
                except LEAVES as error:
                    left.append(error)
        scope.names = _merged(outcomes or [before], why)
        way = None if outcomes else min(left, key=_rank)
        for leave in left:
            if leave is not way:
                self._may_leave(leave, scope, why)
        if way:
            raise way

    def _may_leave(self, leave: Exception, scope: Scope, why: Unknown) -> None:
        """Note that what comes next may not run: an error that nothing catches would end the program."""
        if isinstance(leave, ReturnedError):
            scope.doubt = scope.doubt or why
            scope.returned.append(leave.value)
        elif isinstance(leave, LeftError):
            scope.left = scope.left or why
        elif self.guards:
            self.raised, self.young = self.raised or why, {}

    def forget(self, body: list[ast.stmt], scope: Scope, why: Unknown) -> None:
        """Make unknown whatever statements assign to, anywhere in them."""
        nodes = [each for statement in body for each in ast.walk(statement)]
        self.step(PER_STEP * len(nodes) // 2)
        for node in nodes:
            if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
                with suppress(*LEAVES):
                    self.assign(node, why, scope)

    def blurred(self, before: int, why: Unknown) -> None:
        """Let nobody know what is in the lists and dictionaries that have changed since."""
        for container in {id(each): each for each in self.changed[before:]}.values():
            changes.blur(self, container, why)

    def _do_for(self, node: ast.For, scope: Scope) -> None:
        walked = self.evaluate(node.iter, scope)
        items = walked if isinstance(walked, list) else self.iterate(walked)
        if items is None or self._loop(node, scope, self._items_of(items, node, scope)) is None:
            self._once(node, scope, self.cause(node.iter, walked))

    def _once(self, node: ast.For | ast.While, scope: Scope, why: Unknown) -> None:
        """Run the body of a loop once as any of its rounds, of which nobody knows how many there are."""

        def body() -> None:
            self.forget(node.body, scope, why)  # what another round may have left
            if isinstance(node, ast.For):
                self.assign(node.target, Unknown(why.what, why.line), scope)
            with suppress(LeftError):
                self.execute(node.body, scope)

        outer, scope.left = scope.left, None
        self.either([body, lambda: None], scope, why)
        scope.left = outer
        self.forget(node.body, scope, why)
        if any(isinstance(each, ast.Break) for statement in node.body for each in ast.walk(statement)):
            self.either([lambda: self.execute(node.orelse, scope), lambda: None], scope, why)
        else:
            self.execute(node.orelse, scope)

    def _items_of(self, items: list[Value], node: ast.For, scope: Scope) -> Begin:
        """Begin a round with each item, also of a list that the rounds change."""
        place, seen = -1, 0

        def begin() -> bool | None:
            nonlocal place, seen
            place += 1
            if (place == 0 or any(each is items for each in self.changed[seen:])) and spread_in(items):
                return None
            seen = len(self.changed)
            if place < len(items):
                self.assign(node.target, items[place], scope)
            return place < len(items)

        return begin

    def _do_while(self, node: ast.While, scope: Scope) -> None:
        test: Value = None

        def begin() -> bool | None:
            nonlocal test
            return self.truth(test := self.evaluate(node.test, scope))

        if self._loop(node, scope, begin) is None:
            self._once(node, scope, self.cause(node.test, test))

    def _least_steps(self) -> Callable[[], int]:
        """Give how few steps may be left for a loop to go on; one that makes and changes nothing ends sooner."""
        now, changed, made = self.steps, len(self.changed), len(self.seen.instances)

        def least() -> int:
            is_idle = (len(self.changed), len(self.seen.instances)) == (changed, made)
            return now - (MAX_IDLE if is_idle else MAX_LOOP)

        return least

    def _loop(self, node: ast.For | ast.While, scope: Scope, begin: Begin) -> bool | None:
        """Run rounds as long as they begin; behind one that may have left the loop all others are in doubt."""
        before, outer, least = len(self.changed), scope.left, self._least_steps()
        scope.left = None
        with ExitStack() as rest:
            goes_on = self._run_rounds(node, scope, begin, rest, least)
        is_cut = self.steps < least()
        if scope.left:
            self.forget(node.body, scope, scope.left)
        scope.left = outer
        if is_cut:
            why = self.unknown(node, "what a long loop gives")
            self.blurred(before, why)
            self._once(node, scope, why)  # for what its other rounds would change
        return goes_on

    def _run_rounds(
        self, node: ast.For | ast.While, scope: Scope, begin: Begin, rest: ExitStack, least: Callable[[], int]
    ) -> bool | None:
        noted = False
        while going := begin():
            try:
                self.execute(node.body, scope)
            except LeftError as left:
                if left.ends:
                    return True
            if self.steps < least():
                return True
            if scope.left and not noted:
                noted = True
                rest.enter_context(self.doubting(scope.left))
        if going is False:
            self.execute(node.orelse, scope)
        return going


def _rank(leave: Exception) -> int:
    """Say which of the ways out of branches none of which comes to its end is gone, the others being in doubt then."""
    if isinstance(leave, LeftError):
        return 1 if leave.ends else 0
    return 2 if isinstance(leave, ReturnedError) else 3


def _merged(outcomes: list[Names], why: Unknown) -> Names:
    """Give the names that all outcomes agree on, and those that only some have."""
    merged: Names = {}
    for outcome in outcomes:
        for name, value in outcome.items():
            if name not in merged:
                merged[name] = value
            elif merged[name] is not value and not same(merged[name], value):
                merged[name] = why
    return merged
