"""Runs on the Train page: launched, listed, stopped, unknown, without probes."""

from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace
from streamlit.testing.v1 import AppTest

from explorer.architecture.edit import replace_activations
from explorer.exchange.link import to_link
from explorer.experiments.text_recipes import default_recipe
from explorer.runs.scheduler.allocations import LocalAllocation
from explorer.runs.store.database import StoreError
from explorer.runs.store.rows import ENDED, Remarks
from explorer.runs.store.store import Store
from explorer.training.cost.speed import Speed
from explorer.training.events import Failed, Histogram, LayerProbe, Probe, Started, Step
from explorer.training.recipe.recipe import Job, Recipe
from explorer.ui.base.server import runs
from explorer.ui.train.train_state import TrainState
from explorer.views.common.words import JOINER
from tests.ui.conftest import ENTRANCE
from tests.ui.train.test_train import A_STEP, LENET, opened, wait_for
from tests.ui.widgets import CUT, HOSTILE, said, session, widget

FLAT = Histogram(low=-1.0, high=1.0, counts=(1, 1))
STARTED = Started(
    device="cpu", dataset="d", train_size=640, test_size=1, num_params=1, num_steps=1_000, steps_per_epoch=10
)


def test_a_run_is_launched_shown_by_its_link_and_listed(root: Path) -> None:
    page = opened(root)
    session(page).recipe = Recipe(epochs=1, train_size=512)
    page.button(key="train").click().run()
    run = page.query_params["run"]
    shown = wait_for(root, run, lambda other: bool(other.success))
    assert "Finished: 2 steps" in said(shown)
    assert [found.id for found in runs().store.list_runs(1)] == [run]
    assert any(words.value.startswith("**conv1's gradient is 1/") for words in shown.markdown)
    widget(shown, "inside").set_value("layer").run()
    widget(shown, "probed_layer").select(4).run()
    assert not shown.exception
    assert any(words.value.startswith("sigmoid2: outputs ") for words in shown.caption)


def test_a_run_says_where_it_is_not_what_the_form_would_train(root: Path) -> None:
    with closing(Store(runs().store.path)) as store:
        run, same = (
            store.create(Job(LENET, recipe), "somebody") for recipe in (Recipe(epochs=3), default_recipe("lenet-d2l"))
        )
        for each in (run, same):
            store.move(each, ["queued"], "cancelled")
    assert "Its settings are not the form's: epochs 3, " in said(opened(root, run=run))
    other = opened(root, run=same, m=to_link(replace_activations(LENET, "ReLU")))
    assert "This run is of LeNet (the book), another network than the form's: 4 of 12 layers differ" in said(other)
    assert "the form's" not in said(opened(root, run=same))


@pytest.mark.parametrize(("step", "words"), [(1, ""), (2, "Since step 0 its gradients"), (337, "it is at step 337.")])
def test_a_run_whose_gradients_are_no_numbers_any_more_says_so(root: Path, step: int, words: str) -> None:
    first = LayerProbe(
        index=0, name="conv1", kind="Conv2d", mean=0.0, std=1.0, outputs=FLAT, num_weights=1, grad_rms=1.0
    )
    with closing(Store(runs().store.path)) as store:
        run = store.create(Job(LENET, Recipe()), "somebody")
        store.claim([run])
        store.append(run, [STARTED, Probe(step=0, epoch=0.0, pictures=32, layers=(first,)), replace(A_STEP, step=step)])
        store.move(run, ["running"], "cancelled")
    page = opened(root, run=run)
    assert any(words in shown.value for shown in page.warning) if words else not page.warning


@pytest.mark.parametrize(
    ("events", "ended", "words"),
    [
        ([], True, "The run ended before the first look inside."),
        ([], False, "The first look inside comes with the first step."),
        ([A_STEP], True, "This run was trained by a version that did not look inside."),
    ],
)
def test_a_run_without_probes_says_why(root: Path, events: list[Step], ended: bool, words: str) -> None:
    with closing(Store(runs().store.path)) as store:
        run = store.create(Job(LENET, Recipe()), "somebody")
        store.move(run, ["queued"], "starting")
        store.append(run, events)
        store.move(run, ["starting"] if ended else [], "cancelled")
        page = opened(root, run=run)
        store.move(run, ["starting"], "cancelled")
    assert not page.exception
    assert any(shown.value.startswith(words) for shown in page.info)


def test_stop_ends_a_run_and_keeps_what_was_measured(root: Path) -> None:
    page = opened(root)
    session(page).recipe = Recipe(epochs=1_000)
    page.button(key="train").click().run()
    run = page.query_params["run"]
    running = wait_for(root, run, lambda _: (found := runs().store.run(run)) is not None and found.step > 0)
    running.button(key="stop").click().run()
    stopped = wait_for(root, run, lambda other: bool(other.info))
    assert "\nStopped: " in said(stopped)
    found = runs().store.run(run)
    assert found is not None
    assert found.state in ENDED


def test_a_run_that_nobody_knows_says_so(root: Path) -> None:
    page = opened(root, run="nosuchrun")
    assert not page.exception
    assert "no run nosuchrun" in page.warning[0].value


def test_what_a_link_a_person_and_an_error_say_is_no_markdown(root: Path) -> None:
    assert f"no run {CUT} on" in opened(root, run=HOSTILE).warning[0].value
    with closing(Store(runs().store.path)) as store:
        run = store.create(Job(replace(LENET, name="**net**"), Recipe()), "somebody")
        store.move(run, ["queued"], "starting")
        store.append(run, [Failed(cause="[win](http://there.example)")])
        store.remark(run, Remarks(title="$mine$ *too*"))
    page = opened(root, run=run)
    assert any(r"**\$mine\$ \*too\* \(\*\*net\*\*\)**" in each.value for each in page.markdown)
    assert page.error[0].value == rf"\[win\]\(http\:{JOINER}//there.example\)"


def test_runs_that_cannot_be_read_while_the_cost_is_watched_are_told_in_words(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[Speed | StoreError | None] = [None, StoreError("The runs are locked.")]
    monkeypatch.setattr("explorer.ui.train.cost_view.known_speed", partial(_next, answers))
    page = opened(root)
    assert not page.exception
    assert page.error[0].value == "The runs are locked."


def _next(answers: list[Speed | StoreError | None], _: LocalAllocation) -> Speed | None:
    """Give one answer after the other: the page asks once, and then what watches within it."""
    answer = answers.pop(0)
    if isinstance(answer, StoreError):
        raise answer
    return answer


def test_a_race_that_was_chosen_opens_once_whatever_the_list_comes_to(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise StoreError("The runs are locked.")

    page = AppTest.from_file(str(root / ENTRANCE), default_timeout=60).run().switch_page(str(root / "pages/train.py"))
    page.run()
    session(page).slice_of(TrainState).wanted_group = ("race", "0123456789")
    monkeypatch.setattr("explorer.ui.train.run_list.entries", refuse)
    page.run()
    assert "no race 0123456789" in said(page)
    assert session(page).slice_of(TrainState).wanted_group is None
