"""What a sweep is: one job, the fields of it that vary, and its cells: which values stand together.

Every combination is a grid's cell; a random search draws some of them. Each cell keeps the job's seed, so that all
begin alike and see the same batches, unless the seed itself varies: then each setting is trained with every seed.
"""

import math
import random
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product
from typing import Annotated

import msgspec
from msgspec import Meta
from msgspec.inspect import FloatType, IntType

from explorer.architecture.spec import Architecture
from explorer.architecture.trace import Trace, trace
from explorer.experiments.sweep.fields import SweepError, SweepField, Value, check_value, fields, job_with
from explorer.training.cost.gate import refusal
from explorer.training.recipe.recipe import Job

MAX_CELLS = 200
MAX_AXES = 6
SEED = "seed"
BY_FACTORS = ("learning_rate", "weight_decay", "width")  # drawn so that each factor of ten has the same chance
TRIES = 100  # for each cell that is to differ from those before
DIGITS = 3  # of a number that is drawn


class Choices(msgspec.Struct, frozen=True, tag_field="kind", tag="choices", forbid_unknown_fields=True):
    """A field and the values that it takes."""

    field: str
    values: tuple[Value, ...]


class Range(msgspec.Struct, frozen=True, tag_field="kind", tag="range", forbid_unknown_fields=True):
    """A field and the bounds between which a random search draws it."""

    field: str
    low: float
    high: float


class Grid(msgspec.Struct, frozen=True, tag_field="kind", tag="grid", forbid_unknown_fields=True):
    """Every combination."""


class Draws(msgspec.Struct, frozen=True, tag_field="kind", tag="draws", forbid_unknown_fields=True):
    """So many different settings, drawn with a seed."""

    count: Annotated[int, Meta(ge=1, le=MAX_CELLS)]
    seed: Annotated[int, Meta(ge=0, lt=2**31)] = 0


Axis = Choices | Range


class Sweep(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A job and what varies of it; raises `SweepError` for what cannot vary so, or has too many cells."""

    base: Job
    axes: tuple[Axis, ...]
    way: Grid | Draws = Grid()

    def __post_init__(self) -> None:
        names = [axis.field for axis in self.axes]
        if not 1 <= len(names) <= MAX_AXES:
            raise SweepError(f"A sweep varies 1 to {MAX_AXES} fields; found {len(names)}.")
        if len(set(names)) < len(names):
            raise SweepError(f"A sweep varies each field once; found {', '.join(names)}.")
        known = fields(self.base.architecture)
        for axis in self.axes:
            _check_axis(axis, known, drawn=isinstance(self.way, Draws))
        _check_count(self)

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that vary, in their order."""
        return tuple(axis.field for axis in self.axes)


class Cell(msgspec.Struct, frozen=True):
    """One cell: its values in the axes' order, the size of its network, and why it is not trained, if it is not."""

    values: tuple[Value, ...]
    num_params: int = 0
    mult_adds: int = 0  # for one picture
    cause: str = ""


def job_of(sweep: Sweep, cell: Cell) -> Job:
    """Give the job of a cell; raises `SweepError` for one that cannot be."""
    base = sweep.base
    start = None if traced(base.architecture).error else base.architecture
    return job_with(base, dict(zip(sweep.names, cell.values, strict=True)), start=start)


@lru_cache(maxsize=2 * MAX_CELLS)  # cells that differ in their recipes alone have one network
def traced(architecture: Architecture) -> Trace:
    """Trace a cell's network."""
    return trace(architecture)


@lru_cache(maxsize=16)  # a page asks again with each click
def lay_out(sweep: Sweep) -> tuple[Cell, ...]:
    """Give a sweep's cells in order, those that cannot be trained with their cause."""
    cells, seen = list[Cell](), dict[Job, int]()
    for number, values in enumerate(_combinations(sweep), start=1):
        cell = _cell(sweep, values)
        first = number if cell.cause else seen.setdefault(job_of(sweep, cell), number)
        same = "" if first == number else f"It is the same network with the same recipe as cell {first}."
        cells.append(msgspec.structs.replace(cell, cause=cell.cause or same))
    return tuple(cells)


def field_words(name: str) -> str:
    """Say what varies: `learning rate`, `conv1 out channels`."""
    return name.replace("_", " ").replace(".", " ")


def cell_words(sweep: Sweep, cell: Cell) -> str:
    """Name a cell's run: `learning rate 0.1, conv2 kernel size 3, seed 1`."""
    pairs = zip(sweep.names, cell.values, strict=True)
    return ", ".join(
        f"{field_words(name)} {f'{value:.12g}' if isinstance(value, float) else value}" for name, value in pairs
    )


def setting(sweep: Sweep, cell: Cell) -> tuple[Value, ...]:
    """Give a cell's values but for its seed: what cells have in common that differ in luck alone."""
    return tuple(value for name, value in zip(sweep.names, cell.values, strict=True) if name != SEED)


def _cell(sweep: Sweep, values: tuple[Value, ...]) -> Cell:
    cell = Cell(values)
    try:
        job = job_of(sweep, cell)
        rows = traced(job.architecture)
    except SweepError as error:
        return msgspec.structs.replace(cell, cause=str(error))
    if cause := refusal(rows, job.recipe):
        return msgspec.structs.replace(cell, cause=cause)
    return Cell(values, rows.totals.num_params, rows.totals.mult_adds)


# Which values stand together


def _combinations(sweep: Sweep) -> Iterator[tuple[Value, ...]]:
    if isinstance(sweep.way, Grid):
        yield from product(*(axis.values for axis in sweep.axes if isinstance(axis, Choices)))
        return
    seeds = next((axis.values for axis in sweep.axes if axis.field == SEED and isinstance(axis, Choices)), (None,))
    drawn = [axis for axis in sweep.axes if axis.field != SEED]
    place = sweep.names.index(SEED) if SEED in sweep.names else None
    for values in _draw(sweep, drawn, sweep.way):
        yield from ((values if place is None else (*values[:place], seed, *values[place:])) for seed in seeds)


def _draw(sweep: Sweep, axes: Sequence[Axis], way: Draws) -> list[tuple[Value, ...]]:
    """Draw settings that differ; raises `SweepError` where there are not so many."""
    generator = random.Random(way.seed)
    choices = [axis.values for axis in axes if isinstance(axis, Choices)]
    if len(choices) == len(axes):
        return generator.sample(list(product(*choices)), way.count)
    known, found = fields(sweep.base.architecture), dict[tuple[Value, ...], None]()
    for _ in range(TRIES * way.count):
        found[tuple(_draw_value(axis, known[axis.field], generator) for axis in axes)] = None
        if len(found) == way.count:
            return list(found)
    raise _too_few(way.count, len(found))


def _draw_value(axis: Axis, field: SweepField, generator: random.Random) -> Value:
    if isinstance(axis, Choices):
        return generator.choice(axis.values)
    if isinstance(field.plain, IntType):
        return generator.randint(math.ceil(axis.low), math.floor(axis.high))
    if axis.field in BY_FACTORS:
        return _rounded(math.exp(generator.uniform(math.log(axis.low), math.log(axis.high))), axis)
    return _rounded(generator.uniform(axis.low, axis.high), axis)


def _rounded(number: float, axis: Range) -> float:
    """Round to what a person reads, within the bounds."""
    return min(axis.high, max(axis.low, float(f"{number:.{DIGITS}g}")))


# What a sweep is held against


def _check_axis(axis: Axis, known: dict[str, SweepField], *, drawn: bool) -> None:
    if axis.field not in known:
        raise SweepError(f"{axis.field}: nothing of this name can vary here; allowed: one of {', '.join(known)}.")
    if isinstance(axis, Range):
        _check_range(axis, known[axis.field], drawn=drawn)
        return
    for value in axis.values:
        check_value(axis.field, known[axis.field], value)
    if not axis.values or len(set(axis.values)) < len(axis.values):
        shown = ", ".join(map(str, axis.values)) or "none"
        raise SweepError(f"{axis.field}: found the values {shown}; allowed: at least one, and each once.")


def _check_range(axis: Range, field: SweepField, *, drawn: bool) -> None:
    whole = isinstance(field.plain, IntType)
    if not drawn or axis.field == SEED or not (whole or isinstance(field.plain, FloatType)):
        raise SweepError(
            f"{axis.field}: found a range, {axis.low:g} to {axis.high:g}, which only numbers of a random search can "
            "be drawn from. Name its values one by one."
        )
    for bound in (axis.low, axis.high):
        check_value(axis.field, field, int(bound) if whole and float(bound).is_integer() else bound)
    if axis.low >= axis.high or (axis.field in BY_FACTORS and axis.low <= 0):
        least = "above 0 and " if axis.field in BY_FACTORS else ""
        raise SweepError(f"{axis.field}: found {axis.low:g} to {axis.high:g}; allowed: {least}the smaller one first.")


def _check_count(sweep: Sweep) -> None:
    counts = [len(axis.values) for axis in sweep.axes if isinstance(axis, Choices)]
    count = math.prod(counts)
    if isinstance(sweep.way, Draws):
        _check_draws(sweep, sweep.way)
        seeds = next((len(axis.values) for axis in sweep.axes if axis.field == SEED and isinstance(axis, Choices)), 1)
        count = sweep.way.count * seeds
    if count > MAX_CELLS:
        raise SweepError(
            f"A sweep has at most {MAX_CELLS} cells; these would be {count:,}. Take fewer values, or draw some of the "
            "combinations at random."
        )


def _check_draws(sweep: Sweep, way: Draws) -> None:
    if not 1 <= way.count <= MAX_CELLS:
        raise SweepError(f"A random search draws 1 to {MAX_CELLS} settings; {way.count:,} were asked for.")
    if not 0 <= way.seed < 2**31:
        raise SweepError(f"The seed that draws the settings is {way.seed:,}; allowed: 0 to {2**31 - 1:,}.")
    drawn = [axis for axis in sweep.axes if axis.field != SEED]
    there = math.prod(len(axis.values) for axis in drawn if isinstance(axis, Choices))
    if way.count > there and not any(isinstance(axis, Range) for axis in drawn):
        raise _too_few(way.count, there)


def _too_few(wanted: int, there: int) -> SweepError:
    return SweepError(
        f"{wanted} settings were to be drawn, but there are only {there}. Draw fewer, or take more values."
    )
