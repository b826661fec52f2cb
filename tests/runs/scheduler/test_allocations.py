"""How a computer is divided."""

import os

import pytest
import torch

from explorer.runs.scheduler.allocations import LocalAllocation, fitting, local_allocations

CPU, CUDA = LocalAllocation("cpu", {}), LocalAllocation("cuda", {})


@pytest.mark.parametrize(
    ("cores", "shares", "threads"), [(1, 1, "1"), (2, 1, "2"), (4, 1, "4"), (7, 1, "4"), (16, 4, "4")]
)
def test_shares_never_have_more_threads_than_there_are_cores(
    monkeypatch: pytest.MonkeyPatch, cores: int, shares: int, threads: str
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)), raising=False)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    allocations = local_allocations()
    assert [allocation.device for allocation in allocations] == ["cpu"] * shares
    assert {allocation.environment["OMP_NUM_THREADS"] for allocation in allocations} == {threads}


@pytest.mark.parametrize(("allowed", "names"), [(None, ["0", "1"]), ("2,5", ["2", "5"])])
def test_each_gpu_is_an_allocation_whose_worker_sees_only_it(
    monkeypatch: pytest.MonkeyPatch, allowed: str | None, names: list[str]
) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    if allowed is None:
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    else:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", allowed)
    seen: dict[str, list[str]] = {allocation.device: [] for allocation in local_allocations()}
    for allocation in local_allocations():
        seen[allocation.device].append(allocation.environment["CUDA_VISIBLE_DEVICES"])
    assert seen["cuda"] == names
    assert set(seen["cpu"]) == {""}


@pytest.mark.parametrize(
    ("device", "there", "chosen"),
    [
        ("auto", (CUDA, CPU), (CUDA,)),
        ("auto", (CPU, CPU), (CPU, CPU)),
        ("cpu", (CUDA, CPU), (CPU,)),
        ("cuda", (CPU,), ()),
    ],
)
def test_auto_means_a_gpu_where_there_is_one(
    device: str, there: tuple[LocalAllocation, ...], chosen: tuple[LocalAllocation, ...]
) -> None:
    assert fitting(there, device) == chosen
