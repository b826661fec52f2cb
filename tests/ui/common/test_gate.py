"""What could only fail is refused on Train, Race and Sweep alike: the button is off, and the words say why."""

from pathlib import Path

import pytest
from msgspec.structs import replace
from streamlit.testing.v1 import AppTest

from explorer.architecture.kinds.normalisation import BatchNorm1d
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.exchange.link import to_link
from explorer.training.cost import gate
from explorer.training.recipe.recipe import Recipe
from tests.ui.common.test_start_button import BUTTONS
from tests.ui.widgets import said, session

LENET = PRESETS["lenet-d2l"].architecture
CAUSES: dict[str, tuple[Architecture, Recipe, str]] = {
    "pictures": (LENET, Recipe(train_size=50_000), "has 6,000"),
    "channels": (replace(LENET, input_shape=(2, 28, 28)), Recipe(dataset="cifar10"), "takes 2 channels"),
    "a batch of one": (
        replace(LENET, layers=(*LENET.layers, BatchNorm1d())),
        Recipe(train_size=65, batch_size=32),
        "the last batch of an epoch is one picture",
    ),
    "parameters": (replace(LENET, input_shape=(1, 2, 5), layers=LENET.layers[6:7]), Recipe(), "has no parameters"),
    "memory": (LENET, Recipe(), "GiB of memory; cpu has 0.0 GiB for it"),
}


@pytest.mark.parametrize("why", CAUSES)
@pytest.mark.parametrize(("page", "key"), BUTTONS)
def test_a_job_that_could_only_fail_cannot_be_started(
    root: Path, page: str, key: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    design, recipe, words = CAUSES[why]
    if why == "memory":
        monkeypatch.setattr(gate, "total_bytes", lambda: 1_000)
    shown = AppTest.from_file(str(root / f"pages/{page}.py"), default_timeout=60)
    shown.query_params["m"] = to_link(design)
    shown.run()
    session(shown).recipe = recipe
    shown.run()
    assert not shown.exception
    assert shown.button(key=key).disabled
    if not (page == "race" and why in ("parameters", "a batch of one")):  # no activation, or another batch, races there
        assert words in said(shown)
