"""The designs that a person goes through in one browser tab: edits, undo and redo, and links.

A link holds the design too, so that the browser's Back and Forward are undo and redo. The address bar itself is
somebody else's, and so is what keeps the steps over a reload.
"""

from dataclasses import dataclass, field
from typing import Annotated

import msgspec

from explorer.architecture.presets import origin
from explorer.architecture.spec import INPUT, Architecture, check
from explorer.architecture.trace import trace
from explorer.exchange.link import MAX_LINK, read_link, to_link

KEPT = 20  # steps each way that a tab keeps over a reload

LinkText = Annotated[str, msgspec.Meta(max_length=MAX_LINK)]
Links = Annotated[tuple[LinkText, ...], msgspec.Meta(max_length=KEPT)]


class Steps(msgspec.Struct, frozen=True):
    """The designs around a current one as links, in the order in which they were made."""

    past: Links
    now: LinkText
    future: Links


msgspec.json.Decoder(Steps)  # knows it before two threads read it at once


@dataclass
class DesignHistory:
    """The current design with its past and future.

    Each step tells whether it brought another network of the course, which a recipe of its own belongs to.
    """

    design: Architecture
    before: Architecture | None = None  # the last that fitted; None after a step back, and where another network came
    past: list[Architecture] = field(default_factory=list)
    future: list[Architecture] = field(default_factory=list)  # the next one last
    selected: int = INPUT  # the chosen layer

    @property
    def steps(self) -> Steps:
        """The last steps, for the tab to keep."""
        future = reversed(self.future[-KEPT:])
        return Steps(tuple(map(to_link, self.past[-KEPT:])), to_link(self.design), tuple(map(to_link, future)))

    def restore(self, steps: Steps) -> None:
        """Take steps up that were made before; none where others were made since, or where they lead elsewhere.

        Raises `DesignError` for steps that cannot be read, and takes none of them.
        """
        if self.past or self.future or steps.now != to_link(self.design):
            return
        past, future = [read_link(link) for link in steps.past], [read_link(link) for link in reversed(steps.future)]
        self.past, self.future = past, future

    def go_to(self, design: Architecture) -> bool:
        """Arrive at a design that stands in the address: a step back, a step forward, or a step anew."""
        if design == self.design:
            return False
        if self.past[-1:] == [design]:
            return self._back()
        return self._forward() if self.future[-1:] == [design] else self._onward(design)

    def change(self, design: Architecture) -> bool:
        """Make an edited design the current one; raises `DesignError`, and keeps the current, for one beyond bounds."""
        check(design)
        if design == self.design:
            return False
        return self._onward(design)

    def undo(self) -> bool:
        """Go back to the design before the last step, if there was one: a second click can come too late."""
        return self._back() if self.past else False

    def redo(self) -> bool:
        """Go forward to the design that was undone last, if there is one."""
        return self._forward() if self.future else False

    def select(self, index: int) -> None:
        """Choose a layer; one beyond the last is the last."""
        self.selected = min(index, len(self.design.layers) - 1)

    def _back(self) -> bool:
        self.future.append(self.design)
        brought = self._show(self.past.pop())
        self.before = None  # what is there again was not changed
        return brought

    def _forward(self) -> bool:
        self.past.append(self.design)
        return self._show(self.future.pop())

    def _onward(self, design: Architecture) -> bool:
        self.past.append(self.design)
        self.future.clear()
        return self._show(design)

    def _show(self, design: Architecture) -> bool:
        brought = origin(design) not in (None, origin(self.design))
        self.selected = INPUT if brought else followed(self.selected, self.design, design)
        if brought:
            self.before = None
        elif trace(self.design).error is None:
            self.before = self.design
        self.design = design
        return brought


def followed(index: int, old: Architecture, new: Architecture) -> int:
    """Give the place in a new design of the layer that was chosen in the old one, which an edit elsewhere moved."""
    shift = len(new.layers) - len(old.layers)
    if index != INPUT and new.layers[index + shift : index + shift + 1] == old.layers[index : index + 1]:
        return index + shift if new.layers[index : index + 1] != old.layers[index : index + 1] else index
    return min(index, len(new.layers) - 1)
