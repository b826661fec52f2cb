"""Text that people have as Python source: files in several encodings, notebooks, Markdown, prompts and magics.

Every line of the source knows where it stands in what was given, so that a refusal can name that place.
"""

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from explorer.architecture.errors import DesignError
from explorer.architecture.spec import MAX_BYTES
from explorer.exchange.networks.printed import check_form, is_printed, printed_source

MAX_PAGE = 128 * 1024  # bytes of Markdown, whose words are not counted
MAX_NOTEBOOK = 4 * 1024 * 1024  # bytes: pictures in the outputs are most of a notebook
FENCE = re.compile(r"^(?:```|~~~) *([^\n`]*)\n(.*?)^(?:```|~~~)", re.DOTALL | re.MULTILINE)
PROGRAM = re.compile(r"^[ \t]*(?:import|from|class|def)\b|\bnn\.|^[ \t]*[\w.]+[ \t]*=|^[ \t]*>>>", re.MULTILINE)
SAID = re.compile(r"^(?:Traceback |\w+(?:Error|Warning): |\$ )", re.MULTILINE)
MAGIC = re.compile(r"^\s*(?:[%!?]|\w[\w.]*\?\s*$)")
PROMPT = re.compile(r"^\s*(?:>>>|\.\.\.:?|In \[\d*\]:) ?")
FIRST_PROMPT = re.compile(r"^\s*(?:>>>|In \[\d*\]:)")
LINE = re.compile(r"\bline (\d+)")
# What pages and editors put in the place of spaces, or between letters: Python takes none of it.
SPACES: dict[int, str | None] = {
    **dict.fromkeys(map(ord, "\u00a0\u2002\u2003\u2009\u3000"), " "),
    **dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"), None),
}


class Text(NamedTuple):
    """Python source, and for a notebook the cell and the line in it of each of its lines.

    What is printed of a network does not say in which order its layers are called.
    """

    source: str
    places: tuple[str, ...] = ()
    is_printed: bool = False

    def located(self, error: DesignError) -> DesignError:
        """Say where something is in what was given."""
        found = LINE.match(error.where)
        if not self.places or not found or not 0 < int(found[1]) <= len(self.places):
            return error
        where = f"{self.places[int(found[1]) - 1]}{error.where[found.end() :]}"
        return DesignError(where=where, found=error.found, allowed=error.allowed)


def as_text(given: str | bytes) -> Text:
    """Give what people have as Python source; raises `DesignError` for what is no text, or too long."""
    text = _decoded(given).removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if text.lstrip().startswith("{") and '"cells"' in text:
        return _bounded(_notebook(text))
    _check_length(text)
    check_form(text)
    if is_printed(text):
        return _bounded(Text(printed_source(text), is_printed=True))
    return _bounded(Text(_plain(_fenced(text))))


def _fenced(text: str) -> str:
    """Keep what Markdown fences and what may be Python, each line at its place; all where there is none."""
    fences = list(FENCE.finditer(text))
    kept, end = "", 0
    for fence in [fence for fence in fences if len(fences) == 1 or _is_program(fence[1].strip().lower(), fence[2])]:
        kept += "\n" * text.count("\n", end, fence.start(2)) + fence[2]
        end = fence.end(2)
    return kept or text


def _is_program(language: str, block: str) -> bool:
    """Tell whether a block is one of Python's, and neither another language's nor what a run has said."""
    if language:
        return language.startswith(("py", "ipython"))
    return bool(PROGRAM.search(block)) and not SAID.search(block)


def _decoded(given: str | bytes) -> str:
    data = given if isinstance(given, bytes) else given.encode(errors="replace")
    if len(data) > MAX_NOTEBOOK:
        raise DesignError(where="design", found=f"more than {MAX_NOTEBOOK:,} bytes", allowed="a shorter text")
    if isinstance(given, str):
        return _encodable(given)
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeError:
            pass
    raise DesignError(where="design", found="bytes that are not UTF-8 text", allowed="text in UTF-8 or GBK")


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeError as error:
        raise DesignError(where="design", found="bytes that are not UTF-8 text", allowed="text in UTF-8") from error
    return text


def _bounded(text: Text) -> Text:
    if len(text.source.encode()) > MAX_BYTES:
        found = f"more than {MAX_BYTES:,} bytes"
        raise DesignError(where="design", found=found, allowed=f"at most {MAX_BYTES:,} bytes of program")
    return text


def _notebook(text: str) -> Text:
    """Put a notebook's code cells one below the other."""
    try:
        cells = json.loads(text)["cells"]
        said = list(map(_code, cells))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise DesignError(where="design", found="a notebook that is damaged", allowed="nbformat 4") from error
    _check_length(*said)
    lines = [line for number, code in enumerate(said, 1) for line in _cell(number, code)]
    return Text("\n".join(line for _, line in lines) + "\n", tuple(place for place, _ in lines))


def _check_length(*texts: str) -> None:
    if sum(map(len, texts)) > MAX_PAGE:
        raise DesignError(where="design", found=f"more than {MAX_PAGE:,} letters", allowed="a shorter text")


def _code(cell: dict[str, object]) -> str:
    """Give what stands in a cell of code, and nothing of another."""
    source = cell["source"] if cell["cell_type"] == "code" else ""
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def _cell(number: int, said: str) -> Iterator[tuple[str, str]]:
    if said.lstrip().startswith("%%") and not said.lstrip().startswith(("%%time", "%%capture", "%%prun")):
        return  # another language's
    for place, line in enumerate(_plain(said).split("\n"), 1):
        yield f"cell {number}, line {place}", line


def _plain(text: str) -> str:
    """Leave out prompts, magics and what a shell would do; every line stays a line."""
    lines = text.split("\n")
    if any(map(FIRST_PROMPT.match, lines)):
        lines = [PROMPT.sub("", line) if PROMPT.match(line) else f"# {line}" for line in lines]
    return "\n".join(_without_magic(_spaced(line)) for line in lines)


def _spaced(line: str) -> str:
    """Write a line's spaces as Python takes them, but those of its comment, which may be a network's name."""
    code, sign, comment = line.partition("#")
    return f"{code.translate(SPACES)}{sign}{comment}"


def _without_magic(line: str) -> str:
    """Keep a line's depth where its magic is passed over."""
    if not MAGIC.match(line):
        return line
    return f"{line[: len(line) - len(line.lstrip())]}pass"
