"""What `print(model)` shows of a network of torch, as the Sequential of the layers that it names.

It shows layers in the order in which they were made, and no function that `forward` calls.
"""

import re

from explorer.architecture.errors import DesignError

LAYER = re.compile(r"^\s*\((\w[\w.-]*)\): (\w+)\((.*)\)\s*$")
HOLDER = re.compile(r"^(?:\s*\((\w[\w.-]*)\): )?(\w+)\(\s*$")
HOLDERS = ("Sequential", "ModuleList", "ModuleDict")  # what is in them is taken to come one after another
CAFFES_LAYER = re.compile(r"^[ \t]*layers?[ \t]*\{[ \t]*$", re.MULTILINE)
CAFFES_FIELD = re.compile(r"^[ \t]*(?:type|bottom|top):", re.MULTILINE)
ALLOWED = "a program of PyTorch or Keras, or what print(model) shows"


def is_printed(text: str) -> bool:
    """Tell whether a text is what `print(model)` shows."""
    lines = text.split("\n")
    return _first(lines) is not None and any(map(LAYER.match, lines))


def _first(lines: list[str]) -> int | None:
    """Give the place of the line that names the network, which stands before any other but comments."""
    place = next((place for place, line in enumerate(lines) if line.strip() and not line.startswith("#")), None)
    return place if place is not None and HOLDER.match(lines[place]) else None


def check_form(text: str) -> None:
    """Refuse what is a network, but in no program."""
    layer = CAFFES_LAYER.search(text)
    if layer and CAFFES_FIELD.search(text, layer.end()):
        raise DesignError(where="design", found="a network of Caffe (prototxt)", allowed=ALLOWED)


def _check_holder(line: str, number: int) -> None:
    """Refuse a part that is of a class of its own: what its forward adds or leaves out is not printed."""
    holder = HOLDER.match(line)
    if holder and holder[1] and holder[2] not in HOLDERS:
        found = f"{holder[2]}, whose forward is not printed"
        raise DesignError(where=f"line {number}", found=found, allowed="the program itself")


def printed_source(text: str) -> str:
    """Write what is printed as a program, a line for a line; a row needs its maps laid out, which may not be shown."""
    written, in_maps = list[str](), True
    for number, line in enumerate(text.split("\n"), 1):
        found = LAYER.match(line)
        if not found:
            _check_holder(line, number)
            written.append("")
            continue
        name, settings = found[2], found[3]
        before = "nn.Flatten(), " if name == "Linear" and in_maps else ""
        in_maps = in_maps and name not in ("Linear", "Flatten")
        written.append(f"{before}nn.{name}({settings}),")
    first = _first(text.split("\n")) or 0
    title = HOLDER.match(text.split("\n")[first])
    written[first] = f"{title[2] if title and title[2] != 'Sequential' else 'net'} = nn.Sequential("
    return "\n".join([*written, ")"])
