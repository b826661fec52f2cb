"""A run that goes on from a checkpoint is the run that was never interrupted; what a file may be and may not."""

import resource
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load, save_file
from torch import nn

from explorer.architecture.build import build
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.regularisation import Dropout
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.spec import Architecture
from explorer.data.datasets import load as load_pictures
from explorer.training.events import (
    Checkpoint,
    Epoch,
    Event,
    Failed,
    Finished,
    LearningRate,
    NotKept,
    Paused,
    Probe,
    Step,
    Way,
)
from explorer.training.loop import checkpoint, meter
from explorer.training.loop.batches import to_input
from explorer.training.loop.checkpoint import CheckpointError, FileKeeper, open_weights, read, read_place, write
from explorer.training.loop.control import Control
from explorer.training.loop.train import train
from explorer.training.recipe.recipe import Job, Recipe
from tests.training.small_jobs import DROPPING, SMALL, saved_weights, write_checkpoint

BASE = Recipe(train_size=96, epochs=4, batch_size=32, learning_rate=0.1, augmentation="flip+crop", device="cpu")
RECIPES: list[dict[str, Any]] = [
    {"momentum": 0.9, "nesterov": True, "schedule": "one-cycle"},
    {"optimizer": "Adam", "learning_rate": 0.01, "schedule": "cosine", "warmup_epochs": 0.5},
    {"optimizer": "RMSprop", "learning_rate": 0.001, "momentum": 0.9},
    {"optimizer": "AdamW", "learning_rate": 0.01, "schedule": "step", "precision": "bfloat16"},
]


@pytest.fixture
def at_each_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep a checkpoint before each step."""
    monkeypatch.setattr(checkpoint, "WRITE_SECONDS", 0)
    monkeypatch.setattr(checkpoint, "SHARE", 1e9)


def job(**changes: Any) -> Job:  # noqa: ANN401  # a recipe's fields have types of their own
    return Job(DROPPING, msgspec.structs.replace(BASE, **changes))


def told(events: Iterable[Event]) -> list[dict[str, Any]]:
    """Give what was measured, less what a clock says."""
    shown = [msgspec.to_builtins(event) for event in events if isinstance(event, Step | Epoch | Probe | Finished)]
    return [
        {key: value for key, value in each.items() if key not in {"seconds", "images_per_second"}} for each in shown
    ]


def train_until(step: int, path: Path, one: Job, *, way: Way | None = None) -> list[Event]:
    """Train as a server does that is killed: what was told until after the checkpoint of a step."""
    events = train(one, control=Control(FileKeeper(path)), way=way)
    kept = list(takewhile(lambda event: not (isinstance(event, Checkpoint) and event.step == step), events))
    next(events)  # it lives on for a while, and what it tells then is lost
    return kept


@pytest.mark.usefixtures("at_each_step")
@pytest.mark.parametrize("step", [0, 2, 3, 7, 12])
@pytest.mark.parametrize("changes", RECIPES)
def test_a_run_goes_on_bit_for_bit_as_if_it_had_not_been_interrupted(
    changes: dict[str, Any], step: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meter, "MAX_POINTS", 5)  # groups of three steps, so that sums are carried over too
    one, path = job(**changes), tmp_path / "run.safetensors"
    before = train_until(step, path, one)
    torch.manual_seed(1)  # another process would have other random numbers
    after = list(train(one, resume=partial(read, path)))
    assert told([*before, *after]) == told(train(one))


@pytest.mark.usefixtures("at_each_step")
@pytest.mark.parametrize("step", [0, 5])
def test_a_run_goes_on_in_as_many_parts_as_it_had(step: int, tmp_path: Path) -> None:
    layers = (Flatten(), Linear(out_features=32), Dropout(), Linear(out_features=10))
    one, path, way = Job(Architecture("rows", (1, 28, 28), layers), BASE), tmp_path / "run.safetensors", Way(parts=3)
    before = train_until(step, path, one, way=way)
    assert told([*before, *train(one, resume=partial(read, path))]) == told(train(one, way=way))
    assert told(train(one, way=way)) != told(train(one))


@pytest.mark.usefixtures("at_each_step")
def test_keeping_checkpoints_changes_no_figure(tmp_path: Path) -> None:
    kept = list(train(job(), control=Control(FileKeeper(tmp_path / "run.safetensors"))))
    assert [event.step for event in kept if isinstance(event, Checkpoint)] == list(range(13))
    assert told(kept) == told(train(job()))


def test_a_learning_rate_changed_while_the_run_is_held_holds_after_it_goes_on(tmp_path: Path) -> None:
    path, control = tmp_path / "run.safetensors", Control(FileKeeper(tmp_path / "run.safetensors"))
    events = train(job(), control=control)
    next(event for event in events if isinstance(event, Step))
    control.pause()
    next(event for event in events if isinstance(event, Paused))
    control.set_learning_rate(0.01)
    assert [type(next(events)) for _ in range(3)] == [LearningRate, Checkpoint, Paused]
    assert read_place(path).learning_rate == 0.01


def test_a_large_network_is_kept_too_when_it_is_paused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "SMALL", 0)
    control = Control(FileKeeper(tmp_path / "run.safetensors"))
    events = train(job(), control=control)
    next(event for event in events if isinstance(event, Step))
    control.pause()
    held = list(takewhile(lambda event: not isinstance(event, Paused), events))
    assert [event.step for event in held if isinstance(event, Checkpoint)] == [1]
    control.one_step()
    stepped = list(takewhile(lambda event: not isinstance(event, Paused), events))
    assert not [event for event in stepped if isinstance(event, Checkpoint)]  # nobody waits for it at each step


def test_a_run_that_ended_goes_on_for_more_epochs(tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    short = list(train(job(epochs=2), control=Control(FileKeeper(path))))
    assert [event.step for event in short if isinstance(event, Checkpoint)] == [6]
    *measured, finished = told(short)
    assert finished["event"] == "finished"
    last = measured.pop(-2)  # a run's last step is looked into, whatever its number
    assert (last["event"], measured[-1]["event"]) == ("probe", "epoch")
    assert [*measured, *told(train(job(), resume=partial(read, path)))] == told(train(job()))


def test_the_time_of_a_run_that_goes_on_counts_on(tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    list(train(job(epochs=1), control=Control(FileKeeper(path))))
    snapshot = read(path)
    later = msgspec.structs.replace(snapshot.place, seconds=100.0)
    events = list(train(job(), resume=lambda: type(snapshot)(later, snapshot.tensors)))
    assert all(event.seconds > 100 for event in events if isinstance(event, Step))


def kept_one(tmp_path: Path, **changes: Any) -> Path:  # noqa: ANN401
    path = tmp_path / "run.safetensors"
    list(train(job(epochs=1, **changes), control=Control(FileKeeper(path))))
    return path


def test_the_weights_alone_are_named_by_layer_and_give_the_test_figures(tmp_path: Path) -> None:
    """A network built anew and filled from the file measures what the run told."""
    path = tmp_path / "run.safetensors"
    *_, last = (e for e in train(job(epochs=1), control=Control(FileKeeper(path))) if isinstance(e, Epoch))
    tensors = load(saved_weights(path))
    assert {"conv1.weight", "conv1.bias", "fc2.weight"} <= tensors.keys()
    network, data = build(DROPPING), load_pictures(BASE.dataset).test
    network.load_state_dict(tensors)
    with torch.no_grad():
        scores = network.eval()(to_input(data.images, (1, 28, 28)))
    assert nn.functional.cross_entropy(scores, data.labels).item() == pytest.approx(last.test_loss, rel=1e-5)


def test_the_weights_are_read_as_safetensors_reads_them_and_nothing_else_is_among_them(tmp_path: Path) -> None:
    (tmp_path / "weights").write_bytes(saved_weights(write_checkpoint(tmp_path / "run.safetensors")))
    with safe_open(tmp_path / "weights", framework="pt") as file:
        assert sorted(file.keys()) == ["conv1.weight", "fc1.bias"]
        assert all(torch.equal(file.get_tensor(name), torch.full((1_000,), 0.5)) for name in file.keys())  # noqa: SIM118
        assert file.metadata()["step"] == "3"
        assert msgspec.json.decode(file.metadata()["architecture"], type=Architecture) == SMALL


@pytest.mark.parametrize("text", [b"", b"\xff" * 100, b"\2\0\0\0\0\0\0\0[]", b"\2\0\0\0\0\0\0\0{}"])
def test_weights_of_a_file_that_is_no_checkpoint_are_refused_in_words(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "run.safetensors"
    path.write_bytes(text)
    with pytest.raises(CheckpointError, match="not a checkpoint that can be read"):
        open_weights(path)


def test_the_design_and_the_recipe_lie_in_the_file_as_json(tmp_path: Path) -> None:
    path = kept_one(tmp_path)
    with safe_open(path, framework="pt") as file:
        place = msgspec.json.decode(file.metadata()["place"])
    assert place["job"]["architecture"]["layers"][0]["kind"] == "Conv2d"
    assert (place["step"], place["job"]["recipe"]["augmentation"]) == (3, "flip+crop")
    assert read_place(path).job == job(epochs=1)


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """Let the system refuse what a file would grow to beyond a size."""
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    signal.signal(signal.SIGXFSZ, before)


@pytest.mark.usefixtures("at_each_step")
def test_a_full_disk_leaves_the_old_checkpoint_and_the_run_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    events = train(job(), control=Control(FileKeeper(path)))
    seen = list(takewhile(lambda event: not (isinstance(event, Checkpoint) and event.step == 5), events))
    with full_disk(1_000):
        seen += takewhile(lambda event: not (isinstance(event, Step) and event.step == 8), events)
    refused = [event for event in seen if isinstance(event, NotKept)]
    assert [event.step for event in refused] == [6, 7]
    assert str(path) in refused[0].cause
    assert "File too large" in refused[0].cause
    assert read_place(path).step == 5
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    assert [event.step for event in events if isinstance(event, Checkpoint)] == [8, 9, 10, 11, 12]


def test_an_error_while_the_file_is_brought_to_the_disk_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = kept_one(tmp_path)
    snapshot, before = read(path), path.read_bytes()

    def refuse(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", refuse)
    with pytest.raises(CheckpointError, match="No space left on device"):
        write(snapshot, path)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("content", [b"", b"my shopping list", b"\x80\x04K\x01."])
def test_a_file_that_is_no_checkpoint_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "run.safetensors"
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match="not a checkpoint that can be read"):
        read(path)


def test_a_checkpoint_that_is_cut_or_lacks_its_parts_is_refused_in_words(tmp_path: Path) -> None:
    path = kept_one(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-100])
    with pytest.raises(CheckpointError, match="not a checkpoint that can be read"):
        read(path)
    path.write_bytes(whole)
    place = msgspec.json.encode(read_place(path)).decode()
    save_file({"network/conv1.weight": torch.zeros(3)}, path, metadata={"place": place})
    (failed,) = (event for event in train(job(), resume=partial(read, path)) if isinstance(event, Failed))
    assert "is not whole" in failed.cause
    save_file({"a": torch.zeros(3)}, path)
    with pytest.raises(CheckpointError, match="not a checkpoint that can be read"):
        read(path)


def test_another_runs_checkpoint_is_refused_in_words(tmp_path: Path) -> None:
    snapshot = read(kept_one(tmp_path))
    other = Architecture("other", (1, 28, 28), (Flatten(), Linear(out_features=10)))
    (failed,) = (event for event in train(Job(other, BASE), resume=lambda: snapshot) if isinstance(event, Failed))
    assert "of another network (dropping)" in failed.cause
    (failed,) = (event for event in train(job(seed=3), resume=lambda: snapshot) if isinstance(event, Failed))
    assert "has seed 0, this one 3" in failed.cause
