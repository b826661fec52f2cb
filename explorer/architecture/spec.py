"""An architecture as a record, and the closed, bounded reader of its canonical JSON.

The JSON is the one form for links, files, cache keys, the database, a worker's input and golden tests.
"""

import json
import re
import unicodedata
from collections import Counter
from typing import Annotated, Never

import msgspec
from msgspec import Meta
from msgspec.inspect import type_info

from explorer.architecture.errors import DesignError
from explorer.architecture.kinds import AnyLayer
from explorer.architecture.kinds.historic import MAX_CONNECTIONS, PartialConv2d
from explorer.architecture.refusal import refuse, show

MAX_BYTES = 64 * 1024
MAX_NESTING = 8
MAX_LAYERS = 64
MAX_NAME = 80
INPUT = -1  # stands for the network's input where a layer's index is asked for
JOINERS = "\u200c\u200d"  # between letters of some scripts, and the parts of an emoji
STRING = re.compile(
    r'"(?:[^"\\]|\\.)*"?', re.DOTALL
)  # the closing quote is optional, so that no text makes it search twice

InputChannels = Annotated[int, Meta(ge=1, le=1_024)]
InputSize = Annotated[int, Meta(ge=1, le=1_024)]


class Architecture(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A network as data: its name, its input (channels, height, width), and its layers in order."""

    name: Annotated[str, Meta(min_length=1, max_length=MAX_NAME)]
    input_shape: tuple[InputChannels, InputSize, InputSize]
    layers: Annotated[tuple[AnyLayer, ...], Meta(max_length=MAX_LAYERS)]


msgspec.json.Decoder(Architecture)  # knows it and all kinds before two threads read their first design at once


def to_json(architecture: Architecture) -> str:
    """Write the canonical JSON: fields in the records' order, defaults left out, no spaces."""
    return msgspec.json.encode(architecture).decode()


def read_json(text: str | bytes) -> Architecture:
    """Read a design from JSON; raises `DesignError` for anything that is not exactly one."""
    raw = _load(_shallow(decode(text)))
    try:
        architecture = msgspec.convert(raw, Architecture)
    except msgspec.ValidationError as error:
        raise refuse(raw, type_info(Architecture), str(error)) from error
    except UnicodeError as error:
        found = "half of a surrogate pair, which is not a character"
        raise DesignError(where="design", found=found, allowed="Unicode text") from error
    _check_name(architecture.name)
    _check_connections(architecture)
    return architecture


def is_written(text: str) -> bool:
    """Tell whether a text is written signs alone, of any script: its spaces and what joins its letters among them."""
    return all(sign.isprintable() or sign in JOINERS or unicodedata.category(sign) == "Zs" for sign in text)


def check(architecture: Architecture) -> Architecture:
    """Hold an architecture made in code against the same bounds as one that is read; raises `DesignError`."""
    return read_json(to_json(architecture))


def decode(text: str | bytes) -> str:
    """Give a text of at most `MAX_BYTES`, in UTF-8 if it comes as bytes; raises `DesignError`."""
    try:
        data = text.encode() if isinstance(text, str) else text
        decoded = data.decode() if len(data) <= MAX_BYTES else ""
    except UnicodeError as error:
        raise DesignError(where="design", found="bytes that are not UTF-8 text", allowed="text in UTF-8") from error
    if len(data) > MAX_BYTES:
        raise DesignError(
            where="design", found=f"more than {MAX_BYTES:,} bytes", allowed=f"at most {MAX_BYTES:,} bytes"
        )
    return decoded


def _shallow(text: str) -> str:
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
    return text


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
        repeated = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise DesignError(where="design", found=f"the key {show(repeated)} twice", allowed="each key once")
    return fields


def _refuse_constant(name: str) -> Never:
    raise DesignError(where="design", found=name, allowed="finite numbers")


def _check_name(name: str) -> None:
    if not is_written(name) or all(sign.isspace() or sign in JOINERS for sign in name):
        raise DesignError(where="name", found=show(name), allowed="printable characters, at least one of them visible")


def _check_connections(architecture: Architecture) -> None:
    """Hold what types can't say of `connections`: a list for each output map, no number twice, few enough in all."""
    total = 0
    for index, layer in enumerate(architecture.layers):
        if isinstance(layer, PartialConv2d):
            where = f"layers[{index}].connections"
            _check_lists(layer, where)
            total += sum(map(len, layer.connections))
            if total > MAX_CONNECTIONS:
                allowed = f"at most {MAX_CONNECTIONS:,} in all layers of a design together"
                raise DesignError(where=where, found=f"{total:,} connections up to here", allowed=allowed)


def _check_lists(layer: PartialConv2d, where: str) -> None:
    if len(layer.connections) != layer.out_channels:
        allowed = f"{layer.out_channels:,}, one for each of out_channels"
        raise DesignError(where=where, found=f"{len(layer.connections):,} lists", allowed=allowed)
    for number, inputs in enumerate(layer.connections):
        if len(set(inputs)) < len(inputs):
            repeated = Counter(inputs).most_common(1)[0][0]
            found = f"input map {repeated:,} more than once"
            raise DesignError(where=f"{where}[{number}]", found=found, allowed="each input map once")
