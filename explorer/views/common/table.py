"""A table as data: text for each cell, shares for the bars, and what a cell said before the last change."""

import msgspec


class TableCell(msgspec.Struct, frozen=True, omit_defaults=True):
    """One cell: its text, the share of the total that its bar shows, and, if it changed, what it said before."""

    text: str
    share: float = 0.0
    was: str = ""


class RowMend(msgspec.Struct, frozen=True):
    """An edit that a row offers: its number among the table's mends, what it does, and what comes of it."""

    number: int
    label: str
    effect: str


class TableRow(msgspec.Struct, frozen=True):
    """One row: what choosing it gives, its first two cells as words, and the others as numbers.

    A row of state `refused` shows `cause` in place of its numbers, and a button for each of `mends`; one `beyond` it is
    faint. A row that `fits` may have a `cause` too, which then is a doubt. One of state `other` cannot be chosen: it
    shows what another network has in the place of the row above it.
    """

    index: int
    name: str
    words: str
    cells: list[TableCell]
    state: str = "fits"
    cause: str = ""
    mends: list[RowMend] = []  # msgspec copies it for each row
    was: str = ""  # what its words said before, if they changed


class Table(msgspec.Struct, frozen=True):
    """The titles of all columns, the rows, and the last line's cells after the first two, if there is such a line."""

    columns: list[str]
    rows: list[TableRow]
    totals: list[str]
    order: tuple[int, bool] | None = None  # the column that sorts it, and whether it descends; None: it has one order
    room: tuple[int, ...] = ()  # for how many characters each column but the second has room, which takes the rest
    beside: TableRow | None = None  # another network's totals, below the own
    against: str = "was"  # how what a marked cell is held against is introduced
