"""A quiz in words: the stack's table with its cells hidden, the question, and what an answer gets back."""

from collections.abc import Iterator

from msgspec.structs import replace

from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.pooling import AdaptivePool2d
from explorer.architecture.kinds.shape import ZeroPad2d
from explorer.architecture.kinds.sizes import shape_words
from explorer.architecture.spec import INPUT
from explorer.architecture.trace import Trace
from explorer.lessons.quiz import Answer, Asked, Quiz, cells, right_value
from explorer.views.common import words
from explorer.views.common.formula import Formula
from explorer.views.common.table import Table, TableCell, TableRow
from explorer.views.design.formulas import formulas
from explorer.views.design.stack import table

HIDDEN = "?"
UNSAID = r"\text{?}"  # a plain question mark would stand too close
COLUMNS = ("output", "num_params")
SIZES, PARAMETERS = ("Height and width", "Height", "Width", "Features"), ("Parameters",)
QUESTIONS = {"output": "Which shape comes out?", "num_params": "How many parameters does it have?"}
SIDES = ("channels", "height", "width")
EXAMPLES = {"output": "3 × 5 × 7", "num_params": "1,234"}


def masked(trace: Trace, quiz: Quiz) -> Table:
    """Lay the stack out with what is still to be predicted hidden."""
    hidden = set(cells(trace)) - quiz.open
    laid_out = table(trace, columns=COLUMNS)
    rows = [_masked_row(trace, row, hidden) for row in laid_out.rows]
    total = HIDDEN if any(cell.column == "num_params" for cell in hidden) else laid_out.totals[1]
    return replace(laid_out, rows=rows, totals=[laid_out.totals[0], total])


def _masked_row(trace: Trace, row: TableRow, hidden: set[Asked]) -> TableRow:
    output, params = row.cells
    hides = Asked(row.index, "num_params") in hidden
    shape = output if shape_is_open(trace, row.index, hidden) else TableCell(HIDDEN)
    cells = [shape, TableCell(HIDDEN) if hides else replace(params, share=0.0)]
    return replace(row, cells=cells, cause="", mends=[])  # a doubt would say the numbers


def shape_is_open(trace: Trace, index: int, hidden: set[Asked]) -> bool:
    """Tell whether a row's shape may be seen: an activation's is that of the layer before it."""
    layers = trace.architecture.layers
    while index > INPUT and not layers[index].reshapes:
        index -= 1
    return Asked(index, "output") not in hidden


def question(trace: Trace, quiz: Quiz, cell: Asked) -> str:
    """Ask for a cell, in Markdown, with the layer's settings and, if it may be seen, its input."""
    row = trace.rows[cell.row]
    hidden = set(cells(trace)) - quiz.open
    known = shape_is_open(trace, cell.row - 1, hidden)
    goes_in = shape_words(row.input_shape) if known else "a shape that is still hidden"
    return f"**{row.name}** · {row.kind} {row.settings}  \n{goes_in} goes in.\n\n**{QUESTIONS[cell.column]}**"


def score(trace: Trace, quiz: Quiz) -> str:
    """Say how far one is: `3 of 17 found · 1 shown · 2 wrong tries`."""
    parts = [f"{len(quiz.found)} of {len(cells(trace))} found"]
    parts += [f"{len(quiz.shown)} shown"] if quiz.shown else []
    parts += [f"{quiz.wrong} wrong {'try' if quiz.wrong == 1 else 'tries'}"] if quiz.wrong else []
    return " · ".join(parts)


def right_words(trace: Trace, cell: Asked) -> str:
    """Say what stands in a cell."""
    name, value = trace.rows[cell.row].name, right_value(trace, cell)
    if isinstance(value, tuple):
        return f"{name} gives {shape_words(value)}."
    return f"{name} has {words.number(value)} parameter{'s' * (value != 1)}."


def wrong_words(trace: Trace, answer: Answer) -> str:
    """Say what may have gone wrong, in Markdown: the slips that lead to the answer, or what of it is right."""
    said = [f"**{slip.name}?** {slip.words[0].upper()}{slip.words[1:]}" for slip in answer.slips]
    value = answer.value
    typed = shape_words(value) if isinstance(value, tuple) else words.number(value or 0)
    return "\n\n".join([f"{typed} is not it.", *(said or _halfway(trace, answer))])


def _halfway(trace: Trace, answer: Answer) -> list[str]:
    right, value = right_value(trace, answer.cell), answer.value
    if not isinstance(right, tuple) or not isinstance(value, tuple):
        return []
    if len(value) != len(right):
        return [f"What comes out has {len(right)} size{'s' * (len(right) > 1)}, and you typed {len(value)}."]
    if len(right) != 3:
        return []
    hits = [name for name, one, other in zip(SIDES, value, right, strict=True) if one == other]
    misses = [name for name in SIDES if name not in hits]
    return [f"Right so far: {' and '.join(hits)}. Not yet: {' and '.join(misses)}."] if hits else []


def worked_out(trace: Trace, cell: Asked, *, to_the_end: bool) -> str:
    """Work a cell out in letters and in the layer's numbers; before its end, the result is left to the reader."""
    wanted = SIZES if cell.column == "output" else PARAMETERS
    found = [formula for formula in formulas(trace, cell.row) if formula.quantity in wanted]
    lines = [_formula(formula, to_the_end=to_the_end) for formula in found]
    return "\n\n".join([*(_rule(trace, cell) if cell.column == "output" else ()), *lines])


def _formula(formula: Formula, *, to_the_end: bool) -> str:
    sum_, _, value = formula.numbers.rpartition(" = ")
    return f"**{formula.quantity}** $= {formula.letters}$  \n${sum_} = {value if to_the_end else UNSAID}$"


def _rule(trace: Trace, cell: Asked) -> Iterator[str]:
    """Say what no formula says of a shape."""
    match trace.architecture.layers[cell.row]:
        case Layer(role="convolution"):
            yield "**Channels**: each filter makes one map."
        case AdaptivePool2d():
            yield "**Channels**: as many as go in. Height and width are its setting."
        case Layer(role="dense"):
            yield "One number comes out for each of its outputs, whatever goes in."
        case Layer(role="pooling"):
            yield "**Channels**: a pooling keeps as many as go in."
        case ZeroPad2d():
            yield "**Channels**: as many as go in."
