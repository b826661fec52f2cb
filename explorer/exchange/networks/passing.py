"""A tensor passes a layer: what it becomes, and which layers it has passed."""

from collections.abc import Iterable

from explorer.architecture.build import REFUSALS, fit
from explorer.architecture.kinds.convolution import Convolution
from explorer.architecture.kinds.dense import Dense
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.kinds.sizes import Shape
from explorer.architecture.spec import MAX_LAYERS
from explorer.exchange.networks.layer_call import LayerCall, refusal
from explorer.exchange.python.machine import Machine
from explorer.exchange.python.values import BATCH, Module, Step, Tensor, Unknown, Value

MISFIT = "the size of what does not fit"


def passed(machine: Machine, tensor: Tensor, call: LayerCall, line: int, module: Module | None) -> Tensor:
    """Pass a tensor through a layer; behind one that does not fit its sizes are unknown."""
    if len(tensor.steps) >= MAX_LAYERS:
        raise refusal(line, found=f"{MAX_LAYERS + 1} layers or more", allowed=f"at most {MAX_LAYERS}")
    if module and call.layer.has_weights and _weighs_in(module, tensor):
        raise refusal(line, found="a layer with weights a second time", allowed="layers with weights once each")
    if tensor.whole:
        sizes = "×".join(str(size) for size in tensor.shape)
        raise refusal(line, found=f"a layer on {sizes} values", allowed="maps, or the row that all their values are")
    known, layer, claimed = tensor.known, call.layer, tensor.claimed
    stated = claimed if claimed and layer.given else call.stated
    if known is not None and layer.given and stated is not None:
        layer, claimed = _said(layer, stated, known), None
        _note_slip(machine, layer, tensor, line)
    if tensor.is_input and known and tensor.batch is not BATCH and module:
        machine.seen.inputs.setdefault(id(module), known)
    shape = _shape(layer, tensor, line)
    step = Step(layer, line, module, stated, known)
    if layer.given and tensor.batch is BATCH:
        machine.seen.first = machine.seen.first or step
    steps = (*tensor.steps, step)
    return Tensor(shape, steps, tensor.batch, is_input=False, claimed=claimed)


def note_slips(machine: Machine, parts: Iterable[tuple[LayerCall, int]]) -> None:
    """Note the numbers that are wrong within layers one after another, whose lines are given, whatever comes in."""
    shape: Shape | None = None
    for call, line in parts:
        layer = call.layer
        if shape and layer.given and call.stated and (layer.takes == "maps") == (len(shape) == 3):
            told = _said(layer, call.stated, shape).disagreement(shape)
            if told:
                machine.seen.slips.setdefault(line, told)
        shape = _known_behind(layer, shape)


def _known_behind(layer: Layer, shape: Shape | None) -> Shape | None:
    """Give the channels or features that come out of a layer, if that is known: the sides of maps are not."""
    if isinstance(layer, Convolution):
        return layer.out_channels, 1, 1
    if isinstance(layer, Dense):
        return (layer.out_features,)
    return shape if layer.role in ("pooling", "activation", "normalisation", "regularisation") else None


def _weighs_in(module: Module, tensor: Tensor) -> bool:
    """Tell whether a tensor has passed the weights of a module."""
    return any(step.module is module and step.layer.has_weights for step in tensor.steps)


def _said(layer: Layer, stated: int, shape: Shape) -> Layer:
    """Keep what a layer says of the layer before where that gives another size: such a row does not fit."""
    given = next(iter(layer.inferred(shape).values()))
    if given == stated or (layer.takes == "maps" and len(shape) != 3):
        return layer
    return type(layer)(**{name: getattr(layer, name) for name in layer.__struct_fields__} | {layer.given: stated})


def _note_slip(machine: Machine, layer: Layer, tensor: Tensor, line: int) -> None:
    """Note a number that is wrong for pictures of any size: it hangs on a layer's channels or features alone."""
    told = layer.disagreement(tensor.known) if tensor.known else None
    before = any(step.layer.given == layer.given for step in tensor.steps)
    if told and before and tensor.batch is BATCH:
        machine.seen.slips.setdefault(line, told)


def _shape(layer: Layer, tensor: Tensor, line: int) -> tuple[Value, ...]:
    if tensor.known is not None:
        try:
            return fit(layer, tensor.known).output_shape
        except REFUSALS:
            pass
    unknown = Unknown(MISFIT, line)
    rank = 1 if isinstance(layer, Flatten) else len(tensor.shape)
    return (unknown,) * rank
