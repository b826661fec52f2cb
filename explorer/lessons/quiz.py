"""A network's shapes and parameters as cells to predict: what is asked, what was answered, what stays hidden."""

from typing import Literal, NamedTuple

import msgspec
from msgspec.structs import replace

from explorer.architecture.kinds.sizes import Shape
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import Trace
from explorer.lessons.answers import AnswerError, read_count, read_shape
from explorer.lessons.shape_slips import shape_slips
from explorer.lessons.slips import Slip, param_slips


class Asked(NamedTuple):
    """One cell: the row of a layer, and what is asked of it."""

    row: int
    column: Literal["output", "num_params"]


class Answer(msgspec.Struct, frozen=True):
    """What was said last of a cell: the typed text and its value, right or with the slips behind it, or unreadable."""

    cell: Asked
    typed: str
    value: Shape | int | None = None
    right: bool = False
    slips: tuple[Slip, ...] = ()
    refusal: str = ""


class Quiz(msgspec.Struct, frozen=True):
    """What was found out of a network so far."""

    design: Architecture
    found: frozenset[Asked] = frozenset()
    shown: frozenset[Asked] = frozenset()
    wrong: int = 0
    chosen: int | None = None  # the row that a person chose
    answer: Answer | None = None

    @property
    def open(self) -> frozenset[Asked]:
        """The cells that are no longer hidden."""
        return self.found | self.shown


def cells(trace: Trace) -> tuple[Asked, ...]:
    """List what is asked of a network, row by row: parameters where there are any, shapes where they can change.

    An activation, a dropout and a normalisation keep the shape that comes in.
    """
    return tuple(
        cell
        for row in trace.rows
        for cell, is_asked in (
            (Asked(row.index, "output"), trace.architecture.layers[row.index].reshapes),
            (Asked(row.index, "num_params"), row.num_params > 0),
        )
        if is_asked
    )


def next_cell(quiz: Quiz, trace: Trace) -> Asked | None:
    """Give the cell to ask for: a hidden one of the chosen row, else the first hidden one; None when all are open."""
    hidden = [cell for cell in cells(trace) if cell not in quiz.open]
    in_row = [cell for cell in hidden if cell.row == quiz.chosen]
    return next(iter(in_row or hidden), None)


def right_value(trace: Trace, cell: Asked) -> Shape | int:
    """Give what torch has in a cell."""
    row = trace.rows[cell.row]
    return row.output_shape if cell.column == "output" else row.num_params


def slips(trace: Trace, cell: Asked) -> tuple[Slip, ...]:
    """Give the slips that can lead to a wrong value in a cell."""
    find = shape_slips if cell.column == "output" else param_slips
    return find(trace.rows[cell.row], trace.architecture.layers[cell.row])


def named(trace: Trace, cell: Asked, value: Shape | int) -> tuple[Slip, ...]:
    """Name the slips that lead to a value."""
    return tuple(slip for slip in slips(trace, cell) if slip.value == value)


def read(trace: Trace, cell: Asked, typed: str) -> Shape | int:
    """Read what was typed for a cell; raises `AnswerError`."""
    if cell.column == "num_params":
        return read_count(typed)
    return read_shape(typed, rank=len(trace.rows[cell.row].output_shape))


def check(quiz: Quiz, trace: Trace, cell: Asked, typed: str) -> Quiz:
    """Hold an answer against the trace: a right one opens the cell, a wrong one names the slips behind it.

    An answer to what is not hidden, such as a second press of Enter, changes nothing.
    """
    if cell not in cells(trace) or cell in quiz.open:
        return quiz
    try:
        value = read(trace, cell, typed)
    except AnswerError as error:
        return replace(quiz, answer=Answer(cell, typed, refusal=str(error)))
    if value == right_value(trace, cell):
        return replace(quiz, found=quiz.found | {cell}, answer=Answer(cell, typed, value, right=True))
    answer = Answer(cell, typed, value, slips=named(trace, cell, value))
    return replace(quiz, wrong=quiz.wrong + 1, chosen=cell.row, answer=answer)


def show(quiz: Quiz, cell: Asked) -> Quiz:
    """Open a cell without an answer."""
    return replace(quiz, shown=quiz.shown | {cell}, answer=Answer(cell, ""))


def choose(quiz: Quiz, index: int) -> Quiz:
    """Ask for a row's cells next."""
    return replace(quiz, chosen=index, answer=None)
