"""The bench's own sums: what it calls a ratio is one, and a run without probes has none. No speed is asserted."""

import pytest
from msgspec.structs import replace

from explorer.benchmarks import beside, train
from explorer.benchmarks.contests import CONTESTS
from explorer.benchmarks.ours import no_probes, spend

LENET = CONTESTS["lenet-d2l"]
FEW = replace(
    LENET, run=replace(LENET.run, epochs=1, train_size=512), steps=1, is_short=True, beside=(0, 2)
)  # two steps


@pytest.mark.slow
def test_ratios_are_those_of_the_speeds_and_a_whole_runs_probes_are_worked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "peak_bytes", lambda _job: 1)
    told = train.bench_train(FEW, device="cpu", rounds=1)
    speeds, ratios = told.speeds, told.ratios
    assert set(ratios) == {
        "ours_over_bare_step",
        "ours_over_book_4_workers",
        "ours_over_book_0_workers",
        "default_run_over_without_probes",
        "beside_2_over_alone",
    }
    for name, ratio in ratios.items():
        first, second = name.split("_over_")
        assert ratio.median == ratio.lowest == ratio.highest == speeds[first] / speeds[second]
    assert 0 < ratios["default_run_over_without_probes"].median < 1
    assert ratios["ours_over_bare_step"].bound == 1.1
    monkeypatch.setattr(beside, "count_cores", lambda: 2)
    assert beside.beside_bounds(FEW) == {"beside_2_over_alone": 0.45}


def test_a_run_without_probes_has_none() -> None:
    probed = spend(FEW.job())
    with no_probes():
        alone = spend(FEW.job())
    assert (probed.pictures, probed.steps, probed.probes) == (512, 2, 3)
    assert (alone.pictures, alone.steps, alone.probes) == (512, 2, 0)
    assert probed.probing > alone.probing == 0.0
