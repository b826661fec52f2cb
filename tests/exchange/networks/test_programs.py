"""A few random programs and damaged ones: `check_programs` checks as many as one likes."""

import random
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.exchange.networks.check_programs import Torch, fault_of_program, faults_of_mutant, mutant
from tests.exchange.networks.random_programs import random_program

SEEDS = range(60)


@pytest.fixture(scope="module")
def torch() -> Iterator[Torch]:
    process = Torch()
    yield process
    process.close()


@pytest.mark.slow
def test_random_programs_are_read_as_torch_runs_them(torch: Torch) -> None:
    faults = {seed: fault_of_program(random_program(seed), torch) for seed in SEEDS}
    assert {seed: fault for seed, fault in faults.items() if fault} == {}


@pytest.mark.slow
def test_damaged_programs_are_refused_or_read_as_torch_runs_them(torch: Torch) -> None:
    damaged = [mutant(random_program(seed), random.Random(seed)) for seed in SEEDS]
    counts = Counter[str]()
    assert [fault for text in damaged for fault in faults_of_mutant(text, torch, counts)] == []
    assert counts["opened"] > 0
