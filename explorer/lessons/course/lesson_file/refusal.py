"""Why a value of a lesson's file is refused: where, what was found there, and what the records' types allow there."""

import re
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from msgspec.inspect import (
    BoolType,
    DictType,
    FloatType,
    IntType,
    LiteralType,
    NoneType,
    StrType,
    StructType,
    TupleType,
    Type,
    UnionType,
    VarTupleType,
)

from explorer.lessons.course.quantities import meant

SHOWN = 60  # letters of a value that an error repeats
PATH = re.compile(r" - at `(?:key in )?\$([^`]*)`$")
STEP = re.compile(r"\.(\w+)|\[(\d+)\]|\[(\.\.\.)\]")
Path = tuple[str | int, ...]


class Refused(NamedTuple):
    """Where a file fails, and in which words."""

    path: Path
    found: str
    allowed: str
    repair: str = ""


def refused(raw: object, wanted: Type, message: str) -> Refused:
    """Turn msgspec's message about a file's value into the words of a refusal."""
    match = PATH.search(message)
    path, value, kind = _follow(match[1] if match else "", raw, wanted)
    if isinstance(value, dict) and isinstance(kind, StructType):
        names = _names(kind)
        unknown = next((key for key in value if key not in names), None)
        if unknown is not None:
            return Refused((*path, str(unknown)), *unknown_words(str(unknown), names))
        missing = [field.name for field in kind.fields if field.required and field.name not in value]
        if missing:
            return Refused(path, f"a table without {' and '.join(missing)}", allowed(kind), f"Add {missing[0]}.")
    if isinstance(kind, UnionType) and isinstance(value, dict) and _records(kind):
        tags = [str(record.tag) for record in _records(kind)]
        found = value.get("asks")
        repair = meant(found, tags) if isinstance(found, str) else "Add asks."
        return Refused((*path, "asks"), show(found), f"one of {', '.join(tags)}", repair)
    if isinstance(kind, DictType) and isinstance(value, dict):
        return Refused(path, f"a name or a value that is none: {show(next(iter(value), ''))}", allowed(kind))
    return Refused(path, show(value), allowed(kind))


def unknown_words(unknown: str, names: list[str]) -> tuple[str, str, str]:
    """Say that a field is unknown: what was found, what is allowed, and what was probably meant."""
    return f"the unknown field {show(unknown)}", f"only {', '.join(names)}", meant(unknown, names)


def dotted(path: Sequence[str | int]) -> str:
    """Write a path as people do: `steps[3].task.what`, counted from 1."""
    written = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path)
    return written.removeprefix(".")


def _follow(told: str, value: object, wanted: Type) -> tuple[Path, object, Type]:
    path: Path = ()
    for name, place, _ in STEP.findall(told):
        kind = _chosen(wanted, value)
        match kind, value:
            case VarTupleType(item_type=item), list() if place:
                path, value, wanted = (*path, int(place)), value[int(place)], item
            case TupleType(item_types=items), list() if place and int(place) < len(items):
                path, value, wanted = (*path, int(place)), value[int(place)], items[int(place)]
            case StructType(fields=fields), dict() if name in value:
                path, value = (*path, name), value[name]
                wanted = next(field.type for field in fields if field.name == name)
            case _:
                break
    return path, value, _chosen(wanted, value)


def _chosen(wanted: Type, value: object) -> Type:
    """Pick the one of several types that a value is meant to be."""
    if not isinstance(wanted, UnionType):
        return wanted
    if isinstance(value, dict):
        records = _records(wanted)
        tagged = (one for one in records if one.tag is not None and one.tag == value.get("asks"))
        plain = (
            one
            for one in wanted.types
            if isinstance(one, DictType) or (isinstance(one, StructType) and one.tag is None)
        )
        return next(chain[Type](tagged, plain), wanted)
    others = [one for one in wanted.types if not isinstance(one, NoneType)]
    return others[0] if len(others) == 1 else wanted


def _records(wanted: UnionType) -> list[StructType]:
    return [one for one in wanted.types if isinstance(one, StructType)]


def _names(record: StructType) -> list[str]:
    return [*([record.tag_field] if record.tag_field else []), *(field.name for field in record.fields)]


def allowed(wanted: Type) -> str:
    """Say what a type allows."""
    match wanted:
        case IntType() | FloatType():
            return f"a {'whole ' * isinstance(wanted, IntType)}number{_limits(wanted)}"
        case StrType(pattern=str()):
            return "a name of small letters, digits and -, such as first-guess, at most 40 letters"
        case StrType():
            return (
                f"a text of {wanted.min_length or 0:,} to {wanted.max_length:,} letters"
                if wanted.max_length
                else "a text"
            )
        case BoolType():
            return "true or false"
        case LiteralType():
            return f"one of {', '.join(map(str, wanted.values))}"
    return _allowed_many(wanted)


def _limits(wanted: IntType | FloatType) -> str:
    return "" if wanted.ge is None or wanted.le is None else f" from {wanted.ge:,g} to {wanted.le:,g}"


def _allowed_many(wanted: Type) -> str:
    match wanted:
        case StructType():
            return f"a table with {', '.join(_names(wanted))}"
        case DictType():
            return f"a table of at most {wanted.max_length} names, each with {allowed(wanted.value_type)}"
        case VarTupleType():
            return f"a list of {wanted.min_length or 0} to {wanted.max_length}, each {allowed(wanted.item_type)}"
        case TupleType():
            return f"a list of {len(wanted.item_types)}, each {allowed(wanted.item_types[0])}"
        case UnionType() if _records(wanted):
            return f"a table that asks one of {', '.join(str(record.tag) for record in _records(wanted))}"
        case UnionType():
            return " or ".join(allowed(one) for one in wanted.types if not isinstance(one, NoneType))
    raise TypeError(f"no words for {wanted}")


def show(value: object) -> str:
    """Repeat a value, shortened: it may come from a stranger."""
    if isinstance(value, dict | list):
        return f"a {'table' if isinstance(value, dict) else 'list'} of {len(value):,}"
    if isinstance(value, bool | None):
        return {True: "true", False: "false", None: "nothing"}[value]
    if isinstance(value, int) and abs(value) >= 10**18:
        return "a number beyond 10^18"
    text = f"“{value[: SHOWN + 1]}”" if isinstance(value, str) else str(value)
    return text if len(text) <= SHOWN + 2 else text[:SHOWN] + "…”"
