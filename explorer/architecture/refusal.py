"""Why a JSON value is no design: where it fails, what was found there, and what the records' types allow there.

The types alone decide what a design is; this only finds the words for a refusal that has happened.
"""

import json
import re

from msgspec.inspect import (
    BoolType,
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

from explorer.architecture.errors import DesignError

SHOWN = 60  # characters of a refused value that an error repeats: it may come from a stranger
PATH = re.compile(
    r" - at `\$([^`]*)`$"
)  # where msgspec says it stopped; field names and indices, nothing of the sender's
STEP = re.compile(r"\w+")


def refuse(raw: object, design: Type, message: str) -> DesignError:
    """Turn msgspec's `message` about `raw`, which should have been a `design`, into where, found and allowed."""
    if isinstance(raw, dict) and isinstance(design, StructType) and raw.keys() - set(_names(design)):
        return _unknown("", raw, design)  # first, so that what follows `at` in a message is never a sender's key
    match = PATH.search(message)
    path = match[1].removeprefix(".") if match else ""
    value, wanted = _at(path, raw, design)
    if message.startswith("Object missing"):
        return _missing(path, value, wanted)
    if message.startswith("Object contains unknown"):
        return _unknown(path, value, wanted)
    return DesignError(where=path or "design", found=show(value), allowed=allowed(wanted))


def _at(path: str, value: object, wanted: Type) -> tuple[object, Type]:
    """Follow a path such as `layers[3].kernel_size` into a value and, beside it, into its type."""
    for step in STEP.findall(path):
        value, wanted = _inside(value, wanted, step)
    return value, _chosen(wanted, value)


def _inside(value: object, wanted: Type, step: str) -> tuple[object, Type]:
    match _chosen(wanted, value), value:
        case VarTupleType(item_type=item), list():
            return value[int(step)], item
        case TupleType(item_types=items), list():
            return value[int(step)], items[int(step)]
        case StructType(fields=fields), dict():
            return value[step], next(field.type for field in fields if field.name == step)
        case union, dict():  # only `kind` is read before the kind of layer is known
            return value[step], union
    return value, wanted


def _chosen(wanted: Type, value: object) -> Type:
    """Pick the record that an object's `kind` names, where there is a choice of records."""
    kind = value.get("kind") if isinstance(value, dict) else None
    return next((one for one in _records(wanted) if one.tag == kind), wanted) if kind else wanted


def _records(wanted: Type) -> list[StructType]:
    return [one for one in wanted.types if isinstance(one, StructType)] if isinstance(wanted, UnionType) else []


def _names(record: StructType) -> list[str]:
    return [field.name for field in record.fields]


def _missing(path: str, value: object, wanted: Type) -> DesignError:
    needed = [field.name for field in wanted.fields if field.required] if isinstance(wanted, StructType) else ["kind"]
    absent = [name for name in needed if isinstance(value, dict) and name not in value]
    found = f"an object without {' and '.join(absent)}"
    return DesignError(where=path or "design", found=found, allowed=f"an object with {', '.join(needed)}")


def _unknown(path: str, value: object, wanted: Type) -> DesignError:
    fields = _names(wanted) if isinstance(wanted, StructType) else []
    names = ["kind", *fields] if path else fields
    unknown = next((name for name in value if name not in names), "") if isinstance(value, dict) else ""
    found = f"the unknown field {show(unknown)}"
    return DesignError(where=path or "design", found=found, allowed=f"only the fields {', '.join(names)}")


def allowed(wanted: Type) -> str:
    """Say what a type allows: `a whole number from 1 to 255`."""
    match wanted:
        case IntType():
            return f"a whole number from {wanted.ge:,} to {wanted.le:,}"
        case FloatType():
            highest = f"below {wanted.lt:,g}" if wanted.le is None else f"{wanted.le:,g}"
            return f"a number from {wanted.ge:,g} to {highest}"
        case StrType():
            return f"text of {wanted.min_length} to {wanted.max_length} characters"
        case BoolType():
            return "true or false"
        case NoneType():
            return "null"
    return _allowed_inside(wanted)


def _allowed_inside(wanted: Type) -> str:
    match wanted:
        case LiteralType():
            return f"one of {', '.join(map(str, wanted.values))}"
        case TupleType():
            return f"a list of {len(wanted.item_types)} whole numbers: channels, height, width"
        case VarTupleType():
            return _allowed_list(wanted)
        case StructType():
            return f"an object with {', '.join(_names(wanted))}"
        case UnionType() if _records(wanted):
            return f"a layer of one of the kinds {', '.join(str(record.tag) for record in _records(wanted))}"
        case UnionType():
            return " or ".join(allowed(one) for one in wanted.types)
    raise TypeError(f"no words for {wanted}")


def _allowed_list(wanted: VarTupleType) -> str:
    match wanted.item_type:
        case IntType() if wanted.min_length == wanted.max_length:
            return f"a list of {wanted.max_length} such numbers"
        case IntType():
            return f"a list of {wanted.min_length} to {wanted.max_length:,} input maps' numbers"
        case VarTupleType():
            return f"a list of at most {wanted.max_length:,} lists, one for each output map"
    return f"a list of at most {wanted.max_length} layers"


def show(value: object) -> str:
    """Repeat a value in safe characters, shortened."""
    shown = json.dumps(value) if not isinstance(value, int) or abs(value) < 10**18 else "a number beyond 10^18"
    return shown if len(shown) <= SHOWN else shown[:SHOWN] + "…"
