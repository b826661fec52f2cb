"""An architecture as rows: one a layer, with the shapes and counts that torch gives, and their totals."""

from functools import lru_cache
from typing import NamedTuple

import msgspec

from explorer.architecture import cost
from explorer.architecture.build import Fitted, fit, layer_names, walk
from explorer.architecture.cost import BYTES, View
from explorer.architecture.doubt import Doubt, doubts
from explorer.architecture.errors import StackError
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.sizes import Pair, Shape, merged
from explorer.architecture.repair import Repair, repairs
from explorer.architecture.spec import Architecture


class LayerRow(msgspec.Struct, frozen=True):
    """One layer as the table shows it; shapes leave out the batch, bytes are of float32 values for one picture."""

    index: int
    name: str
    kind: str
    settings: str
    input_shape: Shape
    output_shape: Shape
    num_params: int
    num_trainable: int
    mult_adds: int
    neurons: int
    connections: int
    output_bytes: int
    param_bytes: int
    receptive_field: int | Pair | None  # input pixels, height and width where they differ; None for what is no map
    jump: int | Pair | None
    remainder: Pair | None  # rows and columns; None for layers without a window


class Totals(msgspec.Struct, frozen=True):
    """The rows' sums; `receptive_field` and `jump` are those of the last map."""

    num_params: int
    num_trainable: int
    mult_adds: int
    neurons: int
    connections: int
    output_bytes: int
    param_bytes: int
    receptive_field: int | Pair | None
    jump: int | Pair | None


class LayerError(msgspec.Struct, frozen=True):
    """Where a stack stops: the layer, the cause in its numbers, and edits that let it fit."""

    index: int
    name: str
    kind: str
    input_shape: Shape
    cause: str
    repairs: tuple[Repair, ...]


class Trace(msgspec.Struct, frozen=True):
    """An architecture's rows up to the first layer that does not fit, their totals, and that layer's error if any.

    `doubts` are about layers that fit, but hardly do what was meant.
    """

    architecture: Architecture
    rows: tuple[LayerRow, ...]
    totals: Totals
    error: LayerError | None
    doubts: tuple[Doubt, ...] = ()

    @property
    def output_shape(self) -> Shape:
        """What comes out of the last layer that fits."""
        return self.rows[-1].output_shape if self.rows else self.architecture.input_shape

    @property
    def repairs(self) -> tuple[Repair, ...]:
        """All edits that are proposed: those of the doubts, in their order, then the error's."""
        doubtful = tuple(repair for doubt in self.doubts for repair in doubt.repairs)
        return doubtful + (self.error.repairs if self.error else ())


def trace(architecture: Architecture) -> Trace:
    """Trace a dummy tensor of batch 1 through the stack on torch's `meta` device: shapes and counts, no arithmetic."""
    rows, refused = _collect(architecture)
    error = _layer_error(architecture, rows, refused) if refused else None
    return Trace(
        architecture=architecture,
        rows=tuple(rows),
        totals=_total(rows),
        error=error,
        doubts=doubts(architecture, [row.input_shape for row in rows], [row.num_params for row in rows]),
    )


def _collect(architecture: Architecture) -> tuple[list[LayerRow], StackError | None]:
    names, rows = layer_names(architecture.layers), list[LayerRow]()
    view: View | None = View(receptive_field=(1, 1), jump=(1, 1))
    try:
        for index, fitted in enumerate(walk(architecture)):
            measured = _measure(fitted.layer, fitted.input_shape)
            view = cost.view_after(view, measured.view)
            rows.append(_row(index, names[index], fitted, measured, view))
    except StackError as error:
        return rows, error
    return rows, None


class _Measured(NamedTuple):
    """What one layer is and costs, wherever it stands."""

    settings: str
    num_params: int
    num_trainable: int
    mult_adds: int
    neurons: int
    connections: int
    output_bytes: int
    remainder: Pair | None
    view: tuple[Pair, Pair] | None


@lru_cache(maxsize=4_096)  # an edit measures only the layers whose settings or input it changed
def _measure(layer: Layer, input_shape: Shape) -> _Measured:
    fitted = fit(layer, input_shape)
    return _Measured(
        settings=layer.describe(),
        num_params=cost.num_params(fitted.module),
        num_trainable=cost.num_trainable(fitted.module),
        mult_adds=cost.mult_adds(fitted),
        neurons=cost.neurons(fitted),
        connections=cost.connections(fitted),
        output_bytes=BYTES * cost.count(fitted.output_shape),
        remainder=cost.remainder(fitted),
        view=layer.view(input_shape) if len(fitted.output_shape) == 3 else None,
    )


def _row(index: int, name: str, fitted: Fitted, measured: _Measured, view: View | None) -> LayerRow:
    return LayerRow(
        index=index,
        name=name,
        kind=type(fitted.layer).__name__,
        settings=measured.settings,
        input_shape=fitted.input_shape,
        output_shape=fitted.output_shape,
        num_params=measured.num_params,
        num_trainable=measured.num_trainable,
        mult_adds=measured.mult_adds,
        neurons=measured.neurons,
        connections=measured.connections,
        output_bytes=measured.output_bytes,
        param_bytes=BYTES * measured.num_params,
        receptive_field=merged(view.receptive_field) if view else None,
        jump=merged(view.jump) if view else None,
        remainder=measured.remainder,
    )


def _total(rows: list[LayerRow]) -> Totals:
    maps = [row for row in rows if row.receptive_field is not None]
    return Totals(
        num_params=sum(row.num_params for row in rows),
        num_trainable=sum(row.num_trainable for row in rows),
        mult_adds=sum(row.mult_adds for row in rows),
        neurons=sum(row.neurons for row in rows),
        connections=sum(row.connections for row in rows),
        output_bytes=sum(row.output_bytes for row in rows),
        param_bytes=sum(row.param_bytes for row in rows),
        receptive_field=maps[-1].receptive_field if maps else None,
        jump=maps[-1].jump if maps else None,
    )


def _layer_error(architecture: Architecture, rows: list[LayerRow], refused: StackError) -> LayerError:
    input_shape = rows[-1].output_shape if rows else architecture.input_shape
    return LayerError(
        index=refused.index,
        name=refused.name,
        kind=refused.kind,
        input_shape=input_shape,
        cause=refused.cause,
        repairs=repairs(architecture, refused.index, input_shape),
    )
