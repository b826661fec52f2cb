"""How a computer is divided."""

import pytest
import torch

from explorer.runs.scheduler import allocations
from explorer.runs.scheduler.allocations import LocalAllocation, fitting, local_allocations

CPU, CUDA = LocalAllocation("cpu", {}), LocalAllocation("cuda", {})


@pytest.mark.parametrize(
    ("cores", "memory", "places"),
    [(1, 8, 1), (2, 8, 2), (4, 8, 4), (8, 8, 4), (2, 1, 1), (16, 64, 16), (16, None, 16)],
)
def test_a_core_is_a_place_to_train_if_half_of_the_memory_holds_its_worker(
    monkeypatch: pytest.MonkeyPatch, cores: int, memory: int | None, places: int
) -> None:
    monkeypatch.setattr(allocations, "count_cores", lambda: cores)
    monkeypatch.setattr(allocations, "total_bytes", lambda: memory * 10**9 if memory else None)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    found = local_allocations()
    assert [(each.device, each.cores) for each in found] == [("cpu", cores)] * places
    assert {each.environment["OMP_NUM_THREADS"] for each in found} == {str(cores)}
    assert {each.environment["OMP_WAIT_POLICY"] for each in found} == {"PASSIVE"}


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
