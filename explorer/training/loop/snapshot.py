"""All that a run needs to go on as if nothing had happened.

The order of pictures is not in it: that follows from the seed, and the place in it from the step.
"""

from dataclasses import dataclass
from typing import Any

import msgspec
import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from explorer.training.errors import TrainingError
from explorer.training.events import Way
from explorer.training.loop.meter import Clock, Meter, Sums
from explorer.training.loop.prepare import PreparedRun
from explorer.training.recipe.recipe import Job

NETWORK, OPTIMIZER, RANDOM = "network/", "optimizer/", "random/"  # what the names of tensors begin with
MAY_DIFFER = ("epochs", "max_seconds", "target_accuracy", "device")  # of the recipe, where a run goes on


class Place(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a run is: all but its tensors."""

    job: Job
    step: int  # steps done
    seconds: float
    learning_rate: float  # the recipe's, or what it was changed to
    point: Sums  # of the unfinished group of steps
    epoch: Sums  # of the unfinished epoch
    way: Way | None = None  # how a CPU computes its steps; None: another device, or a program that did not say it


@dataclass(frozen=True)
class Snapshot:
    """A run between two steps. The tensors are the run's own: keep them before it goes on."""

    place: Place
    tensors: dict[str, Tensor]

    @property
    def num_bytes(self) -> int:
        """The size of the tensors."""
        return sum(tensor.nbytes for tensor in self.tensors.values())


def take(run: PreparedRun, meter: Meter, clock: Clock, *, learning_rate: float) -> Snapshot:
    """Take a run's snapshot; all steps of `meter` are read."""
    point, epoch = meter.sums()
    place = Place(
        job=run.job,
        step=meter.step,
        seconds=clock.seconds(),
        learning_rate=learning_rate,
        point=point,
        epoch=epoch,
        way=run.way if run.device.type == "cpu" else None,
    )
    return Snapshot(place, {**_network(run.network), **_optimizer(run.network, run.optimizer), **_random(run)})


def put_back(snapshot: Snapshot, run: PreparedRun, meter: Meter, clock: Clock) -> None:
    """Bring a run that has taken no step to where the snapshot was taken.

    Raises `TrainingError` where the snapshot is another run's.
    """
    _check(snapshot.place.job, run.job)
    try:
        _put_network(snapshot.tensors, run.network)
        _put_optimizer(snapshot.tensors, run.network, run.optimizer)
        _put_random(snapshot.tensors, run)
    except (KeyError, RuntimeError, TypeError, ValueError) as error:
        raise TrainingError(f"The checkpoint is not whole: {error}. Launch the run anew.") from error
    meter.go_on_after(snapshot.place.step, point=snapshot.place.point, epoch=snapshot.place.epoch)
    clock.set(snapshot.place.seconds)


def _check(kept: Job, job: Job) -> None:
    if (kept.architecture, kept.start) != (job.architecture, job.start):
        raise TrainingError(
            f"The checkpoint is of another network ({kept.architecture.name}) than the one to train "
            f"({job.architecture.name}). Choose that network, or launch this one anew."
        )
    for field in job.recipe.__struct_fields__:
        before, now = getattr(kept.recipe, field), getattr(job.recipe, field)
        if before != now and field not in MAY_DIFFER:
            raise TrainingError(
                f"The run of the checkpoint has {field} {before}, this one {now}. A run that goes on may change "
                f"{', '.join(MAY_DIFFER)}, and its learning rate while it trains."
            )


def _network(network: nn.Module) -> dict[str, Tensor]:
    return {NETWORK + name: value.detach() for name, value in network.state_dict().items()}


def _put_network(tensors: dict[str, Tensor], network: nn.Module) -> None:
    network.load_state_dict(
        {name.removeprefix(NETWORK): value for name, value in tensors.items() if name.startswith(NETWORK)}
    )


def _optimizer(network: nn.Module, optimizer: Optimizer) -> dict[str, Tensor]:
    """Give what the optimizer keeps for each parameter, by the parameter's name: `optimizer/conv1.weight/exp_avg`."""
    return {
        f"{OPTIMIZER}{name}/{key}": value
        for name, param in network.named_parameters()
        for key, value in optimizer.state.get(param, {}).items()
        if isinstance(value, Tensor)
    }


def _put_optimizer(tensors: dict[str, Tensor], network: nn.Module, optimizer: Optimizer) -> None:
    states: dict[int, dict[str, Tensor]] = {}
    for index, (name, param) in enumerate(network.named_parameters()):
        begin = f"{OPTIMIZER}{name}/"
        own = {key.removeprefix(begin): value for key, value in tensors.items() if key.startswith(begin)}
        if own:
            states[index] = {key: _laid_out(value, param) for key, value in own.items()}
    optimizer.load_state_dict({**optimizer.state_dict(), "state": states})


def _laid_out(value: Tensor, param: Tensor) -> Tensor:
    """Lay a value out in memory as its parameter is, which the optimizer's kernels rely on; not a count of steps."""
    return torch.empty_like(param, requires_grad=False).copy_(value) if value.shape == param.shape else value


def _random(run: PreparedRun) -> dict[str, Tensor]:
    states = {"torch": torch.get_rng_state()}
    if run.augment:
        states["augmentation"] = run.augment.generator.get_state()
    if run.device.type != "cpu":
        states["device"] = _device_module(run).get_rng_state()
    return {RANDOM + name: state for name, state in states.items()}


def _put_random(tensors: dict[str, Tensor], run: PreparedRun) -> None:
    torch.set_rng_state(tensors[RANDOM + "torch"])
    if run.augment and _same_kind(run.augment.generator.get_state(), tensors[RANDOM + "augmentation"]):
        run.augment.generator.set_state(tensors[RANDOM + "augmentation"])
    if run.device.type != "cpu" and RANDOM + "device" in tensors:
        _device_module(run).set_rng_state(tensors[RANDOM + "device"])


def _same_kind(ours: Tensor, kept: Tensor) -> bool:
    """A generator of another kind of device draws other numbers anyway, and cannot take this one's state."""
    return ours.shape == kept.shape


def _device_module(run: PreparedRun) -> Any:  # noqa: ANN401  # torch.cuda or torch.mps
    return torch.get_device_module(run.device)
