"""One training step of one run: its pictures forward, the loss backward, the optimizer's update."""

import math

import torch.nn.functional as F  # noqa: N812  # torch's own name for it
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_

from explorer.training.loop.batches import to_input
from explorer.training.loop.evaluate import count_hits, score
from explorer.training.loop.prepare import PreparedRun

Figures = tuple[Tensor, Tensor]  # a step's mean loss and right answers, both scalars on the device


def take_step(run: PreparedRun, picked: Tensor) -> Figures:
    """Take one step on the pictures that `picked` numbers; gives the loss and the right answers before it."""
    images, labels = pictures(run, picked)
    loss, hits = figures(run, run.network, images, labels, out_of=len(labels))
    if not is_known_broken(loss):
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it unannotated
        update(run)
    return loss.detach(), hits


def pictures(run: PreparedRun, picked: Tensor) -> tuple[Tensor, Tensor]:
    """Give a batch's pictures, augmented where the recipe says so, and their classes."""
    images, labels = run.train_images[picked], run.train_labels[picked]
    if run.augment:
        images = run.augment(images)
    return images, labels


def figures(run: PreparedRun, network: nn.Sequential, images: Tensor, labels: Tensor, *, out_of: int) -> Figures:
    """Give what pictures add to the mean loss over a batch of so many, and their right answers."""
    with run.computing():
        scores = score(network, to_input(images, run.input_shape))
    smoothing = run.recipe.label_smoothing
    loss = F.cross_entropy(scores.float(), labels, label_smoothing=smoothing, reduction="sum") / out_of
    return loss, count_hits(scores.detach(), labels)


def update(run: PreparedRun) -> None:
    """Update the weights by their gradients, which are let go."""
    if run.recipe.clip_grad_norm is not None:
        clip_grad_norm_(run.network.parameters(), run.recipe.clip_grad_norm)
    run.optimizer.step()
    run.optimizer.zero_grad(set_to_none=True)


def is_known_broken(loss: Tensor) -> bool:
    """Say whether a loss is no finite number, where reading it costs nothing.

    The weights then stay as they are: in the next step every one of them would be lost, and with them where it began.
    """
    return loss.device.type == "cpu" and not math.isfinite(loss.item())
