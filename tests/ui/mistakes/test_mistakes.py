"""The Mistakes page's logic: entered bare, for one run, for two, and for runs that have nothing to show."""

from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace
from streamlit.testing.v1 import AppTest

from explorer.architecture.edit import replace_activations
from explorer.architecture.kinds.activation import ReLU
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.spec import Architecture
from explorer.data.datasets import DataError
from explorer.experiments.race.race import Contender, Race
from explorer.experiments.sweep.axis_text import SweepSetup, make_sweep
from explorer.runs.store.rows import ENDED, Remarks
from explorer.runs.store.store import Store
from explorer.training.events import Failed
from explorer.training.recipe.recipe import Job, Recipe
from explorer.ui.base.server import runs
from explorer.views.common.words import JOINER
from tests.runs.scene import find, wait_for_state, wait_until
from tests.ui.conftest import ENTRANCE
from tests.ui.widgets import CUT, HOSTILE, said, session, widget

SMALL = Architecture(
    "small", (1, 28, 28), (Conv2d(out_channels=4, kernel_size=7, stride=5), ReLU(), Flatten(), Linear(out_features=10))
)
SHORT = Recipe(epochs=1, train_size=256, batch_size=64, learning_rate=0.1, device="cpu")
LONG = Recipe(epochs=1_000, device="cpu")


@pytest.fixture(scope="module")
def pair() -> tuple[str, str]:
    """Two runs that have ended, of one network with two seeds."""
    first, second = (runs().submit(Job(SMALL, recipe), "me") for recipe in (SHORT, replace(SHORT, seed=1)))
    for run in (first, second):
        assert wait_for_state(runs().store, run).state == "finished"
    return first, second


def opened(root: Path, **parameters: str) -> AppTest:
    page = AppTest.from_file(str(root / "pages/mistakes.py"), default_timeout=60)
    for name, value in parameters.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def test_one_run_shows_its_score_and_its_worst_mistakes(root: Path, pair: tuple[str, str]) -> None:
    page = opened(root, run=pair[0])
    assert "of 1,000 test pictures right" in said(page)
    assert "Worst mistakes: the surest of" in said(page)
    assert "Most often" in said(page)


def test_a_link_to_a_cell_opens_its_pictures_and_the_way_back(root: Path, pair: tuple[str, str]) -> None:
    page = opened(root, run=pair[0], show="6-0")
    assert "Shirt taken for T-shirt/top: " in said(page)
    page.button(key="back").click().run()
    assert "show" not in page.query_params
    assert "Worst mistakes" in said(page)
    assert "Worst mistakes" in said(opened(root, run=pair[0], show="6-99")), (
        "a link that makes no sense shows the first"
    )


def test_two_runs_are_judged_and_each_heap_of_pictures_can_be_chosen(root: Path, pair: tuple[str, str]) -> None:
    page = opened(root, run=pair[0], against=pair[1])
    assert "pictures are answered right by one alone" in said(page)
    assert "McNemar" in said(page)
    assert "seed 1" in said(page)
    for heap in ("second", "neither", "both", "worst", "worst-1", "first"):
        page = opened(root, run=pair[0], against=pair[1], show=heap)
        assert widget(page, "heap").value == heap
    assert "B: Shirt taken for" in said(opened(root, run=pair[0], against=pair[1], show="6-0-1"))


def test_a_run_that_was_stopped_is_not_judged_against_one_that_finished(root: Path, pair: tuple[str, str]) -> None:
    long = runs().submit(Job(SMALL, replace(SHORT, epochs=1_000)), "me")
    wait_until(lambda: find(runs().store, long).test_accuracy is not None)
    runs().cancel(long)
    wait_for_state(runs().store, long, *ENDED)
    shown = said(opened(root, run=pair[0], against=long))
    assert "This is not a fair comparison: B was stopped after " in shown
    assert " of 1000 epochs" in shown
    assert "more than chance" not in shown


def test_another_run_is_set_beside_and_left_again(root: Path, pair: tuple[str, str]) -> None:
    page = opened(root, run=pair[0])
    widget(page, "against").select(pair[1]).run()
    assert page.query_params["against"] == pair[1]
    page.button(key="all_runs").click().run()
    assert not {"run", "against", "show"} & page.query_params.keys()
    assert "Choose a run" in said(page)


def test_the_button_of_a_finished_run_leads_here(root: Path, pair: tuple[str, str]) -> None:
    page = AppTest.from_file(str(root / ENTRANCE), default_timeout=60).run().switch_page(str(root / "pages/train.py"))
    page.query_params["run"] = pair[0]
    page.run().button(key="mistakes").click().run()
    assert not page.exception
    assert "Worst mistakes" in said(page)


def test_the_button_of_a_race_leads_to_its_first_two_contenders(root: Path) -> None:
    contenders = (Contender("ReLU", SMALL, SHORT), Contender("Tanh", replace_activations(SMALL, "Tanh"), SHORT))
    race = runs().submit_race(Race(question="Which?", contenders=contenders), "me")
    held = [run.id for run in runs().store.race_runs(race)]
    for run in held:
        assert wait_for_state(runs().store, run).state == "finished"
    page = AppTest.from_file(str(root / ENTRANCE), default_timeout=60).run().switch_page(str(root / "pages/race.py"))
    page.query_params["race"] = race
    page.run().button(key="differ").click().run()
    assert not page.exception
    assert [page.query_params[name] for name in ("run", "against")] == held
    assert "by ReLU, " in said(page)
    assert "1 of 4 layers differ" in said(page)


def test_a_run_that_nobody_knows_says_so(root: Path) -> None:
    assert "no run nosuchrun" in said(opened(root, run="nosuchrun"))


def test_a_run_that_trains_says_when(root: Path) -> None:
    run = runs().submit(Job(SMALL, LONG), "me")
    try:
        assert "once the run has ended" in said(opened(root, run=run))
    finally:
        runs().cancel(run)
    wait_for_state(runs().store, run, *ENDED)


def test_a_run_whose_answers_are_gone_or_damaged_says_so_and_runs_again(root: Path, pair: tuple[str, str]) -> None:
    path = runs().answers(pair[1])
    whole = path.read_bytes()
    try:
        path.write_bytes(whole[:-9])
        page = opened(root, run=pair[1])
        assert "holds no answers that can be read" in said(page)
        path.unlink()
        page = opened(root, run=pair[0], against=pair[1])
        assert "The same job run again gives them." in said(page)
        session(page).refusal = "An earlier refusal."
        page.button(key=f"again_{pair[1]}").click().run()
        assert session(page).refusal == ""
    finally:
        path.write_bytes(whole)
    again = page.query_params["against"]
    wait_until(lambda: wait_for_state(runs().store, again).state == "finished")
    assert runs().answers(again).read_bytes()[-20_000:] == whole[-20_000:]  # less the header: the same figures


def test_pictures_that_are_gone_leave_the_counts(
    root: Path, pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise DataError("The pictures are not there.")

    monkeypatch.setattr("explorer.ui.mistakes.mistakes_view.answered_pictures", refuse)
    page = opened(root, run=pair[0])
    assert "The pictures are not there." in said(page)
    assert "of 1,000 test pictures right" in said(page)


def test_a_server_that_only_shows_shows_mistakes_and_launches_nothing(
    root: Path, pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs(), "read_only", "Another server trains.")
    assert "Worst mistakes" in said(opened(root, run=pair[0]))
    path = runs().answers(pair[0])
    whole = path.read_bytes()
    path.unlink()
    try:
        assert opened(root, run=pair[0]).button(key=f"again_{pair[0]}").disabled
    finally:
        path.write_bytes(whole)


def test_a_link_to_a_cell_of_a_second_run_that_is_not_there_shows_the_first(root: Path, pair: tuple[str, str]) -> None:
    assert "Worst mistakes" in said(opened(root, run=pair[0], show="6-0-1"))


def test_a_run_beside_itself_is_shown_alone(root: Path, pair: tuple[str, str]) -> None:
    assert "Worst mistakes" in said(opened(root, run=pair[0], against=pair[0]))


def test_what_a_link_holds_is_no_markdown(root: Path, pair: tuple[str, str]) -> None:
    for page in (opened(root, run=HOSTILE), opened(root, run=pair[0], against=HOSTILE)):
        assert f"no run {CUT} on" in page.warning[0].value


def test_why_there_are_no_answers_is_no_markdown(root: Path) -> None:
    with closing(Store(runs().store.path)) as store:
        run = store.create(Job(SMALL, SHORT), "me")
        store.move(run, ["queued"], "starting")
        store.append(run, [Failed(cause="[win](http://there.example)")])
    assert rf" \[win\]\(http\:{JOINER}//there.example\)" in opened(root, run=run).info[0].value


def test_a_run_is_called_what_a_person_calls_it(root: Path, pair: tuple[str, str]) -> None:
    runs().remark(pair[0], Remarks(title="my *best*"))
    try:
        assert any(r"**my \*best\* \(small\)**" in each.value for each in opened(root, run=pair[0]).markdown)
        assert any(words.startswith("my *best* · ") for words in widget(opened(root, run=pair[1]), "against").options)
    finally:
        runs().remark(pair[0], Remarks())


def test_a_sweeps_cells_are_told_apart_among_the_runs_to_compare_with(root: Path, pair: tuple[str, str]) -> None:
    texts = (("activation", "ReLU, Sigmoid"), ("momentum", "0, 0.5"))
    setup = SweepSetup(fields=("activation", "momentum"), texts=texts)
    sweep = runs().submit_sweep(make_sweep(setup, SMALL, SHORT), "me")
    for run in runs().store.sweep_runs(sweep):
        wait_for_state(runs().store, run.id, "finished")
    listed = widget(opened(root, run=pair[0]), "against").options
    for name in ("ReLU, momentum 0", "ReLU, momentum 0.5", "Sigmoid, momentum 0", "Sigmoid, momentum 0.5"):
        assert len([option for option in listed if option.startswith(f"activation {name} · ")]) == 1


def test_a_run_that_was_deleted_says_so_and_is_shown(root: Path, pair: tuple[str, str]) -> None:
    with closing(Store(runs().store.path)) as store:
        store.delete([pair[1]])
        try:
            page = opened(root, run=pair[1])
            assert "This run was deleted from the history. Its link still shows it." in said(page)
            assert "Worst mistakes" in said(page)
            assert "Run B was deleted from the history." in said(opened(root, run=pair[0], against=pair[1]))
        finally:
            store.restore([pair[1]])
