"""A run whose weights were imported, in words: nowhere is it said to have trained, or to have a recipe."""

import csv
import io
import zipfile

import msgspec
from msgspec.structs import replace

from explorer.architecture.presets import PRESETS
from explorer.runs.store.rows import Run
from explorer.training.recipe.recipe import Job, Recipe
from explorer.views.runs.fairness import unfairness
from explorer.views.runs.group import states_words
from explorer.views.runs.history import alone, matching, recipe_texts
from explorer.views.runs.history_table import entries_table, history_table
from explorer.views.runs.receipt import receipt_json, receipt_rows
from explorer.views.runs.run_difference import differences, form_words
from explorer.views.runs.run_text import runs_csv, runs_json
from explorer.views.runs.run_words import curve_words, device_words, made_words, no_curve_words, outcome
from explorer.views.runs.tensorboard import tensorboard_zip

JOB = Job(PRESETS["lenet-d2l"].architecture, Recipe())
RUN = Run(
    id="0123456789",
    owner="me",
    state="finished",
    name=JOB.architecture.name,
    dataset=JOB.recipe.dataset,
    job_json=msgspec.json.encode(JOB).decode(),
    wanted_device="auto",
    created=1.0,
    ended=1.0,
    test_accuracy=0.85,
    test_loss=0.4,
    imported="lenet\u202e.pth",
)
TRAINED = replace(RUN, id="abcdef0123", imported="", epoch=10.0, step=240, num_steps=240, device="cpu")
FILE = "lenet[U+202E].pth"  # with what would reorder it written out


def test_it_says_where_it_comes_from_and_what_it_comes_to() -> None:
    assert made_words(RUN) == f"imported from {FILE} · Fashion-MNIST (subset)"
    assert outcome(RUN) == f"Imported from {FILE}: test accuracy 85.0 % on Fashion-MNIST (subset)."
    untested = replace(RUN, test_accuracy=None)
    assert (
        outcome(untested) == f"Imported from {FILE}: it has not answered the test pictures of Fashion-MNIST (subset)."
    )
    assert device_words(RUN) == ""
    assert no_curve_words(RUN) == "These weights were imported: no step was taken here."
    assert "imported" in curve_words(RUN)


def test_lists_name_it_imported_and_find_it_by_that() -> None:
    assert recipe_texts(RUN) == (made_words(RUN), "")
    assert states_words([RUN]) == "imported"
    (row,) = history_table([alone(RUN)], pictures={}, column="Launched", falling=True, now=2.0).rows
    assert row.cells[3] == "imported"
    assert row.words == made_words(RUN)
    assert entries_table([alone(RUN)], now=2.0).rows[0].cells[0].text == "imported"
    both = [alone(RUN), alone(TRAINED)]
    assert matching(both, "imported") == both[:1]
    assert matching(both, "finished") == both[1:]


def test_beside_others_it_has_no_settings_and_no_fair_comparison() -> None:
    assert form_words(RUN, replace(JOB, recipe=Recipe(epochs=3, learning_rate=0.5))) == ""
    (row,) = differences([RUN, TRAINED]).rows
    assert (row.name, row.words, row.cells[0].text) == ("weights", f"imported from {FILE}", "trained")
    for pair in ({"A": RUN, "B": TRAINED}, {"A": RUN, "B": RUN}):
        assert "learned is not known, since the weights were imported" in unfairness(pair)
    assert unfairness({"A": TRAINED, "B": TRAINED}) == ""


def test_files_for_other_programs_have_the_file_and_of_a_recipe_the_data_set_alone() -> None:
    imported, trained = csv.DictReader(io.StringIO(runs_csv([RUN, TRAINED])))
    assert (imported["imported"], trained["imported"]) == (RUN.imported, "")
    assert (imported["recipe/dataset"], imported["recipe/learning_rate"], imported["recipe/epochs"]) == (
        *("fashion-mnist-subset", "", ""),
    )
    assert trained["recipe/learning_rate"] == "0.1"
    (told,) = msgspec.json.decode(runs_json([RUN]))
    assert told["job"]["recipe"] == {"dataset": "fashion-mnist-subset"}
    with zipfile.ZipFile(io.BytesIO(tensorboard_zip([RUN], lambda _: []))) as archive:
        assert len(archive.namelist()) == 1
    assert receipt_rows(RUN, [])["weights from"] == RUN.imported
    assert msgspec.json.decode(receipt_json(RUN, []))["imported"] == RUN.imported
