"""`train` as a shell sees it: events, words, refusals, checkpoints, Ctrl-C."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from explorer.training.cost import gate
from tests.commands.shell import COMMAND, MISFIT, QUICK, ROOT, call, check_refused, run, shell_environment


def _events(lines: str | bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.splitlines()]


@pytest.fixture(scope="module")
def quick_run(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[bytes]:
    """Two steps of a preset with its own recipe, with a line on standard error for each module that is loaded."""
    home = str(tmp_path_factory.mktemp("home"))
    return run("train", "lenet-d2l", "--jsonl", *QUICK, EXPLORER_HOME=home, PYTHONPROFILEIMPORTTIME="1")


def test_train_prints_its_events_one_json_object_a_line(quick_run: subprocess.CompletedProcess[bytes]) -> None:
    events = _events(quick_run.stdout)
    assert quick_run.returncode == 0
    assert [line for line in quick_run.stderr.splitlines() if not line.startswith(b"import time:")] == []
    assert (events[0]["event"], events[0]["train_size"], events[0]["num_steps"]) == ("started", 512, 2)
    assert events[-1]["event"] == "finished"
    steps = [event for event in events if event["event"] == "step"]
    assert steps[-1]["step"] == 2
    assert {"train/loss", "train/accuracy", "images_per_second"} <= set(steps[-1])


def test_training_does_without_torchs_compiler(quick_run: subprocess.CompletedProcess[bytes]) -> None:
    assert b" torch.optim\n" in quick_run.stderr
    assert b" torch._dynamo." not in quick_run.stderr


def test_an_option_takes_the_place_of_the_presets(
    quick_run: subprocess.CompletedProcess[bytes], tmp_path: Path
) -> None:
    changed = call("train", "lenet-d2l", "--jsonl", *QUICK, "--init", "default", EXPLORER_HOME=str(tmp_path))
    assert _first_loss(changed.stdout) != pytest.approx(_first_loss(quick_run.stdout), rel=1e-3)


def test_a_texts_recipe_and_any_field_can_be_asked_for(tmp_path: Path) -> None:
    changed = ["--recipe", "book-alexnet", "--max-seconds", "None", "--momentum", "0.9", "--nesterov", "True"]
    changed += ["--schedule", "one-cycle", "--batch-size", "256", "--target-accuracy", "0.01"]
    done = call("train", "lenet-keras", "--jsonl", *QUICK, *changed, EXPLORER_HOME=str(tmp_path))
    assert (done.exit_code, done.stderr) == (0, "")
    assert _events(done.stdout)[-1]["reason"] == "target_accuracy"


def _first_loss(lines: str | bytes) -> float:
    return float(next(event["train/loss"] for event in _events(lines) if event["event"] == "step"))


@pytest.mark.slow
def test_a_run_goes_on_from_the_checkpoint_that_it_kept(tmp_path: Path) -> None:
    kept = str(tmp_path / "lenet.safetensors")
    home = str(tmp_path)
    short = call("train", "lenet-d2l", "--jsonl", *QUICK, "--checkpoint", kept, EXPLORER_HOME=home)
    assert "checkpoint" in [event["event"] for event in _events(short.stdout)]
    later = call("train", "lenet-d2l", "--jsonl", *QUICK, "--epochs", "2", "--resume", kept, EXPLORER_HOME=home)
    straight = call("train", "lenet-d2l", "--jsonl", *QUICK, "--epochs", "2", EXPLORER_HOME=home)
    assert _last_test_loss(later.stdout) == _last_test_loss(straight.stdout)
    assert next(e["step"] for e in _events(later.stdout) if e["event"] == "step") == 3

    other = call("train", "lenet-d2l", *QUICK, "--seed", "9", "--resume", kept, EXPLORER_HOME=home)
    assert other.exit_code == 1
    assert "has seed 0, this one 9" in other.stderr


def _last_test_loss(lines: str) -> float:
    return float([event["test/loss"] for event in _events(lines) if event["event"] == "epoch"][-1])


def test_train_in_words(tmp_path: Path) -> None:
    lines = call("train", "lenet-d2l", *QUICK, EXPLORER_HOME=str(tmp_path)).stdout.splitlines()
    assert lines[0] == "Training on cpu: 61,706 parameters, 512 pictures of fashion-mnist-subset, 2 steps."
    assert any(line.startswith("epoch 1.00 after ") and "test loss" in line for line in lines)
    assert lines[-1].startswith("Finished (epochs)")


@pytest.mark.parametrize(
    ("network", "options", "words"),
    [
        ("-", [], "It needs a row of numbers"),
        ("lenet-d2l", ["--train-size", "50000"], "fashion-mnist-subset has 6,000"),
        ("alexnet-227", [], "gives 1,000 numbers"),
        ("lenet-d2l", [], "GiB of memory"),
    ],
)
def test_a_job_that_could_only_fail_is_refused_before_it_starts(
    network: str, options: list[str], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if words == "GiB of memory":
        monkeypatch.setattr(gate, "total_bytes", lambda: 1_000)
    done = call("train", network, *options, "--device", "cpu", stdin=MISFIT.encode())
    check_refused(done.exit_code, done.stdout_bytes, done.stderr, words)


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [("--epochs", "0", "a whole number at least 1"), ("--learning-rate", "nan", "above 0"), ("--seed", "1.5", "'1.5'")],
)
def test_an_option_out_of_bounds_is_refused_in_one_line(option: str, value: str, words: str) -> None:
    done = call("train", "lenet-d2l", option, value)
    check_refused(done.exit_code, done.stdout_bytes, done.stderr, words)


def _start_long_training(home: Path) -> subprocess.Popen[bytes]:
    arguments = ["train", "lenet-d2l", "--jsonl", "--epochs", "1000", "--device", "cpu"]
    return subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=ROOT,
        env=shell_environment(EXPLORER_HOME=str(home)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for another process")
def test_ctrl_c_ends_training_without_a_traceback(tmp_path: Path) -> None:
    with _start_long_training(tmp_path) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert b"started" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        assert process.stderr.read() == b""
    assert process.returncode == 130


@pytest.mark.slow
def test_a_reader_that_goes_away_ends_training_without_a_traceback(tmp_path: Path) -> None:
    with _start_long_training(tmp_path) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert b"started" in process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1
