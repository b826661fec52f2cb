"""Trained weights read by a process of its own: kept as a run that answers as torch does, or refused and gone."""

import io
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest
import torch
from safetensors.torch import save_file
from torchvision.models import alexnet

from explorer.architecture.build import build
from explorer.architecture.presets import PRESETS
from explorer.data.datasets import load
from explorer.exchange.weight_file import MOST_BYTES
from explorer.runs.background import weight_imports
from explorer.runs.background.weight_imports import (
    ImportRefusedError,
    Keep,
    Sent,
    WeightImport,
    WeightImports,
    choose_dataset,
)
from explorer.runs.background.weight_messages import Fitting
from explorer.runs.scheduler.server import keep_imported
from explorer.runs.store.rows import ImportedWeights, Run
from explorer.runs.store.run_files import KeptFiles, kept_files
from explorer.runs.store.store import Store
from explorer.training.answers.answer_file import read as read_answers
from explorer.training.errors import TrainingError
from explorer.training.loop.batches import to_input
from explorer.training.recipe.recipe import Job, Recipe
from explorer.web.looking import looked
from explorer.web.looking.looked import kept_weights_of, network_of, steps_of
from tests.runs.scene import child_pids, find, is_alive, wait_until

LENET = PRESETS["lenet-d2l"].architecture
ALEXNET = PRESETS["alexnet-torchvision"].architecture
WEIGHTS = build(LENET).state_dict()
READER = "explorer.runs.background.weights_reader"
PATIENCE = 120  # seconds; only a failing test waits so long
SERVER = """
import sys, threading
from pathlib import Path
from explorer.architecture.presets import PRESETS
from explorer.runs.background import weight_imports
from explorer.training.recipe.recipe import Job, Recipe

imports = weight_imports.WeightImports(Path(sys.argv[1]))
found = imports.receive(weight_imports.Sent("me", 4, Job(PRESETS["lenet-d2l"].architecture, Recipe()), "w"), print)
found.read()
threading.Event().wait()
"""
WAITS = "import sys; sys.stdin.read()"


class Scene(NamedTuple):
    """A folder with runs, and what reads weights for it."""

    home: Path
    store: Store
    imports: WeightImports

    def keep(self, found: ImportedWeights, files: KeptFiles) -> str:
        keep_imported(self.store, found, files, "me")
        return found.run_id

    def ask(self, job: Job, size: int, *, person: str = "me", keep: Keep | None = None) -> WeightImport:
        return self.imports.receive(Sent(person, size, job, "weights.pth"), keep or self.keep)

    def open(self, content: bytes, job: Job | None = None, *, keep: Keep | None = None) -> WeightImport:
        found = self.ask(job or Job(LENET, Recipe()), len(content), keep=keep)
        assert found.begin()
        found.path.write_bytes(content)
        found.read()
        assert found.wait(PATIENCE)
        assert list(self.home.glob("scratch/*/*")) == []
        return found

    def run(self, found: WeightImport) -> Run:
        assert found.cause == ""
        return find(self.store, found.run_id)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with closing(Store(tmp_path / "runs.sqlite")) as store, closing(WeightImports(tmp_path)) as imports:
        yield Scene(tmp_path, store, imports)


def saved(weights: object) -> bytes:
    stream = io.BytesIO()
    torch.save(weights, stream)
    return stream.getvalue()


@pytest.mark.slow
def test_weights_that_fit_become_a_finished_run_whose_answers_are_torchs(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_HOME", str(scene.home))
    torch.manual_seed(3)
    witness = build(LENET).eval()
    found = scene.open(saved({"state_dict": {f"module.{name}": each for name, each in witness.state_dict().items()}}))
    run = scene.run(found)
    assert (run.state, run.imported, run.num_events, run.owner) == ("finished", "weights.pth", 0, "me")
    pictures = load("fashion-mnist-subset").test
    with torch.inference_mode():
        scores = witness(to_input(pictures.images, LENET.input_shape))
    kept = read_answers(kept_files(scene.home).answers.path(run.id), run_id=run.id)
    assert torch.equal(kept.answers.first.long(), scores.argmax(dim=1))
    assert run.test_accuracy == (scores.argmax(dim=1) == pictures.labels).double().mean().item()
    assert run.test_loss == pytest.approx(torch.nn.functional.cross_entropy(scores, pictures.labels).item())
    (step,) = steps_of(run)
    assert step > 0, "0 is before the first step, where a network is untrained"
    own = network_of(run.id, LENET, step).state_dict()
    assert all(torch.equal(own[name], each) for name, each in witness.state_dict().items())
    assert scene.store.earlier_of_same_job(find(scene.store, scene.store.create(run.job, "me"))) is None


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["pth", "safetensors"])
def test_torchvisions_alexnet_becomes_a_run_that_answers_as_torchvisions_own(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setenv("EXPLORER_HOME", str(scene.home))
    torch.manual_seed(1)
    witness = alexnet(weights=None).eval()
    if kind == "pth":
        content = saved(witness.state_dict())
    else:
        save_file(witness.state_dict(), scene.home / "saved")
        content = (scene.home / "saved").read_bytes()
    run = scene.run(found := scene.open(content, Job(ALEXNET, Recipe())))
    assert isinstance(found.told, Fitting)
    assert found.told.unanswered.startswith("The network gives 1,000 numbers for each picture")
    assert run.test_accuracy is None
    assert not kept_files(scene.home).answers.path(run.id).exists()
    pictures = torch.rand(2, 3, 224, 224)
    (step,) = steps_of(run)
    with torch.inference_mode():
        assert torch.equal(network_of(run.id, ALEXNET, step)(pictures), witness(pictures))
    filters = kept_weights_of(run.id, step, "conv1")
    assert torch.equal(filters["conv1.weight"], witness.state_dict()["features.0.weight"])
    looked.network_of.cache_clear()  # of a quarter of a gigabyte


class Runs:
    """A Python object whose reading would call a function."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("touch ran",)


def bomb(size: int) -> bytes:
    """Give a small file of torch's whose numbers unpack to so many bytes of zeros."""
    weights, stream = build(LENET).state_dict() | {"fc5.bias": torch.zeros(1_000)}, io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(saved(weights))) as plain,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as big,
    ):
        for name in plain.namelist():
            content = plain.read(name)
            big.writestr(name, bytes(size) if len(content) == 4_000 else content)
    return stream.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (saved({"conv1.weight": Runs()}), "whose code would run when it is read"),
        (saved(build(PRESETS["alexnet-28"].architecture).state_dict()), "conv1 has weight 6 × 1 × 5 × 5 and bias 6"),
        (
            saved({name: each * torch.nan for name, each in WEIGHTS.items()}),
            "150 of 150 values that are NaN",
        ),
        (saved(WEIGHTS)[:50_000], "cut off or damaged"),
        (b"a letter to you", "The file begins with b'a letter"),
    ],
    ids=["code", "misfit", "NaN", "cut", "letter"],
)
def test_what_does_not_fit_is_refused_in_words_and_leaves_nothing(scene: Scene, content: bytes, words: str) -> None:
    found = scene.open(content)
    assert words in found.cause
    assert "Traceback" not in found.cause
    assert found.run_id == ""
    assert scene.store.list_runs(1) == []
    assert not (scene.home / "checkpoints").exists()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone bounds what a process may write to itself")
def test_a_file_that_unpacks_to_more_memory_than_it_is_given_is_refused(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weight_imports, "MEMORY", 200_000_000)
    content = bomb(500_000_000)
    assert len(content) < 2_000_000
    assert "more memory than is given" in scene.open(content).cause


def test_one_file_of_a_person_and_not_too_much_of_all_is_on_its_way(scene: Scene) -> None:
    job = Job(LENET, Recipe())
    first = scene.ask(job, MOST_BYTES)
    with pytest.raises(ImportRefusedError, match="Another file of yours"):
        scene.ask(job, 1)
    for number in range(3):
        scene.ask(job, MOST_BYTES, person=f"{number}")
    with pytest.raises(ImportRefusedError, match="4 files of others are being opened"):
        scene.ask(job, 1, person="late")
    first.refuse("broken off")
    assert scene.imports.find(first.id) is first
    scene.ask(job, 1, person="late")


def test_a_file_that_does_not_come_takes_no_place_for_long(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    job = Job(LENET, Recipe())
    late = scene.ask(job, MOST_BYTES)
    monkeypatch.setattr(weight_imports, "BEGINS", -1.0)
    assert scene.ask(job, 1) is not late
    assert "did not come" in late.cause
    assert not late.begin()


def stand_in(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a few lines of Python stand for the process that reads."""
    monkeypatch.setattr(weight_imports, "module_command", lambda *_: (sys.executable, "-c", code))


def test_what_cannot_be_kept_says_why(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in("""print('{"said": "fitting", "sources": {}}')""", monkeypatch)

    def full(_found: ImportedWeights, _files: KeptFiles) -> str:
        raise TrainingError("The disk is full.")

    found = scene.open(b"some", keep=full)
    assert (found.cause, found.run_id) == ("The disk is full.", "")


def test_a_process_that_takes_too_long_or_does_not_start_is_given_up(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(WAITS, monkeypatch)
    monkeypatch.setattr(weight_imports, "LONGEST", 0.1)
    assert "killed (signal 9)" in scene.open(b"some").cause
    monkeypatch.setattr(weight_imports, "module_command", lambda *_: ("/nowhere/python",))
    assert "did not start" in scene.open(b"some").cause


def test_the_end_of_the_server_ends_what_is_read_and_what_waits_for_its_turn(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(WAITS, monkeypatch)
    both = [scene.ask(Job(LENET, Recipe()), 4, person=person) for person in ("me", "you")]
    for found in both:
        assert found.begin()
        found.read()
    scene.imports.close()
    assert [found.ended for found in both] == [True, True]
    assert not any(found.run_id for found in both)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone ends a process that is stopped")
def test_the_process_ends_with_a_server_that_is_killed_also_one_that_is_stopped(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    with subprocess.Popen([sys.executable, "-c", SERVER, str(tmp_path)], env=environment) as server:
        wait_until(lambda: child_pids(READER, of=server.pid))
        (child,) = child_pids(READER, of=server.pid)
        wait_until(lambda: has_threads(child))  # one of which listens for the end of its input
        os.kill(child, signal.SIGSTOP)
        server.kill()
        server.wait()
    wait_until(lambda: not is_alive(child))


def has_threads(pid: int) -> bool:
    return "\nThreads:\t1\n" not in Path(f"/proc/{pid}/status").read_text()


def test_a_data_set_is_chosen_that_fits_and_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    there = {"fashion-mnist-subset", "mnist"}
    monkeypatch.setattr(weight_imports, "is_available", there.__contains__)
    assert choose_dataset(LENET, "mnist") == "mnist"
    assert choose_dataset(LENET, "cifar10") == "fashion-mnist-subset"
    assert choose_dataset(ALEXNET, "mnist") == "mnist"  # to look at: none has its classes
