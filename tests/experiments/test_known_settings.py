"""Known settings stand for networks of the course, and some of them are run again: the figures must come back."""

import pytest
from msgspec.structs import replace

from explorer.architecture import edit
from explorer.architecture.presets import PRESETS
from explorer.data.datasets import is_available
from explorer.experiments.known_settings import KNOWN, Known, find_known
from explorer.experiments.text_recipes import default_recipe
from explorer.training.events import Epoch, Failed
from explorer.training.loop.train import train
from explorer.training.recipe.recipe import Job, Recipe

QUICK = [
    (preset, known)
    for preset, tried in KNOWN.items()
    for known in tried
    if known.accuracy is None or (preset == "lenet-ng" and not known.works)  # what works, test_learns.py shows
]


@pytest.mark.slow
@pytest.mark.parametrize(("preset", "known"), QUICK)
def test_what_is_known_comes_back(preset: str, known: Known) -> None:
    design = edit.with_num_classes(edit.with_channels(PRESETS[preset].architecture, 1), 10)
    events = list(train(Job(architecture=design, recipe=known.recipe)))
    if known.accuracy is None:
        assert isinstance(events[-1], Failed)
        return
    *_, last = (event for event in events if isinstance(event, Epoch))
    assert last.test_accuracy == pytest.approx(known.accuracy, abs=0.04)


def test_each_reason_is_one_sentence_that_says_the_figure() -> None:
    for known in (known for tried in KNOWN.values() for known in tried):
        assert known.reason.endswith(".")
        assert ". " not in known.reason
        shown = "No number" if known.accuracy is None else f"{100 * known.accuracy:.0f} %"
        assert known.reason.startswith(shown)


def test_a_network_has_settings_of_both_kinds_on_the_shipped_pictures() -> None:
    assert set(KNOWN) <= set(PRESETS)
    for tried in KNOWN.values():
        shipped = {known.works for known in tried if known.recipe.dataset == Recipe().dataset}
        assert shipped == {True, False}
        assert {known.recipe.dataset for known in tried} <= {Recipe().dataset, "mnist"}


def test_a_recipe_is_found_whatever_its_seed_and_device() -> None:
    known = find_known("lenet-d2l", default_recipe("lenet-d2l"))
    assert known is not None
    assert known.works
    (first, *_) = KNOWN["alexnet-28"]
    assert find_known("alexnet-28", Recipe()) is None
    assert find_known("lenet-d2l", first.recipe) is None
    assert find_known("alexnet-28", replace(first.recipe, seed=5, device="cpu")) is first


@pytest.mark.slow
def test_digits_pass_99_percent_where_they_are_on_this_computer() -> None:
    (digits,) = (known for known in KNOWN["lenet-keras"] if known.recipe.dataset == "mnist")
    if not is_available("mnist"):
        pytest.skip("MNIST is not on this computer")
    *_, last = (e for e in train(Job(PRESETS["lenet-keras"].architecture, digits.recipe)) if isinstance(e, Epoch))
    assert last.test_accuracy > 0.99
    assert last.test_accuracy == pytest.approx(digits.accuracy, abs=0.002)
