"""The command line as tests call it: as a process, or in this one, which spares the time that torch takes to load."""

import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner, Result

from explorer.__main__ import main

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "explorer"]
ROW = {  # the fields of a row, as the design has them
    *("index", "name", "kind", "settings", "input_shape", "output_shape", "num_params", "num_trainable", "mult_adds"),
    *("neurons", "connections", "output_bytes", "param_bytes", "receptive_field", "jump", "remainder"),
}
MISFIT = '{"name": "x", "input_shape": [1, 28, 28], "layers": [{"kind": "ReLU"}, {"kind": "BatchNorm1d"}]}'
QUICK = ["--train-size", "512", "--epochs", "1", "--device", "cpu"]  # two steps


def shell_environment(**changed: str) -> dict[str, str]:
    return {**os.environ, "PYTHONUTF8": "1", **changed}


def run(*arguments: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*COMMAND, *arguments],
        input=stdin,
        cwd=ROOT,
        env=shell_environment(**environment),
        capture_output=True,
        check=False,
        timeout=120,
    )


def call(*arguments: str, stdin: bytes = b"", **environment: str) -> Result:
    return CliRunner(catch_exceptions=False).invoke(main, arguments, input=stdin, env=environment)


def check_refused(code: int, stdout: bytes, line: str, words: str) -> None:
    """Exit code 2, one printable line on standard error, nothing on standard output."""
    assert (code, stdout, line.count("\n")) == (2, b"", 1), line
    assert line.rstrip("\n").isprintable()
    assert words in line


def check_refused_by_process(done: subprocess.CompletedProcess[bytes], words: str) -> None:
    check_refused(done.returncode, done.stdout, done.stderr.decode(), words)


def imported(*arguments: str) -> set[str]:
    """Name the modules that a command imported."""
    report = run(*arguments, PYTHONPROFILEIMPORTTIME="1").stderr.decode()
    return {line.rsplit("|", 1)[1].strip() for line in report.splitlines() if line.startswith("import time:")}
