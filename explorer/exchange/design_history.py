"""The designs that a person goes through in one browser tab: edits, undo and redo, and links.

A link holds the design too, so that the browser's Back and Forward are undo and redo. The address bar itself is
somebody else's: `enter` hears what stands in it at the start of each run of a page, and `link` says what is to stand
there after a step.
"""

from dataclasses import dataclass, field

from explorer.architecture.presets import origin
from explorer.architecture.spec import INPUT, Architecture, check
from explorer.architecture.trace import trace
from explorer.exchange.link import read_link, to_link


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
    page: str = ""
    link: str | None = None  # that stands in the address bar, as far as is known
    entries: dict[str, Architecture] = field(default_factory=dict)  # each page's design when its link had none

    def enter(self, page: str, link: str | None) -> bool:
        """Come to a page by the menu, a link, Back or Forward, or stay there; `link` is the design's in its address.

        A page that is entered without one keeps the design; Back to such an entry brings that design again. Raises
        `DesignError` for a link that holds none; the design stays.
        """
        arrived, self.page = page != self.page, page
        known, self.link = self.link, link
        if link is not None:
            return link != known and self._go_to(read_link(link))
        if arrived:
            self.entries[page] = self.design
        return not arrived and known is not None and self._go_to(self.entries.get(page, self.design))

    def change(self, design: Architecture) -> bool:
        """Make an edited design the current one; raises `DesignError`, and keeps the current, for one beyond bounds."""
        check(design)
        if design == self.design:
            return False
        brought = self._onward(design)
        self.link = to_link(design)
        return brought

    def undo(self) -> bool:
        """Go back to the design before the last step, if there was one: a second click can come too late."""
        if not self.past:
            return False
        brought = self._back()
        self.link = to_link(self.design)
        return brought

    def redo(self) -> bool:
        """Go forward to the design that was undone last, if there is one."""
        if not self.future:
            return False
        brought = self._forward()
        self.link = to_link(self.design)
        return brought

    def select(self, index: int) -> None:
        """Choose a layer; one beyond the last is the last."""
        self.selected = min(index, len(self.design.layers) - 1)

    def _go_to(self, design: Architecture) -> bool:
        """Arrive at a design that stands in the address: a step back, a step forward, or a step anew."""
        if design == self.design:
            return False
        if self.past[-1:] == [design]:
            return self._back()
        return self._forward() if self.future[-1:] == [design] else self._onward(design)

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
