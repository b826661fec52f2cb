"""What a sweep can vary of a job: fields of the whole design, of one layer, and of the recipe; and how each is set.

A field of the whole design has a name of its own (`activation`, `pooling`, `kernel_size`, `width`), one of a layer the
layer's name before it (`conv1.out_channels`), one of the recipe the recipe's.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, Any, NamedTuple, get_args

import msgspec
from msgspec import Meta
from msgspec.inspect import BoolType, FloatType, IntType, NoneType, Type, UnionType, type_info
from msgspec.structs import replace

from explorer.architecture import edit
from explorer.architecture.build import layer_names
from explorer.architecture.edit import reconnect
from explorer.architecture.errors import DesignError
from explorer.architecture.kinds import ACTIVATIONS, POOLINGS
from explorer.architecture.kinds.activation import Activation
from explorer.architecture.kinds.convolution import Conv2d, Convolution
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.layer import Kernel, Layer
from explorer.architecture.kinds.pooling import Pool2d
from explorer.architecture.spec import Architecture, check
from explorer.training.recipe.recipe import CHOICES, TYPES, Job, RecipeError, in_words, with_fields

Value = bool | int | float | str | None
Change = Callable[[Architecture, Any], Architecture]
Factor = Annotated[float, Meta(gt=0, le=16)]


class SweepError(ValueError):
    """A sweep, or a cell of one, that cannot be; says which field or cell, why, and what to change."""


class SweepField(NamedTuple):
    """A field that can vary: the type of its values, the names among which it chooses if it does, and its change."""

    kind: Any
    choices: tuple[str, ...] = ()
    change: Change | None = None  # of the design; None: it is the recipe's

    @property
    def plain(self) -> Type:
        """The type of its values, without `None`."""
        kind = type_info(self.kind)
        kinds = kind.types if isinstance(kind, UnionType) else (kind,)
        return next(one for one in kinds if not isinstance(one, NoneType))

    @property
    def allowed(self) -> str:
        """What it may be, in words."""
        return "one of " + ", ".join(self.choices) if self.choices else in_words(type_info(self.kind))


def fields(architecture: Architecture) -> dict[str, SweepField]:
    """List what can vary of jobs with a network, by name: the whole design's fields, the recipe's, each layer's."""
    whole = {name: field for name, field in WHOLE.items() if _has(architecture, name)}
    recipe = {name: SweepField(kind, CHOICES.get(name, ())) for name, kind in TYPES.items()}
    return whole | recipe | _layer_fields(architecture)


def check_value(name: str, field: SweepField, value: object) -> None:
    """Hold a value against its field; raises `SweepError`."""
    try:
        msgspec.convert(value, field.kind)
        fits = not field.choices or value in field.choices
    except msgspec.ValidationError:
        fits = False
    if not fits:
        shown = repr(value)
        raise SweepError(f"{name}: found {shown[:60]}{'…' * (len(shown) > 60)}; allowed: {field.allowed}.")


def job_with(base: Job, values: Mapping[str, Value], *, start: Architecture | None) -> Job:
    """Give the job that differs from another in these fields alone.

    Fields of the recipe that no longer apply beside them go back to their defaults. A network that differs takes its
    first weights from `start` where their shapes agree. Raises `SweepError` for what cannot be.
    """
    try:
        design = check(_design_with(base.architecture, values))
        recipe = with_fields(base.recipe, {name: value for name, value in values.items() if name in TYPES})
    except (DesignError, RecipeError) as error:
        raise SweepError(str(error)) from error
    return Job(architecture=design, recipe=recipe, start=base.start if design == base.architecture else start)


def _design_with(architecture: Architecture, values: Mapping[str, Value]) -> Architecture:
    """Change the whole design first: what is said of one layer holds whatever is said of all."""
    design = architecture
    for name, field in fields(architecture).items():
        if name in values and field.change is not None:
            design = field.change(design, values[name])
    return design


# The fields of the whole design


def _with_kernels(architecture: Architecture, size: int) -> Architecture:
    """Change every convolution's kernel, and its padding so that its maps keep their size where that can be."""
    return _with_each(architecture, Conv2d, lambda layer: layer.with_kernel(size))


def _with_width(architecture: Architecture, factor: float) -> Architecture:
    """Multiply the channels of every convolution and the numbers of every hidden dense layer."""
    last = len(architecture.layers) - 1
    layers = [layer if i == last else layer.widened(factor) for i, layer in enumerate(architecture.layers)]
    return reconnect(replace(architecture, layers=tuple(layers)))


def _with_each(architecture: Architecture, kind: type[Conv2d], change: Callable[[Conv2d], Layer]) -> Architecture:
    layers = (change(layer) if isinstance(layer, kind) else layer for layer in architecture.layers)
    return replace(architecture, layers=tuple(layers))


WHOLE = {
    "activation": SweepField(str, tuple(ACTIVATIONS), edit.replace_activations),
    "pooling": SweepField(str, tuple(POOLINGS), edit.replace_poolings),
    "kernel_size": SweepField(Kernel, (), _with_kernels),
    "width": SweepField(Factor, (), _with_width),
}
OF: dict[str, tuple[type, ...]] = {  # the layers that each of them changes
    "activation": (Activation,),
    "pooling": (Pool2d,),
    "kernel_size": (Conv2d,),
    "width": (Convolution, Linear),
}


def _has(architecture: Architecture, name: str) -> bool:
    layers = architecture.layers[:-1] if name == "width" else architecture.layers
    return any(isinstance(layer, OF[name]) for layer in layers)


# The fields of one layer


def _layer_fields(architecture: Architecture) -> dict[str, SweepField]:
    names = layer_names(architecture.layers)
    return {
        f"{names[index]}.{info.name}": SweepField(
            _kind(layer, info), (), partial(_with_layer, index=index, name=info.name)
        )
        for index, layer in enumerate(architecture.layers)
        for info in msgspec.structs.fields(layer)
        if info.name != layer.given and _is_number(info.type)
    }


def _change_of(index: int, name: str) -> Change:
    return partial(_with_layer, index=index, name=name)


def _kind(layer: Layer, info: msgspec.structs.FieldInfo) -> object:
    """Give the type of a field's values; what may be one number for each side varies as one for all."""
    return get_args(info.type)[0] if info.name in layer.sides else info.type


def _is_number(kind: object) -> bool:
    return isinstance(SweepField(kind).plain, IntType | FloatType | BoolType)


def _with_layer(architecture: Architecture, value: Value, *, index: int, name: str) -> Architecture:
    layer = architecture.layers[index]
    if name not in layer.__struct_fields__:
        raise SweepError(f"Layer {index + 1} is {type(layer).__name__} in this cell, which has no {name}.")
    return edit.replace_layer(architecture, index, replace(layer, **{name: value}))
