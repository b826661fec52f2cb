"""The Race page's logic: ready to start, its questions, and a race's states."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from streamlit.testing.v1 import AppTest

from explorer.architecture.edit import replace_activations
from explorer.architecture.presets import PRESETS
from explorer.exchange.link import to_link
from explorer.experiments.race.questions import QUESTIONS
from explorer.experiments.race.race import Contender, Race
from explorer.experiments.race.setup import RaceSetup
from explorer.runs.store.rows import Run
from explorer.runs.store.store import Store
from explorer.training.recipe.recipe import Recipe
from explorer.ui.base.server import runs
from explorer.ui.race.race_state import RaceState
from tests.ui.conftest import ENTRANCE
from tests.ui.widgets import CUT, HOSTILE, said, session, widget

LENET = PRESETS["lenet-d2l"].architecture
QUICK = Recipe(train_size=256, batch_size=128)


@pytest.fixture(params=[ENTRANCE, "pages/race.py"])
def page(request: pytest.FixtureRequest, root: Path) -> AppTest:
    """The page through app.py, and alone as a first visitor by link gets it."""
    page = AppTest.from_file(str(root / request.param), default_timeout=60).run()
    return page.switch_page(str(root / "pages/race.py")).run() if request.param == ENTRANCE else page


def opened(root: Path, **parameters: str) -> AppTest:
    page = AppTest.from_file(str(root / "pages/race.py"), default_timeout=60)
    for name, value in parameters.items():
        page.query_params[name] = value
    return page.run()


def wait_for(root: Path, race: str, ready: Callable[[AppTest], bool]) -> AppTest:
    """Open a race's page again and again, as its fragment does, until it shows what is waited for."""
    for _ in range(400):
        page = opened(root, race=race)
        assert not page.exception
        if ready(page):
            return page
    raise AssertionError(f"race {race} never came to it: {runs().store.race_runs(race)}")


def test_a_seed_too_large_for_the_seeds_after_it_is_told_in_words(page: AppTest) -> None:
    session(page).recipe = replace(QUICK, seed=2**31 - 1)
    session(page).slice_of(RaceState).setup = replace(session(page).slice_of(RaceState).setup, seeds=3)
    page.run()
    assert not page.exception
    assert page.button(key="race").disabled
    assert "seed: found 2147483649" in said(page)


def launched(page: AppTest, setup: RaceSetup) -> list[Run]:
    session(page).recipe = QUICK
    session(page).slice_of(RaceState).setup = setup
    page.run()
    page.button(key="race").click().run()
    return runs().store.race_runs(page.query_params["race"])


def test_it_opens_with_sigmoid_against_relu_ready(page: AppTest) -> None:
    assert not page.exception
    assert not page.button(key="race").disabled
    assert "**ReLU** against Sigmoid: 4 of 12 layers differ: relu1, relu2, relu3, …" in said(page)


@pytest.mark.parametrize("question", list(QUESTIONS))
def test_each_question_is_ready_to_start(root: Path, question: str) -> None:
    page = opened(root)
    widget(page, "race_question").select(question).run()
    assert not page.exception
    assert not page.button(key="race").disabled


@pytest.mark.slow
def test_a_race_is_launched_shown_by_its_link_judged_and_stays(root: Path) -> None:
    page = opened(root)
    held = launched(page, RaceSetup(seeds=3, epochs=1))
    assert [(run.heat, run.lane) for run in held] == [(heat, lane) for heat in range(3) for lane in range(2)]
    assert [run.job.architecture for run in held[:2]] == [LENET, replace_activations(LENET, "ReLU")]
    assert [run.job.start for run in held[:2]] == [None, LENET]
    assert [run.job.recipe.seed for run in held] == [0, 0, 1, 1, 2, 2]
    assert {run.job.recipe.learning_rate for run in held} == {0.1}
    shown = wait_for(root, page.query_params["race"], lambda other: "over 3 seeds" in said(other))
    assert "SGD 0.1" in said(shown)
    beside = [words.value for words in shown.caption if " moved conv1's weights by " in words.value]
    assert [words.split(":")[0] for words in beside] == ["Saturated", "Dead units"]


def test_each_its_own_rate_is_what_they_train_with(root: Path) -> None:
    held = launched(opened(root), RaceSetup(seeds=1, epochs=1, own_rates=True))
    assert [run.job.recipe.learning_rate for run in held] == [0.9, 0.1]


@pytest.mark.slow
def test_stop_ends_a_race_and_says_so(root: Path) -> None:
    page = opened(root)
    launched(page, RaceSetup(seeds=5, epochs=1_000))
    race = page.query_params["race"]
    running = wait_for(root, race, lambda _: any(run.step for run in runs().store.race_runs(race)))
    session(running).refusal = "An earlier refusal."
    running.button(key="stop_race").click().run()
    assert session(running).refusal == ""
    wait_for(root, race, lambda other: "Stopped. What was measured is kept." in said(other))
    assert {run.state for run in runs().store.race_runs(race)} == {"cancelled"}


def test_one_click_on_explore_starts_it(root: Path) -> None:
    page = AppTest.from_file(str(root / ENTRANCE), default_timeout=60).run()
    session(page).recipe = QUICK
    before = {run.race for run in runs().store.list_runs(100)}
    page.button(key="sigmoid_or_relu").click().run()
    assert not page.exception
    (started,) = {run.race for run in runs().store.list_runs(100)} - before
    assert started is not None
    runs().cancel_race(started)


@pytest.mark.parametrize(
    ("name", "words"),
    [("lenet-pytorch", "This network has no activations to exchange."), ("alexnet-227", "gives 1,000 numbers")],
)
def test_a_network_that_cannot_race_says_why(root: Path, name: str, words: str) -> None:
    page = opened(root, m=to_link(PRESETS[name].architecture))
    assert page.button(key="race").disabled
    assert words in said(page)


def test_a_stack_that_does_not_fit_says_why(root: Path) -> None:
    page = opened(root, m=to_link(replace(LENET, input_shape=(1, 9, 9))))
    assert page.button(key="race").disabled
    assert not page.exception
    assert "conv2 does not fit" in said(page)


def test_one_contender_is_no_race(root: Path) -> None:
    page = opened(root)
    session(page).slice_of(RaceState).setup = RaceSetup(choices=("ReLU",))
    page.run()
    assert page.button(key="race").disabled
    assert "A race takes 2 to 6 contenders; found 1. Choose more." in said(page)


def test_a_race_that_nobody_knows_says_so(root: Path) -> None:
    page = opened(root, race="nosuchrace")
    assert not page.exception
    assert "no race nosuchrace" in said(page)


def test_pills_choose_who_races(root: Path) -> None:
    page = opened(root)
    groups: list[Any] = list(page.get("button_group"))  # segmented controls are of this kind too
    (pills,) = (group for group in groups if str(group.key).startswith("race_choices"))
    pills.set_value(["Sigmoid", "ReLU", "Tanh"]).run()
    assert not page.exception
    assert "**Tanh** against Sigmoid" in said(page)


def test_what_a_link_holds_is_no_markdown(root: Path) -> None:
    assert f"no race {CUT} on" in opened(root, race=HOSTILE).warning[-1].value


def test_a_race_that_was_deleted_says_so_and_is_shown(root: Path) -> None:
    contenders = (Contender("Sigmoid", LENET, QUICK), Contender("ReLU", replace_activations(LENET, "ReLU"), QUICK))
    with closing(Store(runs().store.path)) as store:
        race = store.create_race(Race(question="**Which**?", contenders=contenders, seeds=1), "me")
        first, second = [run.id for run in store.race_runs(race)]
        for run in (first, second):
            store.move(run, ["queued"], "cancelled")
        assert "deleted" not in said(opened(root, race=race))
        store.delete([second])
        assert "1 of its 2 runs was deleted from the history." in said(opened(root, race=race))
        store.delete([first])
    page = opened(root, race=race)
    assert "This race was deleted from the history. Its link still shows it." in said(page)
    assert any(each.value.startswith(r"**\*\*Which\*\*?**") for each in page.markdown)
