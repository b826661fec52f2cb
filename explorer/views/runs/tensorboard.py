"""Runs as TensorBoard's event files: a zip with a folder for each run, every point at its step and its time."""

import io
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from explorer.runs.store.rows import Run
from explorer.training.events import Epoch, Event, Step
from explorer.views.runs.history import run_title

MOST_RUNS = 100  # a run of 1,000 steps takes about a tenth of a second
MOST_LETTERS = 40  # of a name in a folder's


class Point(NamedTuple):
    """What was measured after a step: figures by their names; `seconds` of training."""

    step: int
    seconds: float
    figures: dict[str, float]


def tensorboard_zip(runs: Sequence[Run], events: Callable[[str], Sequence[Event]]) -> bytes:
    """Write the event files of at most a hundred runs; `events` gives a run's events by its id."""
    packed = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for run in runs[:MOST_RUNS]:
            file = Path(folder) / f"{run.id}.tfevents"
            _write(file, run, events(run.id))
            archive.write(file, f"{folder_name(run)}/events.out.tfevents.{run.created:.0f}.{run.id}")
            file.unlink()
    return packed.getvalue()


def folder_name(run: Run) -> str:
    """Name a run's folder, which TensorBoard shows: its name in letters that every system takes, and its id."""
    name = re.sub(r"[^\w.-]+", "-", run_title(run)).strip("-.")[:MOST_LETTERS]
    return f"{name}-{run.id}" if name else run.id


def points(events: Sequence[Event]) -> Iterator[Point]:
    """Give what was measured, in order: the training figures of each step told, the test figures of each epoch."""
    for event in events:
        match event:
            case Step():
                yield Point(
                    event.step,
                    event.seconds,
                    {"train/loss": event.train_loss, "train/accuracy": event.train_accuracy},
                )
            case Epoch():
                yield Point(
                    event.step, event.seconds, {"test/loss": event.test_loss, "test/accuracy": event.test_accuracy}
                )


def _write(file: Path, run: Run, events: Sequence[Event]) -> None:
    from tensorboardX.proto.event_pb2 import Event as Record  # noqa: PLC0415  # slow to import, and rarely needed
    from tensorboardX.proto.summary_pb2 import Summary  # noqa: PLC0415
    from tensorboardX.record_writer import RecordWriter  # noqa: PLC0415

    began = run.started or run.created
    writer = RecordWriter(str(file))
    writer.write(Record(wall_time=began, file_version="brain.Event:2").SerializeToString())
    for point in points(events):
        values = [Summary.Value(tag=tag, simple_value=value) for tag, value in point.figures.items()]
        record = Record(wall_time=began + point.seconds, step=point.step, summary=Summary(value=values))
        writer.write(record.SerializeToString())
    writer.close()
