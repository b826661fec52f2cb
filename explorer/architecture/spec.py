"""An architecture as a record, and the closed, bounded reader of its canonical JSON.

The JSON is the one form for links, files, cache keys, the database, a worker's input and golden tests.
"""

import json
import re
from typing import Annotated, Never

import msgspec
from msgspec import Meta

from explorer.architecture.errors import DesignError
from explorer.architecture.layers import Layer

MAX_BYTES = 64 * 1024
MAX_NESTING = 8
MAX_LAYERS = 64
MAX_NAME = 80
STRING = re.compile(
    r'"(?:[^"\\]|\\.)*"?', re.DOTALL
)  # the closing quote is optional, so that no text makes it search twice
SHOWN = 60  # characters of a refused value that an error repeats

InputChannels = Annotated[int, Meta(ge=1, le=1_024)]
InputSize = Annotated[int, Meta(ge=1, le=1_024)]


class Architecture(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A network as data: its name, its input (channels, height, width), and its layers in order."""

    name: Annotated[str, Meta(min_length=1, max_length=MAX_NAME)]
    input_shape: tuple[InputChannels, InputSize, InputSize]
    layers: Annotated[tuple[Layer, ...], Meta(max_length=MAX_LAYERS)]


def to_json(architecture: Architecture) -> str:
    """Write the canonical JSON: fields in the records' order, defaults left out, no spaces."""
    return msgspec.json.encode(architecture).decode()


def read_json(text: str | bytes) -> Architecture:
    """Read a design from JSON; raises `DesignError` for anything that is not exactly one."""
    raw = _load(_bounded(text))
    try:
        architecture = msgspec.convert(raw, Architecture)
    except msgspec.ValidationError as error:
        raise _explain(raw, str(error)) from error
    _check_name(architecture.name)
    return architecture


def check(architecture: Architecture) -> Architecture:
    """Hold an architecture made in code against the same bounds as one that is read; raises `DesignError`."""
    return read_json(to_json(architecture))


def _bounded(text: str | bytes) -> str:
    try:
        data = text.encode() if isinstance(text, str) else text
        decoded = data.decode() if len(data) <= MAX_BYTES else ""
    except UnicodeError as error:
        raise DesignError(where="design", found="bytes that are not UTF-8 text", allowed="JSON in UTF-8") from error
    if len(data) > MAX_BYTES:
        raise DesignError(where="design", found=f"{len(data):,} bytes", allowed=f"at most {MAX_BYTES:,} bytes")
    _check_nesting(decoded)
    return decoded


def _check_nesting(text: str) -> None:
    """Refuse deep nesting before the JSON reader recurses into it."""
    depth = 0
    for character in STRING.sub("", text):
        if character in "[{":
            depth += 1
        elif character in "]}":
            depth -= 1
        if depth > MAX_NESTING:
            raise DesignError(
                where="design", found="deeper nesting", allowed=f"lists and objects at most {MAX_NESTING} deep"
            )


def _load(text: str) -> object:
    try:
        return json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise DesignError(
            where=where, found=f"text that is no JSON ({error.msg})", allowed="one JSON object"
        ) from error
    except ValueError as error:
        if isinstance(error, DesignError):
            raise
        raise DesignError(
            where="design", found="a number with thousands of digits", allowed="sizes in range"
        ) from error


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise DesignError(where="design", found=f"the key {_show(repeated)} twice", allowed="each key once")
    return fields


def _refuse_constant(name: str) -> Never:
    raise DesignError(where="design", found=name, allowed="finite numbers")


def _check_name(name: str) -> None:
    if not name.isprintable() or not name.strip():
        raise DesignError(where="name", found=_show(name), allowed="printable characters, at least one of them visible")


def _explain(raw: object, message: str) -> DesignError:
    """Turn msgspec's sentence `what - at `$.path`` into where, found and allowed."""
    what, _, path = message.partition(" - at `$")
    path = path.removesuffix("`").removeprefix(".")
    if what.startswith("Object contains unknown field"):
        path = f"{path}.{what.rsplit(' ', 1)[1].strip('`')}".removeprefix(".")
    return DesignError(where=path or "design", found=_show(_value_at(raw, path)), allowed=_allowed(what))


def _allowed(what: str) -> str:
    if what.startswith("Invalid value"):
        return "one of the kinds " + ", ".join(_kind_names())
    if what.startswith("Object missing required field"):
        return "an object with the field " + what.rsplit(" ", 1)[1].strip("`")
    if what.startswith("Object contains unknown field"):
        return "only the fields of its kind"
    return what.removeprefix("Expected ").split(", got")[0].replace("`", "").replace("int", "a whole number", 1)


def _kind_names() -> tuple[str, ...]:
    return tuple(kind.__name__ for kind in Layer.__args__)


def _value_at(raw: object, path: str) -> object:
    value: object = raw
    for part in path.replace("[", ".").replace("]", "").split("."):
        if isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, dict) and part in value:
            value = value[part]
    return value


def _show(value: object) -> str:
    """Repeat a value in safe characters, shortened: it may come from a stranger."""
    shown = json.dumps(value) if not isinstance(value, int) or abs(value) < 10**18 else "a number over 10^18"
    return shown if len(shown) <= SHOWN else shown[:SHOWN] + "…"
