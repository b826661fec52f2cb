"""One training step of one run: its pictures forward, the loss backward, the optimizer's update."""

import math

import torch.nn.functional as F  # noqa: N812  # torch's own name for it
from torch import Tensor
from torch.nn.utils import clip_grad_norm_

from explorer.training.loop.batches import to_input
from explorer.training.loop.evaluate import count_hits, score
from explorer.training.loop.prepare import PreparedRun

Figures = tuple[Tensor, Tensor]  # a step's mean loss and right answers, both scalars on the device


def take_step(run: PreparedRun, picked: Tensor) -> Figures:
    """Take one step on the pictures that `picked` numbers; gives the loss and the right answers before it."""
    images, labels = run.train_images[picked], run.train_labels[picked]
    inputs = to_input(run.augment(images) if run.augment else images, run.input_shape)
    with run.computing():
        scores = score(run.network, inputs)
    loss = F.cross_entropy(scores.float(), labels, label_smoothing=run.recipe.label_smoothing)
    if not _is_known_broken(loss):
        _update(run, loss)
    return loss.detach(), count_hits(scores.detach(), labels)


def _update(run: PreparedRun, loss: Tensor) -> None:
    loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it unannotated
    if run.recipe.clip_grad_norm is not None:
        clip_grad_norm_(run.network.parameters(), run.recipe.clip_grad_norm)
    run.optimizer.step()
    run.optimizer.zero_grad(set_to_none=True)


def _is_known_broken(loss: Tensor) -> bool:
    """Say whether a loss is no finite number, where reading it costs nothing.

    The weights then stay as they are: in the next step every one of them would be lost, and with them where it began.
    """
    return loss.device.type == "cpu" and not math.isfinite(loss.item())
