"""What the session remembers of the Open menu: whether it is open, and what came of the last network."""

from dataclasses import dataclass

from explorer.ui.base import state


@dataclass(frozen=True)
class Opening:
    """What was opened last: the text, what it is called, which network of it, and where its input's size is from."""

    data: bytes
    source: str
    network: str = ""
    input_from: str = ""
    choices: tuple[str, ...] = ()


@dataclass
class FileState:
    """How a tab's menu stands."""

    is_open: bool = False
    refused: str = ""  # why the last file or text was refused
    last: Opening | None = None


def remembered() -> FileState:
    """Give what this tab's session remembers of the menu."""
    return state.session().slice_of(FileState)


def menu_tells_refusal() -> bool:
    """Say whether the open menu, which covers the page below it, says why the last file was refused."""
    refused = remembered().refused
    return remembered().is_open and bool(refused) and refused == state.session().refusal
