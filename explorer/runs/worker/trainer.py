"""The worker's training loop: it reads the orders' jobs, and reads and writes their files."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import msgspec

from explorer.runs.messages import Train
from explorer.training.answers.answer_file import FileAnswerKeeper
from explorer.training.events import Event
from explorer.training.loop.checkpoint import FileKeeper, read
from explorer.training.loop.control import Control
from explorer.training.loop.train import train
from explorer.training.recipe.recipe import Job
from explorer.training.weights.weight_files import FileWeightKeeper

_JOB = msgspec.json.Decoder(Job)


def run_job(order: Train, control: Control) -> Iterator[Event]:
    """Train an order's job; it keeps and reads the order's files."""
    control.keeper = FileKeeper(Path(order.keep)) if order.keep else None
    if order.answers:
        control.answer_keeper = FileAnswerKeeper(Path(order.answers), run_id=order.run_id)
    control.weight_keeper = FileWeightKeeper(Path(order.weights)) if order.weights else None
    resume = partial(read, Path(order.resume)) if order.resume else None
    return train(_JOB.decode(order.job), control=control, resume=resume)
