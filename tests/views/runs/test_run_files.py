"""Runs as files, read back by programs that are not ours: a CSV reader, a JSON reader, TensorBoard's own."""

import csv
import io
import json
import zipfile
from pathlib import Path

import msgspec
from msgspec.structs import replace
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from explorer.runs.store.rows import Run
from explorer.training.events import Epoch, Event
from explorer.training.recipe.recipe import Job
from explorer.views.runs.run_text import FIELDS, runs_csv, runs_json
from explorer.views.runs.tensorboard import MOST_RUNS, folder_name, tensorboard_zip
from tests.runs.scripted_worker import started, step
from tests.views.runs.test_run_words import a_run

AN_EPOCH = Epoch(step=2, epoch=1.0, seconds=3.0, train_loss=0.4, train_accuracy=0.8, test_loss=0.5, test_accuracy=0.75)


def run(name: str, title: str = "") -> Run:
    made = a_run("finished", test_accuracy=0.5, train_loss=0.25)
    return replace(made, id=name, title=title, tags="a b, c", notes='two\nlines, "quoted"', started=100.0)


def test_csv_has_a_line_a_run_and_no_formula() -> None:
    lines = list(csv.DictReader(io.StringIO(runs_csv([run("a", "=HYPERLINK(1)"), run("b")]))))
    assert [line["id"] for line in lines] == ["a", "b"]
    assert lines[0]["title"] == "'=HYPERLINK(1)"
    assert (lines[1]["network"], lines[1]["test/accuracy"], lines[1]["tags"]) == ("LeNet (the book)", "0.5", "a b, c")
    assert lines[1]["notes"] == 'two\nlines, "quoted"'
    assert (lines[1]["recipe/learning_rate"], lines[1]["recipe/optimizer"]) == ("0.1", "SGD")


def test_json_holds_the_whole_job() -> None:
    (told,) = json.loads(runs_json([run("a", "mine")]))
    assert (told["title"], told["tags"], told["train/loss"]) == ("mine", ["a b", "c"], 0.25)
    assert msgspec.convert(told["job"], Job) == run("a").job


def test_tensorboard_reads_every_point_at_its_step_and_time(tmp_path: Path) -> None:
    events: dict[str, list[Event]] = {"a": [started("a"), step(1), step(2), AN_EPOCH], "b": []}
    runs = [run("a", "../<b>x</b>"), run("b")]
    with zipfile.ZipFile(io.BytesIO(tensorboard_zip(runs, events.__getitem__))) as archive:
        assert {name.split("/")[0] for name in archive.namelist()} == {folder_name(each) for each in runs}
        assert not [name for name in archive.namelist() if ".." in name]
        archive.extractall(tmp_path)
    read = EventAccumulator(str(tmp_path / folder_name(runs[0]))).Reload()
    assert sorted(read.Tags()["scalars"]) == ["test/accuracy", "test/loss", "train/accuracy", "train/loss"]
    assert [(point.step, point.wall_time) for point in read.Scalars("train/loss")] == [(1, 100.01), (2, 100.02)]
    assert [point.value for point in read.Scalars("test/accuracy")] == [0.75]
    assert [point.value for point in read.Scalars("train/loss")] == [step(1).train_loss, step(2).train_loss]
    assert EventAccumulator(str(tmp_path / folder_name(runs[1]))).Reload().Tags()["scalars"] == []


def test_event_files_are_written_of_so_many_runs() -> None:
    many = [run(f"{number}") for number in range(MOST_RUNS + 1)]
    with zipfile.ZipFile(io.BytesIO(tensorboard_zip(many, lambda _: []))) as archive:
        assert len(archive.namelist()) == MOST_RUNS


def test_what_a_run_knows_is_exported_or_left_out_on_purpose() -> None:
    """The recipe has the data set and the device that was asked for; the rest is the program's own."""
    left_out = {"owner", "job_json", "dataset", "wanted_device", "num_events", "deleted", "curve"}
    assert set(FIELDS) == set(Run.__struct_fields__) - left_out
