"""A run's answers are torch's own on the checkpoint's weights, cost no figure, and a damaged file is refused."""

from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch
from safetensors.torch import load, save_file

from explorer.architecture.build import build
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.data.datasets import load as load_pictures
from explorer.training.answers import answer_file
from explorer.training.answers.answer_file import AnswersError, FileAnswerKeeper, Header, Kept, read, write
from explorer.training.answers.answers import answers, join
from explorer.training.environment import data_checksum
from explorer.training.events import AnswersNotKept, Epoch, Event
from explorer.training.loop.batches import to_input
from explorer.training.loop.checkpoint import FileKeeper, read_place
from explorer.training.loop.control import Control
from explorer.training.loop.train import train
from explorer.training.recipe.recipe import Job, Recipe
from tests.training.loop.test_checkpoint import full_disk
from tests.training.small_jobs import DROPPING, saved_weights, without_times

RECIPE = Recipe(train_size=96, epochs=3, batch_size=32, learning_rate=0.1, device="cpu")
JOB = Job(DROPPING, RECIPE)
HEADER = Header(run="a", step=9, dataset=RECIPE.dataset, data_sha256="", classes=tuple("0123456789"))


def keeping(tmp_path: Path) -> Control:
    keeper = FileAnswerKeeper(tmp_path / "answers.safetensors", run_id="a")
    return Control(FileKeeper(tmp_path / "run.safetensors"), keeper)


def kept_one(path: Path) -> Path:
    """Write whole answers to 40 pictures."""
    scores = torch.randn(40, 10, generator=torch.Generator().manual_seed(0))
    write(Kept(HEADER, answers(scores, torch.arange(40) % 10)), path)
    return path


def by_torch(architecture: Architecture, checkpoint: Path) -> torch.Tensor:
    """Give the softmax of a network built anew and filled from a checkpoint, on all test pictures."""
    network = build(architecture)
    network.load_state_dict(load(saved_weights(checkpoint)))
    with torch.no_grad():
        outputs = network.eval()(to_input(load_pictures(RECIPE.dataset).test.images, architecture.input_shape))
    distances = architecture.layers[-1].__class__.__name__ == "GaussianRBF"
    return torch.softmax(-outputs if distances else outputs, dim=1)


@pytest.mark.parametrize("architecture", [DROPPING, PRESETS["lenet5-1998"].architecture], ids=["dropping", "rbf"])
def test_the_file_holds_torchs_own_softmax_of_the_checkpoints_weights(
    tmp_path: Path, architecture: Architecture
) -> None:
    events = list(train(Job(architecture, RECIPE), control=keeping(tmp_path)))
    kept = read(tmp_path / "answers.safetensors", run_id="a")
    labels = load_pictures(RECIPE.dataset).test.labels
    expected = by_torch(architecture, tmp_path / "run.safetensors")
    highest = expected.topk(3)
    assert torch.allclose(kept.answers.probabilities, highest.values, atol=1e-5)
    assert (kept.answers.classes == highest.indices).float().mean() > 0.99  # all but ties within rounding
    assert torch.allclose(kept.answers.truth, expected[torch.arange(len(labels)), labels], atol=1e-5)
    assert torch.equal(kept.answers.labels.long(), labels)
    last = [event for event in events if isinstance(event, Epoch)][-1]
    assert (kept.answers.first == kept.answers.labels).float().mean().item() == pytest.approx(last.test_accuracy)
    about = kept.header
    assert (about.step, about.dataset, about.data_sha256) == (last.step, RECIPE.dataset, data_checksum(RECIPE.dataset))


def test_keeping_answers_changes_no_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_file, "WRITE_SECONDS", 0)
    control = Control(answer_keeper=FileAnswerKeeper(tmp_path / "answers.safetensors", run_id="a"))
    assert without_times(train(JOB, control=control)) == without_times(train(JOB))
    assert read(tmp_path / "answers.safetensors", run_id="a").header.step == 9


def test_a_run_that_is_stopped_keeps_its_last_test(tmp_path: Path) -> None:
    control, path = keeping(tmp_path), tmp_path / "answers.safetensors"
    events = train(JOB, control=control)
    for event in events:
        if isinstance(event, Epoch) and event.step == 3:
            assert not path.exists()
        if isinstance(event, Epoch) and event.step == 6:
            assert read(path, run_id="a").header.step == 3, "within ten seconds a second costs more than it is worth"
            control.stop()
    assert read(path, run_id="a").header.step == 6
    assert read_place(tmp_path / "run.safetensors").step == 6


def test_of_equal_scores_the_answer_is_the_one_that_the_accuracy_counts() -> None:
    scores = torch.tensor([[0.0, 1.0, 1.0, -3.0], [2.0, 2.0, 2.0, 2.0], [99.0, 200.0, 300.0, 0.0]])
    given = answers(scores, torch.tensor([2, 0, 2]))
    assert given.first.tolist() == scores.argmax(dim=1).tolist() == [1, 0, 2]
    assert given.truth.tolist() == pytest.approx([0.4191, 0.25, 1.0], abs=1e-3)


def test_a_head_of_a_thousand_classes_keeps_few_and_two_classes_both(tmp_path: Path) -> None:
    for classes in (1_000, 2):
        scores, labels = torch.randn(10_000, classes), torch.randint(classes, (10_000,))
        given = join(
            [answers(some, of) for some, of in zip(torch.split(scores, 999), torch.split(labels, 999), strict=True)]
        )
        path = tmp_path / f"{classes}.safetensors"
        write(Kept(msgspec.structs.replace(HEADER, classes=tuple(map(str, range(classes)))), given), path)
        assert path.stat().st_size < 250_000
        assert torch.equal(read(path, run_id="a").answers.first.long(), scores.argmax(dim=1))


def test_a_full_disk_is_told_and_leaves_the_old_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_file, "WRITE_SECONDS", 0)
    path = tmp_path / "answers.safetensors"
    events = train(JOB, control=Control(answer_keeper=FileAnswerKeeper(path, run_id="a")))
    seen: list[Event] = list(takewhile(lambda event: not (isinstance(event, Epoch) and event.step == 6), events))
    with full_disk(1_000):
        seen += takewhile(lambda event: not isinstance(event, AnswersNotKept), events)
        assert read(path, run_id="a").header.step == 3
    assert [event.step for event in events if isinstance(event, Epoch)] == [9]
    assert read(path, run_id="a").header.step == 9
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("content", [b"", b"my shopping list", b"\x80\x04K\x01.", b"\xff" * 100])
def test_a_file_that_holds_no_answers_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.safetensors"
    path.write_bytes(content)
    with pytest.raises(AnswersError, match=r"holds no answers that can be read: .*Run it again"):
        read(path, run_id="a")


def test_a_file_that_is_cut_absent_too_large_or_another_runs_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = kept_one(tmp_path / "a.safetensors")
    whole = path.read_bytes()
    for cut in (1, 100, len(whole) - 7):
        path.write_bytes(whole[:-cut])
        with pytest.raises(AnswersError, match="no answers that can be read"):
            read(path, run_id="a")
    path.write_bytes(whole)
    with pytest.raises(AnswersError, match="the answers of run a, not of b"):
        read(path, run_id="b")
    with pytest.raises(AnswersError, match="is not there"):
        read(tmp_path / "none.safetensors", run_id="a")
    monkeypatch.setattr(answer_file, "LARGEST", 500)
    with pytest.raises(AnswersError, match="and 500 at most are right"):
        read(path, run_id="a")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"labels": torch.full((40,), 10, dtype=torch.int16)}, "labels reach from 10 to 10, and 0 to 9 is right"),
        ({"classes": torch.full((40, 3), -1, dtype=torch.int16)}, "classes reach from -1"),
        ({"truth": torch.full((40,), torch.nan)}, "truth reach from nan"),
        ({"probabilities": torch.full((40, 3), 1.5)}, "probabilities reach from 1.5"),
        ({"probabilities": torch.zeros(40, 2)}, r"probabilities are torch.float32 of shape \(40, 2\)"),
        ({"labels": torch.zeros(40, dtype=torch.int64)}, r"labels are torch.int64"),
        ({"truth": torch.zeros(39)}, r"truth are torch.float32 of shape \(39,\)"),
        ({"labels": torch.zeros(0, dtype=torch.int16)}, r"labels are torch.int16 of shape \(0,\)"),
    ],
)
def test_numbers_that_are_no_answers_are_refused_in_words(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    path = kept_one(tmp_path / "a.safetensors")
    tensors = load(path.read_bytes()) | change
    save_file(tensors, path, metadata={answer_file.HEADER: msgspec.json.encode(HEADER).decode()})
    with pytest.raises(AnswersError, match=words):
        read(path, run_id="a")


def test_a_checkpoint_is_not_taken_for_answers(tmp_path: Path) -> None:
    list(train(JOB, control=keeping(tmp_path)))
    refused = partial(read, tmp_path / "run.safetensors", run_id="a")
    with pytest.raises(AnswersError, match="no answers that can be read"):
        refused()
