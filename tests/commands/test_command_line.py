"""The command line as a shell sees it: exit codes, what is printed and where.

What needs no torch, and one run of each command that does, is a real process; the rest is called in this one, which
spares each call the seconds that torch takes to load.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import onnx
import pytest
from click.testing import CliRunner, Result

from explorer.__main__ import main
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import to_json
from explorer.exchange.pytorch_source import to_pytorch
from explorer.training.cost import gate

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "explorer"]
ROW = {  # the fields of a row, as the design has them
    *("index", "name", "kind", "settings", "input_shape", "output_shape", "num_params", "num_trainable", "mult_adds"),
    *("neurons", "connections", "output_bytes", "param_bytes", "receptive_field", "jump", "remainder"),
}
MISFIT = '{"name": "x", "input_shape": [1, 28, 28], "layers": [{"kind": "ReLU"}, {"kind": "BatchNorm1d"}]}'
QUICK = ["--train-size", "512", "--epochs", "1", "--device", "cpu"]  # two steps


def _environment(**changed: str) -> dict[str, str]:
    return {**os.environ, "PYTHONUTF8": "1", **changed}


def _run(*arguments: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*COMMAND, *arguments],
        input=stdin,
        cwd=ROOT,
        env=_environment(**environment),
        capture_output=True,
        check=False,
        timeout=120,
    )


def _call(*arguments: str, stdin: bytes = b"", **environment: str) -> Result:
    return CliRunner(catch_exceptions=False).invoke(main, arguments, input=stdin, env=environment)


def _check_refused(code: int, stdout: bytes, line: str, words: str) -> None:
    """Exit code 2, one printable line on standard error, nothing on standard output."""
    assert (code, stdout, line.count("\n")) == (2, b"", 1), line
    assert line.rstrip("\n").isprintable()
    assert words in line


def _check_refused_by_process(done: subprocess.CompletedProcess[bytes], words: str) -> None:
    _check_refused(done.returncode, done.stdout, done.stderr.decode(), words)


def _imported(*arguments: str) -> set[str]:
    """Name the modules that a command imported."""
    report = _run(*arguments, PYTHONPROFILEIMPORTTIME="1").stderr.decode()
    return {line.rsplit("|", 1)[1].strip() for line in report.splitlines() if line.startswith("import time:")}


@pytest.mark.parametrize("arguments", [["--help"], ["presets"], ["trace", "nothing"]], ids=" ".join)
def test_what_needs_no_torch_does_not_wait_for_it(arguments: list[str]) -> None:
    modules = _imported(*arguments)
    assert "click" in modules
    assert "torch" not in modules


def test_presets_are_listed_by_name_and_title() -> None:
    lines = _run("presets").stdout.decode().splitlines()
    assert [line.split()[0] for line in lines] == list(PRESETS)
    assert all(preset.title in line for preset, line in zip(PRESETS.values(), lines, strict=True))


def test_trace_prints_an_aligned_table_with_totals() -> None:
    lines = _call("trace", "alexnet-d2l").stdout.splitlines()
    heading, total = lines[2], lines[-1]
    for column, value in {"parameters": "46,764,746", "multiply-adds": "938,146,176"}.items():
        end = heading.index(column) + len(column)
        assert total[:end].endswith(value)
    assert [line.split()[0] for line in lines if line.startswith("conv")] == [f"conv{i}" for i in range(1, 6)]


def test_trace_says_what_hardly_does_what_was_meant() -> None:
    done = _call("trace", "lenet-pytorch")
    assert done.exit_code == 0
    assert "fc5: No activation stands between fc3 and fc5" in done.stdout
    assert "  - Insert ReLU between them" in done.stdout


def test_trace_as_json_has_the_designs_fields() -> None:
    done = _call("trace", "lenet-d2l", "--json")
    traced = json.loads(done.stdout)
    assert done.exit_code == 0
    assert set(traced) == {"architecture", "rows", "totals", "error", "doubts"}
    assert {frozenset(row) for row in traced["rows"]} == {frozenset(ROW)}
    assert traced["architecture"] == json.loads(to_json(PRESETS["lenet-d2l"].architecture))
    assert traced["error"] is None
    assert (traced["totals"]["num_params"], traced["totals"]["mult_adds"]) == (61_706, 416_520)


def test_trace_of_a_file_whose_stack_does_not_fit_has_the_rows_up_to_it(tmp_path: Path) -> None:
    file = tmp_path / "network.json"
    file.write_text(MISFIT)
    done = _call("trace", str(file), "--json")
    traced = json.loads(done.stdout)
    assert done.exit_code == 1
    assert [row["name"] for row in traced["rows"]] == ["relu0"]
    assert (traced["error"]["index"], traced["error"]["name"]) == (1, "norm0")
    assert [repair["label"] for repair in traced["error"]["repairs"]] == ["Use BatchNorm2d", "Remove norm0"]


def test_trace_in_words_of_a_stack_that_does_not_fit() -> None:
    done = _call("trace", "-", stdin=MISFIT.encode())
    assert done.exit_code == 1
    assert "Layer 2 (norm0) does not fit. It needs a row of numbers" in done.stdout


def test_a_console_that_lacks_a_sign_is_no_reason_to_fail() -> None:
    design = '{"name": "\u7db2", "input_shape": [1, 4, 4], "layers": [{"kind": "LocalResponseNorm", "size": 5}]}'
    done = _run("trace", "-", stdin=design.encode(), PYTHONUTF8="0", PYTHONIOENCODING="latin-1")
    assert done.returncode == 0
    assert "?, input 1×4×4" in done.stdout.decode("latin-1")


def test_code_is_the_program_and_trace_reads_it_back_as_the_same_design(tmp_path: Path) -> None:
    printed = _run("code", "lenet-d2l")
    assert (printed.returncode, printed.stderr) == (0, b"")
    assert printed.stdout.decode().splitlines() == to_pytorch(PRESETS["lenet-d2l"].architecture).splitlines()
    file = tmp_path / "network.py"
    file.write_bytes(printed.stdout)
    assert _call("trace", str(file), "--json").stdout == _call("trace", "lenet-d2l", "--json").stdout


def test_notebook_is_printed_as_one_json_object() -> None:
    done = _run("notebook", "lenet-d2l")
    assert done.returncode == 0
    assert json.loads(done.stdout)["nbformat"] == 4


def test_onnx_writes_a_file_and_says_nothing(tmp_path: Path) -> None:
    done = _run("onnx", "lenet-d2l", "--output", str(tmp_path / "lenet.onnx"))
    assert (done.returncode, done.stderr) == (0, b"")
    onnx.checker.check_model(onnx.load(tmp_path / "lenet.onnx"))


@pytest.mark.parametrize(
    "arguments", [["code", "-"], ["notebook", "-"], ["onnx", "-", "--output", "x.onnx"]], ids="".join
)
def test_a_stack_that_does_not_fit_becomes_no_file_and_the_layer_is_named(arguments: list[str]) -> None:
    done = _call(*arguments, stdin=MISFIT.encode())
    assert (done.exit_code, done.stdout) == (1, "")
    assert "Error: Layer 2 (norm0): It needs a row of numbers" in done.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [(b"import os", "no nn.Sequential"), (b"nn.Sequential(\n\x1b", "line 2"), (b"(" * 99, "never closed")],
)
def test_source_that_is_no_network_is_refused_in_one_line(tmp_path: Path, text: bytes, words: str) -> None:
    file = tmp_path / "network.py"
    file.write_bytes(text)
    done = _call("code", str(file))
    _check_refused(done.exit_code, done.stdout_bytes, done.stderr, words)


REFUSED = {
    "empty": (b"", "no JSON"),
    "no text": (b"\xff\xfe\x00", "not UTF-8"),
    "control characters": (b'{"name": "\\u001b[31m", "input_shape": [1, 2, 3], "layers": []}', "\\u001b[31m"),
    "nested": (b"[" * 60_000, "at most 8 deep"),
    "huge": (b"9" * 100_000, "more than 65,536 bytes"),
    "thousands of digits": (b"9" * 60_000, "thousands of digits"),
    "field with an end of line": (MISFIT.replace('"name"', '"a\\nb": 1, "name"').encode(), "unknown field"),
}


@pytest.mark.parametrize(("text", "words"), REFUSED.values(), ids=REFUSED)
def test_a_text_that_is_no_design_is_refused_in_one_line(text: bytes, words: str) -> None:
    _check_refused_by_process(_run("trace", "-", stdin=text), words)


@pytest.mark.parametrize("name", ["lenet-5", "a\nb", "\udcff", ".", "", "x" * 5_000])
def test_a_name_that_is_no_network_is_refused_in_one_line(name: str) -> None:
    _check_refused_by_process(_run("trace", name), "allowed is a preset (lenet-d2l,")


def _events(lines: str | bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.splitlines()]


@pytest.fixture(scope="module")
def quick_run(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[bytes]:
    """Two steps of a preset with its own recipe."""
    return _run("train", "lenet-d2l", "--jsonl", *QUICK, EXPLORER_HOME=str(tmp_path_factory.mktemp("home")))


def test_train_prints_its_events_one_json_object_a_line(quick_run: subprocess.CompletedProcess[bytes]) -> None:
    events = _events(quick_run.stdout)
    assert (quick_run.returncode, quick_run.stderr) == (0, b"")
    assert (events[0]["event"], events[0]["train_size"], events[0]["num_steps"]) == ("started", 512, 2)
    assert events[-1]["event"] == "finished"
    steps = [event for event in events if event["event"] == "step"]
    assert steps[-1]["step"] == 2
    assert {"train/loss", "train/accuracy", "images_per_second"} <= set(steps[-1])


def test_an_option_takes_the_place_of_the_presets(
    quick_run: subprocess.CompletedProcess[bytes], tmp_path: Path
) -> None:
    changed = _call("train", "lenet-d2l", "--jsonl", *QUICK, "--init", "default", EXPLORER_HOME=str(tmp_path))
    assert _first_loss(changed.stdout) != pytest.approx(_first_loss(quick_run.stdout), rel=1e-3)


def test_a_texts_recipe_and_any_field_can_be_asked_for(tmp_path: Path) -> None:
    changed = ["--recipe", "book-alexnet", "--max-seconds", "None", "--momentum", "0.9", "--nesterov", "True"]
    changed += ["--schedule", "one-cycle", "--batch-size", "256", "--target-accuracy", "0.01"]
    done = _call("train", "lenet-keras", "--jsonl", *QUICK, *changed, EXPLORER_HOME=str(tmp_path))
    assert (done.exit_code, done.stderr) == (0, "")
    assert _events(done.stdout)[-1]["reason"] == "target_accuracy"


def _first_loss(lines: str | bytes) -> float:
    return float(next(event["train/loss"] for event in _events(lines) if event["event"] == "step"))


def test_a_run_goes_on_from_the_checkpoint_that_it_kept(tmp_path: Path) -> None:
    kept = str(tmp_path / "lenet.safetensors")
    home = str(tmp_path)
    short = _call("train", "lenet-d2l", "--jsonl", *QUICK, "--checkpoint", kept, EXPLORER_HOME=home)
    assert "checkpoint" in [event["event"] for event in _events(short.stdout)]
    later = _call("train", "lenet-d2l", "--jsonl", *QUICK, "--epochs", "2", "--resume", kept, EXPLORER_HOME=home)
    straight = _call("train", "lenet-d2l", "--jsonl", *QUICK, "--epochs", "2", EXPLORER_HOME=home)
    assert _last_test_loss(later.stdout) == _last_test_loss(straight.stdout)
    assert next(e["step"] for e in _events(later.stdout) if e["event"] == "step") == 3

    other = _call("train", "lenet-d2l", *QUICK, "--seed", "9", "--resume", kept, EXPLORER_HOME=home)
    assert other.exit_code == 1
    assert "has seed 0, this one 9" in other.stderr


def _last_test_loss(lines: str) -> float:
    return float([event["test/loss"] for event in _events(lines) if event["event"] == "epoch"][-1])


def test_train_in_words(tmp_path: Path) -> None:
    lines = _call("train", "lenet-d2l", *QUICK, EXPLORER_HOME=str(tmp_path)).stdout.splitlines()
    assert lines[0] == "Training on cpu: 61,706 parameters, 512 pictures of fashion-mnist-subset, 2 steps."
    assert any(line.startswith("epoch 1.00 after ") and "test loss" in line for line in lines)
    assert lines[-1].startswith("Finished (epochs)")


@pytest.mark.parametrize(
    ("network", "options", "words"),
    [
        ("-", [], "It needs a row of numbers"),
        ("lenet-d2l", ["--train-size", "50000"], "fashion-mnist-subset has 6,000"),
        ("alexnet-227", [], "gives 1000 numbers"),
        ("lenet-d2l", [], "GiB of memory"),
    ],
)
def test_a_job_that_could_only_fail_is_refused_before_it_starts(
    network: str, options: list[str], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if words == "GiB of memory":
        monkeypatch.setattr(gate, "total_bytes", lambda: 1_000)
    done = _call("train", network, *options, "--device", "cpu", stdin=MISFIT.encode())
    _check_refused(done.exit_code, done.stdout_bytes, done.stderr, words)


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [("--epochs", "0", "a whole number at least 1"), ("--learning-rate", "nan", "above 0"), ("--seed", "1.5", "'1.5'")],
)
def test_an_option_out_of_bounds_is_refused_in_one_line(option: str, value: str, words: str) -> None:
    done = _call("train", "lenet-d2l", option, value)
    _check_refused(done.exit_code, done.stdout_bytes, done.stderr, words)


def _start_long_training(home: Path) -> subprocess.Popen[bytes]:
    arguments = ["train", "lenet-d2l", "--jsonl", "--epochs", "1000", "--device", "cpu"]
    return subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=ROOT,
        env=_environment(EXPLORER_HOME=str(home)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


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


def test_a_reader_that_goes_away_ends_training_without_a_traceback(tmp_path: Path) -> None:
    with _start_long_training(tmp_path) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert b"started" in process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_bench_trace_gives_its_figures_as_json() -> None:
    speeds = json.loads(_call("bench", "trace", "--json").stdout)
    assert speeds["rounds"] > 0
    assert speeds["torchinfo_over_new_design"] > 1


def test_sweep_trains_each_cell_and_keeps_what_does_not_fit() -> None:
    varied = ("--vary", "learning_rate=0.1,0.9", "--vary", "conv2.kernel_size=5,15")
    done = _call("sweep", "lenet-d2l", *varied, *QUICK, "--jsonl")
    cells = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 0
    assert [cell["state"] for cell in cells] == ["finished", "unfit"] * 2
    assert cells[2]["values"] == {"learning_rate": 0.9, "conv2.kernel_size": 5}


def test_sweep_refuses_a_field_that_cannot_vary() -> None:
    refused = _call("sweep", "lenet-d2l", "--vary", "conv9.padding=1")
    _check_refused(refused.exit_code, refused.stdout_bytes, refused.stderr, "conv9.padding: nothing of this name")
