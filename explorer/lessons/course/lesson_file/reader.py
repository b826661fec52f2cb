"""The closed, bounded reader of a lesson's file: TOML whose every field is known, within bounds, and makes sense.

Each refusal names the line, the field, what was found there, what is allowed, and the repair where one is known.
"""

import re
import tomllib
from collections.abc import Sequence

import msgspec
from msgspec.inspect import type_info

from explorer.lessons.course.lesson import Lesson
from explorer.lessons.course.lesson_file import refusal
from explorer.lessons.course.lesson_file.lines import bare, line_of
from explorer.lessons.course.lesson_file.sense import make_sense
from explorer.lessons.course.lesson_file.sense_error import SenseError

MAX_BYTES = 128 * 1024
MAX_LINES = 2_000
MAX_NESTING = 6
MAX_LINE = 4_096  # letters
DEEP_KEY = re.compile(r"(?<![\w-])(?:[\w-]++[ \t]*+\.[ \t]*+){6}")
TOML_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
COPY = "Compare it with docs/teaching.md, or begin with a lesson that ships."


class LessonError(ValueError):
    """A lesson's file that is refused: on which line, which field, what was found, what is allowed, and the repair."""

    def __init__(self, *, line: int, field: str, found: str, allowed: str, repair: str = "") -> None:
        words = f"line {line}, {field}: found {found}; allowed: {allowed}. {repair}".strip()
        super().__init__("".join(sign if sign.isprintable() else f"[U+{ord(sign):04X}]" for sign in words))
        self.line, self.field, self.found, self.allowed, self.repair = line, field, found, allowed, repair


def read_lesson(data: bytes | str) -> Lesson:
    """Read a lesson from its file; raises `LessonError` for anything that is not exactly one."""
    text = _decoded(data)
    _check_shape(text)
    raw = _parsed(text)
    _check_keys(raw, text)
    try:
        lesson = msgspec.convert(raw, Lesson)
        make_sense(lesson)
    except msgspec.ValidationError as error:
        refused = refusal.refused(raw, type_info(Lesson), str(error))
        raise _error(text, refused.path, refused.found, refused.allowed, refused.repair) from error
    except SenseError as error:
        raise _error(text, error.path, error.found, error.allowed, error.repair) from error
    return lesson


def _error(text: str, path: Sequence[str | int], found: str, allowed: str, repair: str) -> LessonError:
    field = refusal.dotted(path) or "the lesson"
    return LessonError(line=line_of(text, path), field=field, found=found, allowed=allowed, repair=repair)


def _whole(found: str, allowed: str, *, line: int = 1) -> LessonError:
    return LessonError(line=line, field="the file", found=found, allowed=allowed, repair=COPY)


def _decoded(data: bytes | str) -> str:
    size = len(data) if isinstance(data, bytes) else len(data.encode(errors="replace"))
    if size > MAX_BYTES:
        raise _whole(f"{size:,} bytes", f"at most {MAX_BYTES:,} bytes")
    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
    except UnicodeDecodeError as error:
        raise _whole("bytes that are not UTF-8 text", "text in UTF-8") from error
    lines = text.count("\n") + 1
    if lines > MAX_LINES:
        raise _whole(f"{lines:,} lines", f"at most {MAX_LINES:,} lines", line=MAX_LINES + 1)
    return text.replace("\r\n", "\n")


def _check_shape(text: str) -> None:
    """Refuse what would keep the TOML reader busy, or have it call itself too deep, before it reads."""
    depth = 0
    for number, line in enumerate(bare(text).split("\n"), start=1):
        if len(line) > MAX_LINE:
            raise _whole(f"a line of {len(line):,} letters outside quotes", f"at most {MAX_LINE:,}", line=number)
        if DEEP_KEY.search(line):
            raise _whole("a name of more than six parts with dots between", "at most six parts", line=number)
        for sign in line:
            depth += (sign in "[{") - (sign in "]}")
            if depth > MAX_NESTING:
                raise _whole("deeper nesting", f"lists and tables at most {MAX_NESTING} deep", line=number)


def _parsed(text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        place = TOML_PLACE.search(message)
        line = int(place[1]) if place and place[1] else text.count("\n") + 1
        found = f"text that is no TOML ({TOML_PLACE.sub('', message)[:120]})"
        raise _whole(found, "one TOML file", line=line) from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits
        raise _whole("a value that cannot be read", "texts, numbers, lists and tables") from error


def _check_keys(raw: dict[str, object], text: str) -> None:
    """Refuse an unknown key of the whole file first, so that a message of msgspec never ends with a sender's key."""
    unknown = next((key for key in raw if key not in Lesson.__struct_fields__), None)
    if unknown is not None:
        names = list(Lesson.__struct_fields__)
        raise _error(text, (unknown,), *refusal.unknown_words(unknown, names))
