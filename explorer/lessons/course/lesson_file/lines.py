"""Where in the text of a TOML file something stands: the reader itself forgets the lines."""

import re
from collections.abc import Iterator, Sequence

Path = tuple[str | int, ...]  # such as ("steps", 2, "task", "what")

# Closing quotes are optional, so that no text makes it search twice.
QUOTED = re.compile(
    r'"""(?:[^\\]|\\.)*?(?:"""|\Z)|\'\'\'.*?(?:\'\'\'|\Z)|"(?:[^"\\\n]|\\.)*"?|\'[^\'\n]*\'?|#[^\n]*', re.DOTALL
)
# Nothing here gives back what it has taken, so that no line is gone through more than once.
HEADER = re.compile(r"(\[\[?)([\w. \t-]++)\]\]?$")
KEY = re.compile(r"([\w-]++(?:[ \t]*+\.[ \t]*+[\w-]++)*+)[ \t]*+=")
INLINE = re.compile(r"(?<![\w.-])([\w-]++(?:\.[\w-]++)*+)[ \t]*+=")
NAME = "x"  # stands for what was quoted


def bare(text: str) -> str:
    """Put one letter in the place of each quoted text, and nothing in that of a comment; lines stay as they are."""
    return QUOTED.sub(lambda found: ("" if found[0].startswith("#") else NAME) + "\n" * found[0].count("\n"), text)


def places(text: str) -> Iterator[tuple[Path, int]]:
    """Give each table, key and table of a list over several lines, of a TOML text with its line, from 1."""
    table: Path = ()
    listed: Path = ()  # the key whose list goes on over the next lines
    counts: dict[Path, int] = {}
    depth = 0
    for number, line in enumerate(bare(text).split("\n"), start=1):
        stripped = line.strip()
        header = HEADER.match(stripped) if depth == 0 else None
        if header:
            table = _table(header[2], counts, is_list=header[1] == "[[")
            yield table, number
            continue
        if depth == 0 and (key := KEY.match(stripped)):
            listed = (*table, *_parts(key[1]))
            yield listed, number
            yield from (((*listed, *_parts(name)), number) for name in INLINE.findall(stripped[key.end() :]))
        elif depth == 1 and stripped.startswith("{"):
            counts[listed] = counts.get(listed, -1) + 1
            yield (*listed, counts[listed]), number
        depth = max(0, depth + _opened(stripped))


def _table(name: str, counts: dict[Path, int], *, is_list: bool) -> Path:
    """Give the path of a table, each list on the way with its latest place."""
    path: Path = ()
    parts = _parts(name)
    for place, part in enumerate(parts):
        path = (*path, part)
        if is_list and place == len(parts) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in dotted.split("."))


def _opened(line: str) -> int:
    return sum(line.count(sign) for sign in "[{") - sum(line.count(sign) for sign in "]}")


def line_of(text: str, path: Sequence[str | int]) -> int:
    """Give the line of what a path names, or of the nearest that holds it; 1 for the whole."""
    known: dict[Path, int] = {}
    for place, number in places(text):
        known.setdefault(place, number)
    wanted = tuple(path)
    while wanted and wanted not in known:
        wanted = wanted[:-1]
    return known.get(wanted, 1)
