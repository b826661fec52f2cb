"""The command line as a shell sees it: exit codes, what is printed and where.

What needs no torch, and one run of each command that does, is a real process; the rest is called in this one, which
spares each call the seconds that torch takes to load.
"""

import json
from pathlib import Path

import onnx
import pytest

from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import to_json
from explorer.exchange.pytorch_source import to_pytorch
from tests.commands.shell import (
    MISFIT,
    QUICK,
    ROW,
    call,
    check_refused,
    check_refused_by_process,
    imported,
    run,
)


@pytest.mark.parametrize("arguments", [["--help"], ["presets"], ["trace", "nothing"]], ids=" ".join)
def test_what_needs_no_torch_does_not_wait_for_it(arguments: list[str]) -> None:
    modules = imported(*arguments)
    assert "click" in modules
    assert "torch" not in modules


def test_presets_are_listed_by_name_and_title() -> None:
    lines = run("presets").stdout.decode().splitlines()
    assert [line.split()[0] for line in lines] == list(PRESETS)
    assert all(preset.title in line for preset, line in zip(PRESETS.values(), lines, strict=True))


def test_trace_prints_an_aligned_table_with_totals() -> None:
    lines = call("trace", "alexnet-d2l").stdout.splitlines()
    heading, total = lines[2], lines[-1]
    for column, value in {"parameters": "46,764,746", "multiply-adds": "938,146,176"}.items():
        end = heading.index(column) + len(column)
        assert total[:end].endswith(value)
    assert [line.split()[0] for line in lines if line.startswith("conv")] == [f"conv{i}" for i in range(1, 6)]


def test_trace_says_what_hardly_does_what_was_meant() -> None:
    done = call("trace", "lenet-pytorch")
    assert done.exit_code == 0
    assert "fc5: No activation stands between fc3 and fc5" in done.stdout
    assert "  - Insert ReLU between them" in done.stdout


def test_trace_as_json_has_the_designs_fields() -> None:
    done = call("trace", "lenet-d2l", "--json")
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
    done = call("trace", str(file), "--json")
    traced = json.loads(done.stdout)
    assert done.exit_code == 1
    assert [row["name"] for row in traced["rows"]] == ["relu0"]
    assert (traced["error"]["index"], traced["error"]["name"]) == (1, "norm0")
    assert [repair["label"] for repair in traced["error"]["repairs"]] == ["Use BatchNorm2d", "Remove norm0"]


def test_trace_in_words_of_a_stack_that_does_not_fit() -> None:
    done = call("trace", "-", stdin=MISFIT.encode())
    assert done.exit_code == 1
    assert "Layer 2 (norm0) does not fit. It needs a row of numbers" in done.stdout


@pytest.mark.slow
def test_a_console_that_lacks_a_sign_is_no_reason_to_fail() -> None:
    design = '{"name": "\u7db2", "input_shape": [1, 4, 4], "layers": [{"kind": "LocalResponseNorm", "size": 5}]}'
    done = run("trace", "-", stdin=design.encode(), PYTHONUTF8="0", PYTHONIOENCODING="latin-1")
    assert done.returncode == 0
    assert "?, input 1 × 4 × 4" in done.stdout.decode("latin-1")


@pytest.mark.slow
def test_code_is_the_program_and_trace_reads_it_back_as_the_same_design(tmp_path: Path) -> None:
    printed = run("code", "lenet-d2l")
    assert (printed.returncode, printed.stderr) == (0, b"")
    assert printed.stdout.decode().splitlines() == to_pytorch(PRESETS["lenet-d2l"].architecture).splitlines()
    file = tmp_path / "network.py"
    file.write_bytes(printed.stdout)
    assert call("trace", str(file), "--json").stdout == call("trace", "lenet-d2l", "--json").stdout


@pytest.mark.slow
def test_notebook_is_printed_as_one_json_object() -> None:
    done = run("notebook", "lenet-d2l")
    assert done.returncode == 0
    assert json.loads(done.stdout)["nbformat"] == 4


@pytest.mark.slow
def test_onnx_writes_a_file_and_says_nothing_and_the_file_opens(tmp_path: Path) -> None:
    file = str(tmp_path / "lenet.onnx")
    done = run("onnx", "lenet-d2l", "--output", file)
    assert (done.returncode, done.stderr) == (0, b"")
    onnx.checker.check_model(onnx.load(file))
    rows = [json.loads(call("trace", name, "--json").output)["rows"] for name in (file, "lenet-d2l")]
    assert rows[0] == rows[1]


def test_a_file_that_is_no_onnx_model_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "lenet.onnx").write_bytes(b"no model")
    refused = call("trace", str(tmp_path / "lenet.onnx"))
    assert refused.exit_code == 2
    assert "found bytes that are no ONNX model" in refused.output


@pytest.mark.parametrize(
    "arguments", [["code", "-"], ["notebook", "-"], ["onnx", "-", "--output", "x.onnx"]], ids="".join
)
def test_a_stack_that_does_not_fit_becomes_no_file_and_the_layer_is_named(arguments: list[str]) -> None:
    done = call(*arguments, stdin=MISFIT.encode())
    assert (done.exit_code, done.stdout) == (1, "")
    assert "Error: Layer 2 (norm0): It needs a row of numbers" in done.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [(b"import os", "no network"), (b"nn.Sequential(\n\x1b", "line 2"), (b"(" * 99, "never closed")],
)
def test_source_that_is_no_network_is_refused_in_one_line(tmp_path: Path, text: bytes, words: str) -> None:
    file = tmp_path / "network.py"
    file.write_bytes(text)
    done = call("code", str(file))
    check_refused(done.exit_code, done.stdout_bytes, done.stderr, words)


REFUSED = {
    "empty": (b"", "no network"),
    "no text": (b"\xff\xfe\x00", "not UTF-8"),
    "control characters": (b'{"name": "\\u001b[31m", "input_shape": [1, 2, 3], "layers": []}', "\\u001b[31m"),
    "nested": (b"[" * 60_000, "at most 8 deep"),
    "huge": (b"9" * 100_000, "more than 65,536 bytes"),
    "thousands of digits": (b"9" * 60_000, "no Python"),
    "field with an end of line": (MISFIT.replace('"name"', '"a\\nb": 1, "name"').encode(), "unknown field"),
}


@pytest.mark.parametrize(("text", "words"), REFUSED.values(), ids=REFUSED)
def test_a_text_that_is_no_design_is_refused_in_one_line(text: bytes, words: str) -> None:
    done = call("trace", "-", stdin=text)
    check_refused(done.exit_code, done.stdout_bytes, done.stderr, words)


@pytest.mark.parametrize("name", ["lenet-5", "a\nb", "\udcff", ".", "", "x" * 5_000])
def test_a_name_that_is_no_network_is_refused_in_one_line(name: str) -> None:
    check_refused_by_process(run("trace", name), "allowed: a preset (lenet-d2l,")


@pytest.mark.slow
def test_bench_trace_gives_its_figures_as_json() -> None:
    speeds = json.loads(call("bench", "trace", "--json").stdout)
    assert speeds["rounds"] > 0
    assert speeds["torchinfo_over_new_design"] > 1


def test_sweep_trains_each_cell_and_keeps_what_does_not_fit() -> None:
    varied = ("--vary", "learning_rate=0.1,0.9", "--vary", "conv2.kernel_size=5,15")
    done = call("sweep", "lenet-d2l", *varied, *QUICK, "--jsonl")
    cells = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 0
    assert [cell["state"] for cell in cells] == ["finished", "unfit"] * 2
    assert cells[2]["values"] == {"learning_rate": 0.9, "conv2.kernel_size": 5}


def test_sweep_refuses_a_field_that_cannot_vary() -> None:
    refused = call("sweep", "lenet-d2l", "--vary", "conv9.padding=1")
    check_refused(refused.exit_code, refused.stdout_bytes, refused.stderr, "conv9.padding: nothing of this name")
