"""Texts that are put together of words and numbers: f-strings, `%`, `format` and `join`."""

import ast
import re
from typing import Any

from explorer.exchange.python.machine import Machine
from explorer.exchange.python.values import Value

WAY = re.compile(r"[<>^+]?0?\d{0,2}(?:\.\d{1,2})?[dsfeg]?")  # how a number is written: at most 99 signs wide
PLACE = re.compile(r"%(?:0?\d{0,2}(?:\.\d)?[dsifgr])|%%")
HOLE = re.compile(r"\{(\w*)(?::([^{}]*))?\}")


def in_words(machine: Machine, node: ast.AST, value: Value, way: Value = "") -> Value:
    """Write a value as an f-string does, `{n:02d}`."""
    if not isinstance(value, int | float | str) or not isinstance(way, str) or not WAY.fullmatch(way):
        return machine.reason(node, value, way)
    try:
        return format(value, way)
    except ValueError:
        return machine.unknown(node)


def formatted(machine: Machine, node: ast.AST, text: str, given: Value) -> Value:
    """Work out `'conv%d' % n`."""
    values = list(given) if isinstance(given, tuple) else [given]
    places = PLACE.findall(text)
    plain = all(isinstance(value, int | float | str) for value in values)
    if not plain or PLACE.sub("", text).count("%") or len([each for each in places if each != "%%"]) != len(values):
        return machine.reason(node, *values)
    try:
        return text % tuple(values)
    except (TypeError, ValueError):
        return machine.unknown(node)


def filled(machine: Machine, node: ast.AST, text: str, *args: Value, **keywords: Value) -> Value:
    """Work out `'conv{}'.format(n)`, with words and numbers in the places that it names."""
    values: list[Any] = [*args, *keywords.values()]
    ways = [way for _, way in HOLE.findall(text)]
    left = HOLE.sub("", text)
    if "{" in left or "}" in left or not all(isinstance(value, int | float | str) for value in values):
        return machine.reason(node, *values)
    if not all(WAY.fullmatch(way) for way in ways):
        return machine.unknown(node)
    try:
        return machine.bounded(node, text.format(*args, **keywords))
    except (ValueError, IndexError, KeyError):
        return machine.unknown(node)


def joined(machine: Machine, node: ast.AST, text: str, parts: Value) -> Value:
    """Work out `'-'.join(words)`."""
    items = machine.iterate(parts)
    if items is None or not all(isinstance(item, str) for item in items):
        return machine.reason(node, *(items or [parts]))
    return machine.bounded(node, text.join(items))
