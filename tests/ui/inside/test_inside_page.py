"""The Look inside page: which runs one can look into, and why not into the others."""

from contextlib import closing
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.architecture.build import build
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.runs.store.reader import Reader
from explorer.runs.store.store import Store
from explorer.training.recipe.recipe import Job, Recipe
from explorer.training.weights.weight_files import FileWeightKeeper
from explorer.ui.base.server import runs
from tests.ui.widgets import said

LENET = PRESETS["lenet-d2l"].architecture


def a_run(*, steps: tuple[int, ...] = (), design: Architecture = LENET) -> str:
    """Store a run that has ended, with its weights at these steps."""
    with closing(Store(runs().store.path)) as store:
        run = store.create(Job(design, Recipe()), "somebody")
        store.move(run, ["queued"], "cancelled")
    keeper = FileWeightKeeper(runs().weights(run))
    for step in steps:
        assert list(keeper.keep(build(LENET), step=step, looks=len(steps))) == []
    return run


def opened(root: Path, **link: str) -> AppTest:
    page = AppTest.from_file(str(root / "pages/inside.py"), default_timeout=60)
    for name, value in link.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def test_without_runs_it_says_how_to_get_one(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Reader, "list_runs", lambda *_args, **_named: [])
    assert "No run here has kept its weights yet." in said(opened(root))


def test_a_run_that_kept_nothing_says_so_and_an_unknown_one_too(root: Path) -> None:
    assert "This run kept no weights to look into." in said(opened(root, run=a_run()))
    assert "There is no run" in said(opened(root, run="nowhere"))


def test_a_network_that_is_too_large_says_so(root: Path) -> None:
    run = a_run(
        design=Architecture("huge", (1, 28, 28), (Flatten(), Linear(out_features=100_000), Linear(out_features=50)))
    )
    assert "83,500,050 parameters. One can look into those" in said(opened(root, run=run))


def test_weights_that_cannot_be_read_are_told_in_words(root: Path) -> None:
    run = a_run(steps=(0,))
    (runs().weights(run) / "0.safetensors").write_bytes(b"my shopping list")
    assert "0.safetensors holds no weights that can be read" in said(opened(root, run=run))
