"""What is in a value: how much, whether its number is known, and whether two are surely the same."""

from typing import Any

from explorer.exchange.python.values import Names, Spread, Value

MAX_SIZE = 4_096  # items of a list, letters of a text
MAX_LEVELS = 40  # of lists within lists


def containers(held: list[Names]) -> list[Any]:
    """Give dictionaries, and the lists and dictionaries in them, as many as are looked at."""
    waiting, found = list[Any](held), dict[int, Any]()
    while waiting and len(found) <= MAX_SIZE:
        each = waiting.pop()
        if isinstance(each, list | dict) and id(each) not in found:
            found[id(each)] = each
            waiting.extend(each.values() if isinstance(each, dict) else each[:MAX_SIZE])
    return list(found.values())


def is_large(*values: Value, most: int = MAX_SIZE) -> bool:
    """Tell whether lists within lists are too deep or have more items, as often as they stand there, than are read."""
    waiting, count = [(value, 0) for value in values], 0
    while waiting:
        value, level = waiting.pop()
        items = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
        count += len(items)
        if count > most or (items and level > MAX_LEVELS):
            return True
        waiting.extend((item, level + 1) for item in items)
    return False


def spread_in(value: Value) -> Spread | None:
    """Give what makes the number of something's items unknown, or None where that is known."""
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return next((item for item in items if isinstance(item, Spread)), None)


def same(one: Value, other: Value) -> bool:
    """Tell whether two values are surely the same."""
    plain = int | float | str | bool | None
    return one is other or (isinstance(one, plain) and isinstance(other, plain) and repr(one) == repr(other))
