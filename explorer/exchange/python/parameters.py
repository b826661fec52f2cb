"""What a function of the text calls the arguments of a call, and which calls Python refuses."""

from explorer.exchange.python.contents import spread_in
from explorer.exchange.python.values import Function, Names, Unknown, Value


def is_refused(function: Function, args: list[Value], keywords: Names) -> bool:
    """Tell whether Python would refuse a call, of as many arguments as are known: too many, too few, one twice."""
    if spread_in(args):
        return False
    declared = function.arguments
    positional = [each.arg for each in (*declared.posonlyargs, *declared.args)]
    given = {*positional[: len(args)], *keywords}
    needed = positional[: len(positional) - len(function.defaults)]
    only = zip(declared.kwonlyargs, declared.kw_defaults, strict=True)
    needed += [each.arg for each, default in only if default is None]
    known = {*positional, *(each.arg for each in declared.kwonlyargs)}
    too_many = len(args) > len(positional) and not declared.vararg
    strange = not declared.kwarg and not keywords.keys() <= known
    twice = bool(set(positional[: len(args)]) & keywords.keys())
    return too_many or strange or twice or not given >= set(needed)


def bound_arguments(function: Function, args: list[Value], keywords: Names) -> Names:
    """Give a function's names at the start: what a call gives, else the defaults, else `Unknown` by their own name."""
    declared = function.arguments
    positional = [each.arg for each in (*declared.posonlyargs, *declared.args)]
    names = _unknown_names(function, [*positional, *(each.arg for each in declared.kwonlyargs)])
    first = len(positional) - len(function.defaults)
    names |= dict(zip(positional[first:], function.defaults, strict=True))
    only = zip(declared.kwonlyargs, declared.kw_defaults, function.keyword_defaults, strict=True)
    names |= {each.arg: value for each, default, value in only if default is not None}
    names |= dict(zip(positional, args, strict=False))
    names |= {name: value for name, value in keywords.items() if name in names}
    if declared.vararg:
        names[declared.vararg.arg] = tuple(args[len(positional) :])
    if declared.kwarg:
        names[declared.kwarg.arg] = {name: value for name, value in keywords.items() if name not in names}
    return names


def _unknown_names(function: Function, names: list[str]) -> Names:
    line = function.body[0].lineno if function.body else 0
    return {name: Unknown(f"{name}, which nothing in the text gives", line) for name in names}
