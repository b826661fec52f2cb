"""A file of trained weights as people have it, read as tensors alone: safetensors, torch.save's, or ONNX.

What a file says of its layers is not looked at here; `weight_match.py` holds the tensors against a design. A pickle is
read by torch's own reader of weights, which builds tensors and plain containers and calls nothing that a file names;
the pages leave even that to a process of its own.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from explorer.architecture.build import build
from explorer.architecture.errors import DesignError, StackError
from explorer.exchange.onnx_reader import onnx_weights, read_onnx

MOST_BYTES = 320_000_000  # of a file: 80 million parameters, as many as one can look into; AlexNet's has 244 MB
MOST_TENSORS = 10_000
ENDINGS = ("safetensors", "pth", "pt", "onnx")  # what such files are called; what one is, its first bytes say
NESTED = ("state_dict", "model_state_dict", "model", "net", "network", "weights")  # under which checkpoints keep them
MOST_NESTED = 4  # such keys below each other
SAVE = "Save the weights alone, by torch.save(model.state_dict(), …) or as safetensors, and open that file."
AGAIN = "Save or download it again."
SHOWN = 120  # characters of a library's own words
OBJECT = re.compile(r"GLOBAL (\S+)")  # torch's words for a Python object that it does not build
PICKLED, ZIPPED, JSON, ONNX = b"\x80", b"PK", b"{", b"\x08"


class WeightFileError(ValueError):
    """Weights that cannot be opened: which file or layer, what was found there, what is allowed, and the repair."""


def read_weight_file(path: Path) -> dict[str, Tensor]:
    """Read the tensors of a file by their names, in the order of its layers; raises `WeightFileError` and `OSError`.

    In safetensors no order is kept, so names are sorted with their numbers as numbers: `features.3` before
    `features.10`.
    """
    check_size(path.stat().st_size)
    with path.open("rb") as file:
        begin = file.read(9)
    if begin[8:] == JSON:
        return _checked(_read_safetensors(path))
    if begin.startswith(ONNX):
        return _checked(_read_onnx(path))
    if not begin.startswith((PICKLED, ZIPPED)):
        raise WeightFileError(
            f"The file begins with {begin!r}, which no file of weights does; allowed: {', '.join(ENDINGS)}. {SAVE}"
        )
    return _checked(_state_dict(_read_torch(path)))


def check_size(size: int) -> None:
    """Raise `WeightFileError` for a file that is empty or larger than what is read."""
    if not size:
        raise WeightFileError(f"The file is empty. {AGAIN}")
    if size > MOST_BYTES:
        raise WeightFileError(
            f"The file has {size / 1e6:,.0f} MB; at most {MOST_BYTES / 1e6:,.0f} MB are read, which holds AlexNet. "
            "Save the weights without the optimizer's state, or those of a smaller network."
        )


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    try:
        with safe_open(path, framework="pt") as file:
            names = sorted(file.keys(), key=_natural)
            return {name: file.get_tensor(name) for name in names}
    except (SafetensorError, OSError, ValueError, KeyError, AttributeError, RuntimeError) as error:
        raise _unreadable(error) from error


def _read_onnx(path: Path) -> dict[str, Tensor]:
    """Give the weights of a chain of layers by the names that its design gives them."""
    data = path.read_bytes()
    try:
        names = [name for name in build(read_onnx(data)).state_dict() if not name.endswith("num_batches_tracked")]
        arrays = [torch.tensor(array) for array in onnx_weights(data)]  # copied: a file's own memory takes no writing
        return dict(zip(names, arrays, strict=True))
    except (DesignError, StackError) as error:
        raise WeightFileError(f"The ONNX file holds no network that can be read: {error}") from error


def _natural(name: str) -> list[tuple[bool, int, str]]:
    """Order names as people number them."""
    parts = re.split(r"(\d+)", name)
    return [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts]


def _read_torch(path: Path) -> object:
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # its readers raise whatever a damaged file makes of their bytes
        raise _unreadable(error) from error


def _unreadable(error: Exception) -> WeightFileError:
    """Say why torch or safetensors refuse a file."""
    text = str(error)
    if found := OBJECT.search(text):
        return WeightFileError(
            f"The file holds the Python object {found[1][:SHOWN]}, whose code would run when it is read; "
            f"allowed: weights alone. {SAVE}"
        )
    if type(error).__name__ == "UnpicklingError" or "TorchScript" in text:
        return WeightFileError(f"The file holds Python objects or a program, where weights alone are allowed. {SAVE}")
    if isinstance(error, MemoryError) or "allocate" in text:
        return WeightFileError(f"The file unpacks to more memory than is given to one that is opened. {SAVE}")
    words = re.split(r"\. |\n", text)[0][:SHOWN].rstrip(". ") or type(error).__name__
    return WeightFileError(f"The file cannot be read: it is cut off or damaged ({words}). {AGAIN}")


def _state_dict(loaded: object) -> dict[str, Tensor]:
    """Find the tensors by name in what a file holds, also where a checkpoint keeps them beside other things."""
    for _ in range(MOST_NESTED):
        if not isinstance(loaded, Mapping):
            break
        inside = next((loaded[key] for key in NESTED if isinstance(loaded.get(key), Mapping)), None)
        if inside is None:
            return {str(name): value for name, value in loaded.items() if isinstance(value, Tensor)}
        loaded = inside
    raise WeightFileError(f"The file holds {_called(loaded)}; allowed: tensors by their names. {SAVE}")


def _called(loaded: object) -> str:
    """Name what a file holds in place of tensors by their names."""
    return "a tensor without a name" if isinstance(loaded, Tensor) else f"a {type(loaded).__name__}"


def _checked(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Refuse what no layer's weights can be; raises `WeightFileError`."""
    if not tensors:
        raise WeightFileError(
            f"The file holds no tensors under names, nor under one of the keys {', '.join(NESTED)}. {SAVE}"
        )
    if len(tensors) > MOST_TENSORS:
        raise WeightFileError(f"The file holds {len(tensors):,} tensors; at most {MOST_TENSORS:,} are read. {SAVE}")
    for name, value in tensors.items():
        if value.layout != torch.strided or value.is_quantized or value.is_complex() or value.is_meta:
            kind = "quantized" if value.is_quantized else "complex" if value.is_complex() else "without its numbers"
            found = f"of the layout {value.layout}" if value.layout != torch.strided else kind
            raise WeightFileError(f"{name[:SHOWN]} is {found}; allowed: plain floating-point tensors. {SAVE}")
    return tensors
