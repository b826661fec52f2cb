"""`explorer weights`: trained weights become a run, also beside a server, or are refused in one line."""

from contextlib import closing
from pathlib import Path

import pytest
import torch

from explorer.architecture.build import build
from explorer.architecture.presets import PRESETS
from explorer.runs.scheduler.server import open_runs
from explorer.runs.store.reader import Reader
from tests.commands.shell import call
from tests.runs.scene import allocations, find


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "lenet.pth"
    torch.save(build(PRESETS["lenet-d2l"].architecture).state_dict(), path)
    return path


@pytest.mark.slow
def test_weights_that_fit_become_a_run_also_beside_a_server(tmp_path: Path, file: Path) -> None:
    home = tmp_path / "home"
    alone = call("weights", "lenet-d2l", str(file), EXPLORER_HOME=str(home))
    assert alone.exit_code == 0, alone.output
    told, run = alone.output.splitlines()
    assert told.startswith("conv1 from conv1, conv2 from conv2, ")
    assert "Test accuracy" in told
    assert find(Reader(home / "runs.sqlite"), run).imported == "lenet.pth"
    with closing(open_runs(home, allocations=allocations(tmp_path))) as runs:
        beside = call("weights", "lenet-d2l", str(file), EXPLORER_HOME=str(home))
        assert beside.exit_code == 0, beside.output
        assert find(runs.store, beside.output.split()[-1]).state == "finished"


@pytest.mark.slow
def test_weights_that_do_not_fit_are_refused_with_both_shapes(tmp_path: Path, file: Path) -> None:
    home = tmp_path / "home"
    refused = call("weights", "alexnet-28", str(file), EXPLORER_HOME=str(home))
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: conv1 has weight 32 × 1 × 5 × 5 and bias 32 in the design, and conv1 has ")
    assert not (home / "runs.sqlite").exists()


def test_an_empty_file_and_no_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.pth").touch()
    empty = call("weights", "lenet-d2l", str(tmp_path / "empty.pth"), EXPLORER_HOME=str(tmp_path))
    assert (empty.exit_code, empty.output) == (1, "Error: The file is empty. Save or download it again.\n")
    assert call("weights", "lenet-d2l", str(tmp_path / "nowhere"), EXPLORER_HOME=str(tmp_path)).exit_code == 2
    unknown = call("weights", "lenet-d2l", str(tmp_path / "empty.pth"), "--dataset", "x", EXPLORER_HOME=str(tmp_path))
    assert (unknown.exit_code, "no data set named 'x'" in unknown.output) == (2, True)
