"""A run's weights as they were at steps of it: a folder with a file of safetensors a step.

A network whose weights would take too much room at all these steps has its first layer's kept at each, which shows how
its filters come about; the last of all layers are in the run's checkpoint.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from explorer.training.errors import TrainingError
from explorer.training.events import Event, WeightsNotKept
from explorer.training.tensor_file import SUFFIX, write_soon

MOST_BYTES = 64_000_000  # of a run; LeNet's weights at all its looks take 17 MB
LARGEST = 2 * MOST_BYTES  # bytes of one file: what is larger is no such file


class WeightsError(TrainingError):
    """Weights that cannot be read; says which file, why, and what to do."""


def kept_layers(sizes: Mapping[str, int], *, looks: int) -> Sequence[str]:
    """Choose the layers whose weights are kept at each of so many looks: all, the first, or none.

    `sizes` has the bytes of each layer's weights, in the order of the stack.
    """
    weighing = [name for name, size in sizes.items() if size]
    for chosen in (weighing, weighing[:1]):
        if looks * sum(sizes[name] for name in chosen) <= MOST_BYTES:
            return chosen
    return ()


class FileWeightKeeper:
    """Keeps a run's weights in a folder, at each look inside."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._layers: Sequence[str] | None = None  # those that are kept; None before the first look
        self._has_failed = False

    def keep(self, network: nn.Sequential, *, step: int, looks: int) -> Iterator[Event]:
        """Write the weights after a step, at one of about so many looks; tells once if that cannot be."""
        if self._layers is None:
            self._layers = kept_layers(_sizes(network), looks=looks)
        tensors = {f"{name}.{key}": value for name in self._layers for key, value in _weights(network, name).items()}
        if not tensors:
            return
        try:
            write_soon(tensors, _path(self._folder, step))
        except (OSError, SafetensorError) as error:
            if not self._has_failed:
                yield WeightsNotKept(step=step, cause=f"{self._folder} cannot be written: {error}.")
            self._has_failed = True


def kept_steps(folder: Path) -> list[int]:
    """List the steps whose weights lie in a run's folder, the first first; none where there is no folder."""
    names = (path.stem for path in folder.glob(f"*{SUFFIX}"))
    return sorted(int(name) for name in names if name.isdecimal())


def read_weights(folder: Path, step: int) -> dict[str, Tensor]:
    """Read the weights after a step, by their names in the network: `conv1.weight`; raises `WeightsError`."""
    path = _path(folder, step)
    try:
        if (size := path.stat().st_size) > LARGEST:
            raise ValueError(f"it has {size:,} bytes, and {LARGEST:,} at most are right")
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # no mapping
    except (OSError, SafetensorError, ValueError) as error:
        raise WeightsError(f"{path} holds no weights that can be read: {error}. Run it again to get them.") from error


def _path(folder: Path, step: int) -> Path:
    return folder / f"{step}{SUFFIX}"


def _sizes(network: nn.Sequential) -> dict[str, int]:
    return {
        name: sum(value.nbytes for value in layer.state_dict().values()) for name, layer in network.named_children()
    }


def _weights(network: nn.Sequential, name: str) -> dict[str, Tensor]:
    return {key: value.detach().cpu() for key, value in network.get_submodule(name).state_dict().items()}
