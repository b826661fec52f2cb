"""A short version of `tests/runs/kills.py`, whose two hundred kills take minutes."""

import re
from pathlib import Path

import pytest

from tests.runs.kills import kill_often


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_ten_kills_lose_nothing_and_every_run_ends(tmp_path: Path) -> None:
    said = kill_often(tmp_path, kills=10, seed=2)
    assert re.search(r"of [1-9]\d* runs .*; all [1-9][\d,]* events are there", said)
