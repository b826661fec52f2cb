"""The pages of a class: whose a run is, and who restores what was deleted; nothing of it on a laptop."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.architecture.presets import PRESETS
from explorer.experiments.race.race import Contender, Race
from explorer.experiments.sweep.sweep import Choices, Sweep
from explorer.runs.access.acting import Classwork
from explorer.runs.access.audit import AuditLog, deeds
from explorer.runs.access.limits import LimitsFile
from explorer.runs.access.person import Person
from explorer.runs.store.store import Store
from explorer.training.recipe.recipe import Job, Recipe
from explorer.ui.base.server import runs
from tests.runs.scene import wait_for_state
from tests.ui.widgets import said

LENET = PRESETS["lenet-d2l"].architecture
JOB = Job(LENET, Recipe())
ADA, BOB, TEACHER = Person("ada", "Ada **x** \u202e"), Person("bob", "Bob"), Person("t", "Ms T", is_teacher=True)
BY_ADA = "by Ada **x** [U+202E]"
Look = Callable[[Person], None]


@pytest.fixture
def store() -> Iterator[Store]:
    """The store of the pages' own server, with nothing in its history."""
    with closing(Store(runs().store.path)) as opened:
        opened.delete([run.id for run in opened.history(10_000)])
        opened.erase([run.id for run in opened.deleted_runs(10_000)])
        for person in (ADA, BOB, TEACHER):
            opened.call(person.id, person.nickname)
        yield opened


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Look]:
    """Have the pages belong to a class, and to a person of it."""
    audit = AuditLog(tmp_path / "audit.jsonl")
    work = Classwork(LimitsFile(tmp_path / "limits.toml"), audit)

    def _look(person: Person) -> None:
        monkeypatch.setattr("explorer.ui.base.server.who_asks", lambda *_: person)
        for place in ("explorer.ui.base.server", "explorer.ui.history.class_desk"):
            monkeypatch.setattr(f"{place}.class_work", lambda: work)

    yield _look
    audit.close()


def ended(store: Store, owner: Person) -> str:
    run = store.create(JOB, owner.id)
    end(store, run)
    return run


def end(store: Store, run: str) -> None:
    """End a run that waits, or that the pages' own server has just begun."""
    if not store.move(run, ["queued"], "cancelled"):
        runs().cancel(run)
        wait_for_state(store, run)


def opened(root: Path, page: str, **link: str) -> AppTest:
    shown = AppTest.from_file(str(root / f"pages/{page}.py"), default_timeout=60)
    for name, value in link.items():
        shown.query_params[name] = value
    shown.run()
    assert not shown.exception
    return shown


def links_of(store: Store) -> list[tuple[str, dict[str, str]]]:
    """Give the pages that show something of Ada's: a run, a race, a sweep, and each in the history."""
    contenders = (Contender("one", LENET, Recipe()), Contender("two", LENET, Recipe()))
    race = store.create_race(Race(question="Which?", contenders=contenders), ADA.id)
    sweep = store.create_sweep(Sweep(base=JOB, axes=(Choices("batch_size", (64, 128)),)), ADA.id)
    for each in (*store.race_runs(race), *store.sweep_runs(sweep)):
        end(store, each.id)
    run = ended(store, ADA)
    shown = [("train", {"run": run}), ("race", {"race": race}), ("sweep", {"sweep": sweep})]
    return [*shown, *(("runs", {"runs": each}) for each in (run, race, sweep))]


@pytest.mark.slow
def test_whose_it_is_stands_where_another_person_looks_and_nowhere_else(root: Path, store: Store, look: Look) -> None:
    shown = links_of(store)
    assert [BY_ADA in said(opened(root, page, **link)) for page, link in shown] == [False] * 6, "on a laptop"
    look(ADA)
    assert ["by Ada" in said(opened(root, page, **link)) for page, link in shown] == [False] * 6
    look(BOB)
    assert [BY_ADA in said(opened(root, page, **link)) for page, link in shown] == [True] * 6


def test_the_history_is_searched_by_person(root: Path, store: Store, look: Look) -> None:
    ended(store, ADA)
    ended(store, BOB)
    look(TEACHER)
    page = opened(root, "runs")
    (search,) = page.text_input
    assert search.placeholder.endswith(", person")
    search.set_value("by ada").run()
    assert "1 of 2 runs, races and sweeps." in said(page)


def open_menu(page: AppTest) -> AppTest:
    page.session_state["deleted_runs"] = True
    page.run()
    assert not page.exception
    return page


def test_the_teacher_restores_what_anybody_deleted(root: Path, store: Store, look: Look, tmp_path: Path) -> None:
    adas, bobs, kept = ended(store, ADA), ended(store, BOB), ended(store, BOB)
    store.delete([adas, bobs])
    look(TEACHER)
    page = open_menu(opened(root, "runs"))
    (menu,) = page.multiselect
    assert [option.partition(" · deleted ")[0] for option in menu.options] == [
        f"{LENET.name} · by Bob",
        f"{LENET.name} · {BY_ADA}",
    ]
    assert page.button(key="restore_deleted").disabled
    menu.set_value([adas]).run()
    page.button(key="restore_deleted").click().run()
    assert not page.exception
    assert {run.id for run in store.history(9)} == {kept, adas}
    assert [(deed.person, deed.action, deed.which) for _, deed in deeds(tmp_path / "audit.jsonl")] == [
        ("t", "restore", (adas,))
    ]
    assert len(page.multiselect[0].options) == 1
    store.delete([adas])  # once more, which chooses it for nobody
    page.run()
    assert [(len(menu.options), menu.value) for menu in page.multiselect] == [(2, [])]


def test_a_student_restores_what_was_their_own_and_a_menu_without_anything_says_so(
    root: Path, store: Store, look: Look
) -> None:
    adas, bobs = ended(store, ADA), ended(store, BOB)
    look(ADA)
    assert "Nothing that was deleted can be restored." in said(open_menu(opened(root, "runs")))
    store.delete([adas, bobs])
    page = open_menu(opened(root, "runs"))
    assert [option.partition(" · deleted ")[0] for option in page.multiselect[0].options] == [LENET.name]
    page.multiselect[0].set_value([adas]).run()
    page.button(key="restore_deleted").click().run()
    assert [run.id for run in store.history(9)] == [adas]
