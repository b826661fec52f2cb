"""The kinds of layers, one record each, in a file for each family.

The files of this folder are found by themselves, and so are the kinds in them: a new kind is a new record, in its
family's file or in a new one. What says `abstract` of itself is what kinds share, and no kind.
"""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, TypeGuard, Union

from explorer.architecture.kinds.activation import Activation
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.pooling import Pool2d

# The order of menus; any other file comes after these, by its name.
FAMILIES = ("convolution", "pooling", "activation", "normalisation", "regularisation", "shape", "dense", "output")


def _found() -> Iterator[type[Layer]]:
    """Find the kinds in this folder's files, all of which are imported first."""
    names = [module.name for module in iter_modules([str(Path(__file__).parent)])]
    names.sort(key=lambda name: (FAMILIES.index(name) if name in FAMILIES else len(FAMILIES), name))
    for module in [import_module(f"{__package__}.{name}") for name in names]:
        own = [each for each in vars(module).values() if getattr(each, "__module__", "") == module.__name__]
        yield from filter(_is_kind, own)


def _is_kind(each: object) -> TypeGuard[type[Layer]]:
    return isinstance(each, type) and issubclass(each, Layer) and "abstract" not in vars(each)


KINDS: dict[str, type[Layer]] = {kind.__name__: kind for kind in _found()}
ACTIVATIONS: dict[str, type[Activation]] = {name: kind for name, kind in KINDS.items() if issubclass(kind, Activation)}
# Those whose windows slide: one can take the place of another.
POOLINGS: dict[str, type[Pool2d]] = {name: kind for name, kind in KINDS.items() if issubclass(kind, Pool2d)}
if TYPE_CHECKING:
    AnyLayer = Layer
else:
    AnyLayer = Union[tuple(KINDS.values())]  # what a reader chooses among  # noqa: UP007
