"""The Runs page's logic: what is listed, chosen, said, compared, deleted and taken back."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace
from streamlit.testing.v1 import AppTest

from explorer.architecture.edit import replace_activations
from explorer.architecture.presets import PRESETS
from explorer.experiments.race.race import Contender, Race
from explorer.runs.scheduler.server import Runs
from explorer.runs.store.database import StoreError
from explorer.runs.store.rows import Run
from explorer.runs.store.store import Store
from explorer.training.events import Epoch
from explorer.training.recipe.recipe import Job, Recipe
from explorer.ui.base.server import runs
from tests.runs.scripted_worker import step
from tests.ui.conftest import ENTRANCE
from tests.ui.widgets import said, session, widget

LENET = PRESETS["lenet-d2l"].architecture
RELU = replace_activations(LENET, "ReLU")
AN_EPOCH = Epoch(step=2, epoch=1.0, seconds=3.0, train_loss=0.4, train_accuracy=0.8, test_loss=0.5, test_accuracy=0.75)


@pytest.fixture
def store() -> Iterator[Store]:
    """The store of the pages' own server, with nothing in its history."""
    with closing(Store(runs().store.path)) as opened:
        opened.delete([run.id for run in opened.history(10_000)])
        opened.erase([run.id for run in opened.deleted_runs(10_000)])
        yield opened


def trained(store: Store, job: Job | None = None) -> str:
    run = store.create(job or Job(LENET, Recipe()), "somebody")
    store.move(run, ["queued"], "starting")
    store.append(run, [step(1), AN_EPOCH])
    store.move(run, ["starting"], "cancelled")
    return run


def opened(root: Path, *chosen: str) -> AppTest:
    page = AppTest.from_file(str(root / "pages/runs.py"), default_timeout=60)
    if chosen:
        page.query_params["runs"] = ",".join(chosen)
    page.run()
    assert not page.exception
    return page


def found(store: Store, run_id: str) -> Run:
    row = store.run(run_id)
    assert row is not None
    return row


def test_without_runs_it_says_what_will_stand_there_and_leads_to_train(root: Path, store: Store) -> None:
    assert store.history(1) == []
    page = opened(root)
    assert "Nothing was tried yet." in said(page)
    assert page.button(key="to_train")


def test_it_counts_what_a_search_finds_and_says_when_it_finds_nothing(root: Path, store: Store) -> None:
    trained(store)
    trained(store, Job(RELU, Recipe(optimizer="Adam", learning_rate=0.001)))
    page = opened(root)
    assert "2 runs, races and sweeps." in said(page)
    widget(page, "search_runs").set_value("adam").run()
    assert "1 of 2 runs, races and sweeps." in said(page)
    widget(page, "search_runs").set_value("$nothing$ *has* this").run()
    assert "No run has all these words." in said(page)


def test_a_chosen_run_is_named_tagged_and_noted(root: Path, store: Store) -> None:
    run = trained(store)
    page = opened(root, run)
    assert "Stopped: 2 steps" in said(page)
    widget(page, f"title_{run}").set_value(" **mine** $x$ ").run()
    widget(page, f"tags_{run}").set_value("b,  a").run()
    (notes,) = page.text_area
    notes.set_value("It stalls.").run()
    assert not page.exception
    row = found(store, run)
    assert (row.title, row.tags, row.notes) == ("**mine** $x$", "b, a", "It stalls.")
    assert r"##### \*\*mine\*\* \$x\$" in [element.value for element in page.markdown]


def test_a_text_that_is_too_long_says_so_and_stays_to_be_shortened(root: Path, store: Store) -> None:
    run = trained(store)
    page = opened(root, run)
    for field, most, label in (("title", 80, "Name"), ("tags", 200, "Tags"), ("notes", 2_000, "Notes")):
        widget(page, f"{field}_{run}").set_value("x" * (most + 1)).run()
        assert f"{label}\\: found {most + 1:,} letters; at most {most:,} are kept" in page.error[0].value
        assert widget(page, f"{field}_{run}").value == "x" * (most + 1)
        assert getattr(found(store, run), field) == ""
        widget(page, f"{field}_{run}").set_value("x" * most).run()
        assert not page.error
        assert getattr(found(store, run), field) == "x" * most
    widget(page, "search_runs").set_value("y" * 500).run()
    assert widget(page, "search_runs").value == "y" * 200


def test_a_run_opens_in_train_with_its_design_and_recipe(root: Path, store: Store) -> None:
    job = Job(replace(RELU, name="mine"), Recipe(optimizer="Adam", learning_rate=0.001))
    run = trained(store, job)
    page = AppTest.from_file(str(root / ENTRANCE), default_timeout=60).run()
    page.query_params["runs"] = run
    page.switch_page(str(root / "pages/runs.py")).run()
    page.query_params["runs"] = run
    page.run()
    assert not [button for button in page.button if button.key == "look_inside"]
    runs().weights(run).mkdir(parents=True)
    assert page.run().button(key="look_inside")
    page.button(key="open_train").click().run()
    assert not page.exception
    assert (session(page).design, session(page).recipe) == (job.architecture, job.recipe)
    assert page.query_params["run"] in (run, [run])


def test_deleting_is_undone_by_one_click(root: Path, store: Store) -> None:
    run, other = trained(store), trained(store)
    page = opened(root, run)
    page.button(key="delete_runs").click().run()
    assert [row.id for row in store.history(9)] == [other]
    assert "1 run was deleted." in said(page)
    assert "runs" not in page.query_params
    page.button(key="restore").click().run()
    assert [row.id for row in store.history(9)] == [other, run]
    assert "was deleted" not in said(page)


def test_after_a_reload_what_was_deleted_comes_back_from_the_menu_of_deleted_runs(root: Path, store: Store) -> None:
    run = trained(store)
    opened(root, run).button(key="delete_runs").click().run()
    page = opened(root)
    assert "All runs were deleted." in said(page)
    page.session_state["deleted_runs"] = True
    page.run()
    widget(page, "to_restore").set_value([run]).run()
    page.button(key="restore_deleted").click().run()
    assert [row.id for row in store.history(9)] == [run]
    assert "All runs were deleted." not in said(page)


def test_a_run_that_trains_is_not_deleted_and_says_so(root: Path, store: Store) -> None:
    done = trained(store)
    held = store.create(Job(LENET, Recipe()), "somebody")
    store.move(held, ["queued"], "paused")  # so that the dispatcher, which has not begun it, leaves it alone
    assert opened(root, held).button(key="delete_runs").disabled
    page = opened(root, held, done)
    page.button(key="delete_runs").click().run()
    assert "One run waits or trains and was not deleted. Stop it first." in said(page)
    assert [row.id for row in store.history(9)] == [held]
    store.move(held, ["paused"], "cancelled")


def test_several_runs_are_compared_by_their_link(root: Path, store: Store) -> None:
    first, second = trained(store), trained(store, Job(RELU, Recipe()))
    page = opened(root, first, second)
    assert "##### 2 runs compared" in said(page)
    assert "4 things differ; all else is the same in the 2 runs." in said(page)


@pytest.mark.parametrize("garbage", ["nosuchrun1", "0123456789", "../../etc", "%00,,,<b>", "a" * 100_000])
def test_a_link_to_what_is_not_there_says_so(root: Path, store: Store, garbage: str) -> None:
    trained(store)
    assert "Not all runs that this link names are in this server's history" in said(opened(root, garbage))


def test_a_link_with_some_that_are_there_shows_these(root: Path, store: Store) -> None:
    run = trained(store)
    page = opened(root, "0123456789", run)
    assert "Not all runs that this link names" in said(page)
    assert page.button(key="open_train")


def test_more_than_six_runs_are_compared_six_at_most(root: Path, store: Store) -> None:
    page = opened(root, *(trained(store) for _ in range(8)))
    assert "The first 6 of the 8 that are chosen" in said(page)
    assert "Nothing differs: the 6 runs have the same design and the same recipe." in said(page)


def test_a_race_is_one_entry_and_leads_to_its_page(root: Path, store: Store) -> None:
    contenders = (Contender("Sigmoid", LENET, Recipe()), Contender("ReLU", RELU, Recipe()))
    race = store.create_race(Race(question="Sigmoid or ReLU?", contenders=contenders, seeds=3), "somebody")
    for run in store.race_runs(race):
        store.move(run.id, ["queued"], "cancelled")
    page = opened(root, race)
    assert "1 entry." in said(page)
    assert "##### Sigmoid or ReLU?" in said(page)
    assert page.button(key="open_group")
    page.button(key="delete_runs").click().run()
    assert store.history(9) == []


def test_a_hundred_entries_are_shown_and_more_by_one_click(root: Path, store: Store) -> None:
    for _ in range(102):
        store.move(store.create(Job(LENET, Recipe()), "somebody"), ["queued"], "cancelled")
    page = opened(root)
    assert page.button(key="show_more").label == "Show 2 more"
    page.button(key="show_more").click().run()
    assert not [button for button in page.button if button.key == "show_more"]


def test_a_race_of_which_one_run_is_left_shows_its_curve(root: Path, store: Store) -> None:
    contenders = (Contender("Sigmoid", LENET, Recipe()), Contender("ReLU", RELU, Recipe()))
    race = store.create_race(Race(question="Sigmoid or ReLU?", contenders=contenders, seeds=1), "somebody")
    left, gone = [run.id for run in store.race_runs(race)]
    for run in (left, gone):
        store.move(run, ["queued"], "cancelled")
    store.delete([gone])
    page = opened(root, race)
    assert "A race of 1 run. Its arrow in the list shows it." in said(page)
    assert "Stopped before it began." in said(page)
    assert "compared" not in said(page)


def test_what_was_deleted_can_come_back_though_a_later_click_deleted_nothing(root: Path, store: Store) -> None:
    first, second = trained(store), trained(store)
    page = opened(root, first)
    page.button(key="delete_runs").click().run()
    session(page).address.show({"runs": second})
    page.run()
    store.delete([second])  # by a classmate, meanwhile
    page.button(key="delete_runs").click().run()
    assert "1 run was deleted." in said(page)
    assert "waits or trains" not in said(page)
    page.button(key="restore").click().run()
    assert [row.id for row in store.history(9)] == [first]


def test_runs_that_cannot_be_read_while_they_are_watched_are_told_in_words(
    root: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [store.find_runs([trained(store)])]

    def look(*, owner: str | None = None) -> list[Run]:
        """Answer once, to the page; then to what watches within it; one owner has none."""
        if owner:
            return []
        if not answers:
            raise StoreError("The runs are locked.")
        return answers.pop()

    monkeypatch.setattr(runs().store, "unfinished", look)
    assert "The runs are locked." in said(opened(root))


def test_a_second_server_shows_and_changes_nothing(root: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    run = trained(store)
    page = opened(root, run)  # whose button can still be pressed
    only_shows = Runs(runs().store, (), read_only="Another server already trains here.")
    monkeypatch.setattr(runs(), "read_only", only_shows.read_only)
    monkeypatch.setattr(runs(), "delete", only_shows.delete)
    page.button(key="delete_runs").click().run()
    assert "Another server already trains here." in said(page)
    assert [row.id for row in store.history(9)] == [run]
    assert page.button(key="delete_runs").disabled
    assert widget(page, f"title_{run}").disabled
    assert not page.button(key="open_train").disabled
