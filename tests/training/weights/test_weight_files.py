"""The weights that a run keeps to look inside: as many as fit, at the steps of its probes, never beyond the bound."""

from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.architecture.build import build
from explorer.architecture.spec import Architecture
from explorer.training.events import Finished, Probe, WeightsNotKept
from explorer.training.loop.control import Control
from explorer.training.loop.train import train
from explorer.training.recipe.probe_steps import count_probes, is_probed
from explorer.training.recipe.recipe import Job, Recipe
from explorer.training.weights import weight_files
from explorer.training.weights.weight_files import (
    MOST_BYTES,
    FileWeightKeeper,
    WeightsError,
    kept_layers,
    kept_steps,
    read_weights,
)
from tests.training.loop.test_checkpoint import full_disk
from tests.training.small_jobs import DROPPING, SMALL

RECIPE = Recipe(epochs=2, train_size=192, batch_size=64, device="cpu")


@pytest.mark.parametrize("design", [SMALL, DROPPING], ids=lambda design: design.name)
def test_each_look_inside_keeps_the_weights_that_it_saw(tmp_path: Path, design: Architecture) -> None:
    events = list(train(Job(design, RECIPE), control=Control(weight_keeper=FileWeightKeeper(tmp_path))))
    steps = [event.step for event in events if isinstance(event, Probe)]
    assert kept_steps(tmp_path) == steps == [0, 1, 2, 4, 6]
    network = build(design)
    found = {step: read_weights(tmp_path, step) for step in steps}
    for weights in found.values():
        network.load_state_dict(weights)
    assert all(not torch.equal(found[0][name], found[6][name]) for name, _ in network.named_parameters())


@given(num_steps=st.integers(1, 5_000), spacing=st.integers(1, 700))
def test_as_many_probes_are_foretold_as_there_are(num_steps: int, spacing: int) -> None:
    probed = sum(is_probed(step, num_steps=num_steps, spacing=spacing) for step in range(num_steps + 1))
    assert probed <= count_probes(num_steps, spacing=spacing) <= probed + 1


@given(sizes=st.lists(st.integers(0, 10**8), min_size=1, max_size=9), looks=st.integers(1, 80))
def test_no_run_keeps_more_than_the_bound(sizes: list[int], looks: int) -> None:
    named = {f"layer{place}": size for place, size in enumerate(sizes)}
    weighing = [name for name, size in named.items() if size]
    chosen = list(kept_layers(named, looks=looks))
    assert looks * sum(named[name] for name in chosen) <= MOST_BYTES
    assert chosen in ([], weighing[:1], weighing)
    assert chosen == weighing or looks * sum(sizes) > MOST_BYTES


def test_a_network_that_is_too_large_has_its_first_layer_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weight_files, "MOST_BYTES", 10_000)
    list(train(Job(SMALL, RECIPE), control=Control(weight_keeper=FileWeightKeeper(tmp_path))))
    assert set(read_weights(tmp_path, 6)) == {"conv1.weight", "conv1.bias"}


def test_a_full_disk_is_told_once_and_the_run_goes_on(tmp_path: Path) -> None:
    with full_disk(1_000):
        events = list(train(Job(SMALL, RECIPE), control=Control(weight_keeper=FileWeightKeeper(tmp_path))))
    assert [event.step for event in events if isinstance(event, WeightsNotKept)] == [0]
    assert isinstance(events[-1], Finished)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"my shopping list", b"\x80\x04K\x01.", None])
def test_a_file_that_holds_no_weights_is_refused_in_words(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "7.safetensors").write_bytes(content)
    with pytest.raises(WeightsError, match=r"7\.safetensors holds no weights that can be read: .*Run it again"):
        read_weights(tmp_path, 7)


def test_what_is_no_kept_step_is_passed_over(tmp_path: Path) -> None:
    for name in ("3.safetensors", "12.safetensors", "x.safetensors", "4.safetensors.part", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    assert kept_steps(tmp_path) == [3, 12]
    assert kept_steps(tmp_path / "nowhere") == []
