"""The benchmark of a GPU, on the CPU: stand-ins for the graph, the memory's counters and its shortage."""

import pytest
import torch
from click.testing import CliRunner
from msgspec.structs import replace

from explorer.benchmarks import gpu, train
from explorer.benchmarks.contests import CONTESTS, Contest
from explorer.benchmarks.gpu import Device, Finding, bench_gpu
from explorer.commands.bench import bench
from explorer.training.loop.step import Figures
from tests.training.recording import Recording


def short(contest: Contest) -> Contest:
    small = CONTESTS["alexnet-28"] if contest.network == "alexnet-d2l" else contest
    run = replace(small.run, batch_size=16, train_size=32, epochs=1)
    return replace(small, run=run, steps=2, is_short=True, beside=())


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    """Look at all of it, with AlexNet for 28×28 in the place of the large one."""

    def out_of_memory(*_: object) -> Figures:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    def limit(share: float) -> None:
        assert 0 < share < 1
        monkeypatch.setattr("explorer.training.loop.train.take_step", out_of_memory)

    monkeypatch.setattr(train, "peak_bytes", lambda _job: 1)
    monkeypatch.setattr(gpu, "WORKERS", 2)
    monkeypatch.setattr(gpu, "TESTS", ("--version",))
    device = Device(name="cpu", make_graph=Recording, reset_peak=lambda: None, peak=lambda: 10**9, limit_memory=limit)
    return list(bench_gpu(device, {name: short(contest) for name, contest in CONTESTS.items()}))


@pytest.mark.slow
def test_everything_is_looked_at_and_a_shortage_is_said_in_words(found: list[Finding]) -> None:
    assert len(found) == 9
    assert found[0].found.startswith("pytest ")
    by_turns, at_once = found[3:5]
    assert by_turns.what.startswith("2 runs of LeNet by turns")
    assert at_once.found.endswith(" ×")
    assert [finding.holds for finding in found[5:8]] == [False] * 3, "a gigabyte is far more than was told"
    assert found[-1].holds
    assert found[-1].found.startswith("The device ran out of memory. Choose a smaller batch_size than 16")


@pytest.mark.skipif(torch.cuda.is_available(), reason="would take its ten minutes")
def test_without_a_gpu_the_command_says_so() -> None:
    done = CliRunner().invoke(bench, ["gpu"])
    assert done.exit_code == 2
    assert "no CUDA GPU" in done.output
