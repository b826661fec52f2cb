"""The Sweep page's logic: ready to start, what it refuses, and a sweep's states by its link."""

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from streamlit.testing.v1 import AppTest

from explorer.architecture.presets import PRESETS
from explorer.exchange.link import to_link
from explorer.experiments.sweep.axis_text import SweepSetup
from explorer.experiments.sweep.sweep import Choices, Sweep
from explorer.runs.store.rows import Run
from explorer.runs.store.store import Store
from explorer.training.recipe.recipe import Job, Recipe
from explorer.ui.base.server import runs
from explorer.ui.sweep.sweep_state import SweepState
from tests.ui.conftest import ENTRANCE
from tests.ui.widgets import CUT, HOSTILE, said, session, widget

LENET = PRESETS["lenet-d2l"].architecture
QUICK = Recipe(train_size=256, batch_size=128)
RATES = ("learning_rate", "0.01, 0.1")


@pytest.fixture(params=[ENTRANCE, "pages/sweep.py"])
def page(request: pytest.FixtureRequest, root: Path) -> AppTest:
    """The page through app.py, and alone as a first visitor by link gets it."""
    page = AppTest.from_file(str(root / request.param), default_timeout=60).run()
    return page.switch_page(str(root / "pages/sweep.py")).run() if request.param == ENTRANCE else page


def opened(root: Path, **parameters: str) -> AppTest:
    page = AppTest.from_file(str(root / "pages/sweep.py"), default_timeout=60)
    for name, value in parameters.items():
        page.query_params[name] = value
    return page.run()


def wait_for(root: Path, sweep: str, ready: Callable[[AppTest], bool]) -> AppTest:
    """Open a sweep's page again and again, as its fragment does, until it shows what is waited for."""
    for _ in range(400):
        page = opened(root, sweep=sweep)
        assert not page.exception
        if ready(page):
            return page
    raise AssertionError(f"sweep {sweep} never came to it: {runs().store.sweep_runs(sweep)}")


def launched(page: AppTest, setup: SweepSetup) -> list[Run]:
    session(page).recipe = QUICK
    session(page).slice_of(SweepState).setup = setup
    page.run()
    page.button(key="start_sweep").click().run()
    return runs().store.sweep_runs(page.query_params["sweep"])


def test_it_opens_ready_with_its_cost_told(page: AppTest) -> None:
    assert not page.exception
    assert not page.button(key="start_sweep").disabled
    assert "10 runs, 1 at once · about " in said(page)
    assert "Press Start sweep" in said(page)


@pytest.mark.slow
def test_a_sweep_is_started_shown_by_its_link_to_its_end_and_leads_to_its_runs(root: Path) -> None:
    page = opened(root)
    held = launched(page, SweepSetup(fields=("learning_rate", "seed"), texts=(RATES, ("seed", "0, 1")), epochs=1))
    assert [(run.cell, run.job.recipe.learning_rate, run.job.recipe.seed) for run in held] == [
        (0, 0.01, 0),
        (1, 0.01, 1),
        (2, 0.1, 0),
        (3, 0.1, 1),
    ]
    name = page.query_params["sweep"]
    wait_for(root, name, lambda _: {run.state for run in runs().store.sweep_runs(name)} == {"finished"})
    shown = wait_for(root, name, lambda other: "No setting has learned anything yet" in said(other))
    session(shown).slice_of(SweepState).chosen_cells[name] = 2
    shown.run()
    assert "Cell 3, learning rate 0.1" in said(shown)
    assert [shown.button(key=f"open_run_{cell}").label for cell in (2, 3)] == [
        "Open seed 0 in Train (finished)",
        "Open seed 1 in Train (finished)",
    ]


def test_stop_ends_a_sweep_and_says_so(root: Path) -> None:
    page = opened(root)
    launched(page, SweepSetup(fields=("learning_rate",), texts=(RATES,), epochs=1_000))
    sweep = page.query_params["sweep"]
    running = wait_for(root, sweep, lambda _: any(run.step for run in runs().store.sweep_runs(sweep)))
    running.button(key="stop_sweep").click().run()
    wait_for(root, sweep, lambda other: "Stopped: 0 of 2 runs finished." in said(other))
    assert {run.state for run in runs().store.sweep_runs(sweep)} == {"cancelled"}


@pytest.mark.parametrize(
    ("setup", "words"),
    [
        (SweepSetup(fields=()), "varies 1 to 6 fields; found 0"),
        (SweepSetup(fields=("learning_rate",), texts=(("learning_rate", "0.1, high"),)), "found 'high'"),
        (SweepSetup(fields=("width",), texts=(("width", "1..2"),)), "only numbers of a random search"),
        (SweepSetup(fields=("width",), draws=9), "9 settings were to be drawn, but there are only 3"),
        (SweepSetup(fields=("conv2.kernel_size",), texts=(("conv2.kernel_size", "15"),)), "None of the cells can be"),
    ],
)
def test_a_sweep_that_cannot_be_says_why(root: Path, setup: SweepSetup, words: str) -> None:
    page = opened(root)
    session(page).slice_of(SweepState).setup = setup
    page.run()
    assert not page.exception
    assert page.button(key="start_sweep").disabled
    assert any(words in warning.value.replace("\\", "") for warning in page.warning)


def test_another_networks_fields_are_dropped_and_a_broken_stack_says_why(root: Path) -> None:
    page = opened(root, m=to_link(replace(LENET, input_shape=(1, 9, 9))))
    session(page).slice_of(SweepState).setup = SweepSetup(fields=("conv9.padding", "seed"))
    page.run()
    assert not page.exception
    assert "conv2 does not fit" in said(page)


def test_a_random_search_asks_how_many(root: Path) -> None:
    page = opened(root)
    session(page).slice_of(SweepState).setup = SweepSetup(
        fields=("learning_rate",), texts=(("learning_rate", "0.01..1"),), draws=7
    )
    page.run()
    assert widget(page, "sweep_draws").value == 7
    assert "7 runs" in said(page)


def test_a_sweep_that_nobody_knows_says_so(root: Path) -> None:
    page = opened(root, sweep="nosuchsweep")
    assert not page.exception
    assert "no sweep nosuchsweep" in said(page)


def test_what_a_link_holds_is_no_markdown(root: Path) -> None:
    assert f"no sweep {CUT} on" in opened(root, sweep=HOSTILE).warning[-1].value


def test_a_sweep_that_stops_says_so_and_can_be_ended_at_once(root: Path) -> None:
    store = runs().store
    assert isinstance(store, Store)
    base = Job(architecture=LENET, recipe=QUICK)
    name = store.create_sweep(Sweep(base=base, axes=(Choices("learning_rate", (0.1, 0.2)),)), "somebody")
    first, second = (run.id for run in store.sweep_runs(name))
    store.claim([first, second])
    store.stop_sweep(name)
    store.stop(first)
    store.move(second, ["starting"], "interrupted")
    page = opened(root, sweep=name)
    assert page.button(key="end_sweep_now").label == "Stop now"
    session(page).refusal = "An earlier refusal."
    page.button(key="end_sweep_now").click().run()
    assert session(page).refusal == ""
    store.move(first, ["stopping"], "cancelled")
    assert "Stopped: 0 of 2 runs finished." in said(opened(root, sweep=name))
    store.delete([first])
    assert "1 of its 2 runs was deleted from the history." in said(opened(root, sweep=name))
    store.delete([second])
    assert "This sweep was deleted from the history. Its link still shows it." in said(opened(root, sweep=name))


def test_values_that_are_too_long_are_refused_and_those_before_kept(root: Path) -> None:
    page = opened(root)
    values = next(each for each in page.text_input if "earning rate" in each.label)
    before = values.value
    values.set_value("0.1, " * 100).run()
    assert not page.exception
    assert "learning_rate: found 500 letters; allowed: at most 400" in said(page)
    assert next(each for each in page.text_input if "earning rate" in each.label).value == before
