"""Opening trained weights on Explore, and every page that such a run leads to."""

import io
from pathlib import Path
from typing import NamedTuple

import pytest
import torch
from streamlit.testing.v1 import AppTest

from explorer.architecture.build import build
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.exchange.link import to_link
from explorer.runs.background.weight_imports import Sent, WeightImport
from explorer.runs.background.weight_messages import Answering
from explorer.runs.store.rows import ImportedWeights, Run
from explorer.runs.store.run_files import KeptFiles
from explorer.training.recipe.recipe import Job, Recipe
from explorer.ui.base.server import runs, weight_imports
from explorer.ui.weights.weights_upload import WeightsState
from explorer.views.common.words import JOINER
from tests.runs.scene import find
from tests.ui.conftest import ENTRANCE
from tests.ui.widgets import said, save_buttons, session, widgets

LENET = PRESETS["lenet-d2l"].architecture
TWENTY = Architecture("twenty", (1, 28, 28), (Flatten(), Linear(out_features=20)))
PATIENCE = 120  # seconds
NAME = "**my** weights.pth"


def keep(found: ImportedWeights, files: KeptFiles) -> str:
    runs().keep_imported(found, files, "here")
    return found.run_id


def asked(design: Architecture, size: int = 1) -> WeightImport:
    found = weight_imports().receive(Sent("here", size, Job(design, Recipe()), NAME), keep)
    assert found.begin()
    return found


def read(design: Architecture) -> WeightImport:
    stream = io.BytesIO()
    torch.save(build(design).state_dict(), stream)
    found = asked(design)
    found.path.write_bytes(stream.getvalue())
    found.read()
    assert found.wait(PATIENCE)
    assert found.cause == ""
    return found


def imported(design: Architecture) -> Run:
    return find(runs().store, read(design).run_id)


class Both(NamedTuple):
    """A run whose classes are a data set's, and one whose are not."""

    lenet: Run
    twenty: Run


@pytest.fixture(scope="module")
def both() -> Both:
    return Both(imported(LENET), imported(TWENTY))


def explore(root: Path, found: WeightImport) -> AppTest:
    """The Explore page with its Open menu open, in a tab that has sent a file."""
    page = AppTest.from_file(str(root / ENTRANCE), default_timeout=60)
    page.session_state["open_menu"] = True
    page.run()
    session(page).slice_of(WeightsState).import_id = found.id
    page.run()
    assert not page.exception
    return page


def progress(page: AppTest) -> str:
    (bar,) = page.get("progress")
    return str(bar.proto.text).replace("\\", "").replace(JOINER, "")


def opened(root: Path, name: str, run: Run, **link: str) -> AppTest:
    page = AppTest.from_file(str(root / f"pages/{name}.py"), default_timeout=60)
    page.query_params["m"] = to_link(run.job.architecture)
    for key, value in ({"run": run.id} | link).items():
        page.query_params[key] = value
    page.run()
    assert not page.exception
    return page


def test_a_file_that_is_being_read_says_how_far_it_is(root: Path) -> None:
    found = asked(LENET)
    page = explore(root, found)
    assert "weights.pth: reading the weights" in progress(page)
    found.told = Answering(250, 1_000)
    page.run()
    assert "weights.pth: answering the test pictures, 250 of 1,000" in progress(page)
    found.refuse("The file is cut off.")
    page.run()
    assert page.error[0].value == "The file is cut off."
    assert not page.get("progress")


@pytest.mark.slow
def test_what_fits_leads_to_look_inside_and_mistakes(root: Path) -> None:
    page = explore(root, read(LENET))
    assert "Imported from **my** weights.pth: test accuracy" in said(page)
    assert "Its layers have the design's own names." in said(page)
    assert {button.key for button in page.button} >= {"weights_inside", "weights_mistakes"}


@pytest.mark.slow
def test_train_shows_where_it_comes_from_and_offers_nothing_that_cannot_be(root: Path, both: Both) -> None:
    page = opened(root, "train", both.lenet)
    assert "imported from **my** weights.pth · Fashion-MNIST (subset)" in said(page)
    assert "nothing is known of their gradients" in said(page)
    keys = {button.key for button in page.button}
    assert keys >= {"mistakes", "look_inside"}
    assert not keys & {"continue", "run_again"}
    assert not widgets(page, f"more_epochs_{both.lenet.id}")
    page.session_state["more"] = True
    page.run()
    assert list(save_buttons(page)) == ["Save the weights (0.247 MB, safetensors)"]


@pytest.mark.slow
def test_mistakes_shows_its_matrix_or_why_there_is_none(root: Path, both: Both) -> None:
    assert "of 1,000 test pictures right" in said(opened(root, "mistakes", both.lenet))
    assert "with imported weights" in said(opened(root, "mistakes", both.lenet))
    page = opened(root, "mistakes", both.twenty)
    assert "The network gives 20 numbers for each picture; fashion-mnist-subset has 10 classes" in said(page)
    assert f"again_{both.twenty.id}" not in {button.key for button in page.button}
    against = opened(root, "mistakes", both.lenet, against=imported(LENET).id)
    assert "learned is not known, since the weights were imported" in said(against)


@pytest.mark.slow
def test_look_inside_opens_both_without_a_step(root: Path, both: Both) -> None:
    for run in both:
        page = opened(root, "inside", run)
        assert "imported from **my** weights.pth" in said(page)
        (drawn,) = (each.proto for each in page.get("bidi_component") if each.proto.component_name == "inside_view")
        assert '"moments":["Imported"]' in drawn.json.replace(" ", "")
        assert '"others":[]' in drawn.json.replace(" ", ""), "it has no first weights to stand beside it"


@pytest.mark.slow
def test_runs_lists_it_as_imported_and_compares_it(root: Path, both: Both) -> None:
    page = opened(root, "runs", both.lenet, runs=both.lenet.id)
    assert "no step was taken here" in "".join(str(each.proto.json) for each in page.get("bidi_component"))
    assert "Imported from **my** weights.pth" in said(page)
    opened(root, "runs", both.lenet, runs=f"{both.lenet.id}~{both.twenty.id}")
