"""Style and types, so that one command checks everything."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHECKS = {
    "ruff check": "a rule is broken; `ruff check --fix` mends some",
    "ruff format --check": "a file is not in shape; `ruff format` puts it in shape",
    "mypy": "types do not fit",
}
SLOW = {check: [pytest.mark.slow] * (check == "mypy") for check in CHECKS}


@pytest.mark.parametrize("check", [pytest.param(check, marks=SLOW[check]) for check in CHECKS])
def test_passes(check: str) -> None:
    done = subprocess.run([sys.executable, "-m", *check.split()], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(f"{check}: {CHECKS[check]}.\n{done.stdout}{done.stderr}", pytrace=False)
