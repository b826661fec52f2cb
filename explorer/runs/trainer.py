"""The worker's training loop: it reads the orders' jobs and files, and measures which seeds train together."""

import traceback
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import msgspec

from explorer.runs.messages import Train
from explorer.training.answer_file import FileAnswerKeeper
from explorer.training.checkpoint import FileKeeper, read
from explorer.training.control import Control
from explorer.training.events import Signal
from explorer.training.forecast import num_steps
from explorer.training.loop import train
from explorer.training.recipe import Job
from explorer.training.together import WORTH, Team, measure

LONGEST = 180.0  # seconds that teams may keep a place, in which others would have had theirs between two heats


def run_job(order: Train, control: Control, team: Team | None) -> Iterator[Signal]:
    """Train a job by itself, or as one of a team; it keeps and reads the order's files."""
    control.keeper = FileKeeper(Path(order.keep)) if order.keep else None
    if order.answers:
        control.answer_keeper = FileAnswerKeeper(Path(order.answers), run=order.run)
    resume = partial(read, Path(order.resume)) if order.resume else None
    job = _job(order)
    return team.train(job, control=control, resume=resume) if team else train(job, control=control, resume=resume)


def teams(lanes: Sequence[Sequence[Train]]) -> list[Team] | None:
    """Make a team of each contender's seeds, if all train quicker in teams than one heat after another."""
    if min(map(len, lanes)) < 2:  # others of a lane were stopped before it began
        return None
    jobs = [_job(lane[0]) for lane in lanes]
    try:
        speeds = [measure(job, runs=len(lane)) for job, lane in zip(jobs, lanes, strict=True)]
    except Exception:  # noqa: BLE001 - whatever it is, each run will meet it by itself, and say so
        traceback.print_exc()
        return None
    together = sum(speed.together for speed in speeds)
    gain = sum(speed.apart for speed in speeds) / together
    seconds = sum(num_steps(job.recipe) * speed.together for job, speed in zip(jobs, speeds, strict=True))
    return [Team(runs=len(lane), gain=gain) for lane in lanes] if gain >= WORTH and seconds <= LONGEST else None


def _job(order: Train) -> Job:
    return msgspec.json.decode(order.job, type=Job)
