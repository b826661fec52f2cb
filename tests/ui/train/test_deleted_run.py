"""What was deleted is its owner's and the teacher's: for others no page shows it, whatever a link names."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.architecture.presets import PRESETS
from explorer.experiments.race.race import Contender, Race
from explorer.experiments.sweep.sweep import Choices, Sweep
from explorer.runs.access.person import Person
from explorer.runs.store.store import Store
from explorer.training.recipe.recipe import Job, Recipe
from explorer.ui.base import server
from explorer.ui.base.server import runs
from tests.runs.scripted_worker import step
from tests.ui.widgets import said

OWNER, MEMBER = Person("me"), Person("other")
LENET = PRESETS["lenet-d2l"].architecture
JOB = Job(LENET, Recipe())
CONTENDERS = tuple(Contender(name, LENET, Recipe(learning_rate=rate)) for name, rate in (("a", 0.1), ("b", 0.2)))
RACE = Race(question="Who?", contenders=CONTENDERS)
SWEEP = Sweep(base=JOB, axes=(Choices("batch_size", (8, 16)),))


@pytest.fixture
def store() -> Iterator[Store]:
    with closing(Store(runs().store.path)) as opened:
        yield opened


def ended(store: Store, *found: str) -> None:
    for run in found:
        store.move(run, ["queued"], "starting")
        store.append(run, [step(1), step(2)])
        store.move(run, ["starting"], "finished")


def opened(root: Path, page: str, **link: str) -> AppTest:
    test = AppTest.from_file(str(root / f"pages/{page}.py"), default_timeout=60)
    for name, value in link.items():
        test.query_params[name] = value
    test.run()
    assert not test.exception
    return test


@pytest.fixture
def link(request: pytest.FixtureRequest, store: Store) -> dict[str, str]:
    """A link to something all of whose runs ended and were deleted."""
    if request.param == "race":
        name = store.create_race(RACE, OWNER.id)
        found = [run.id for run in store.race_runs(name)]
    elif request.param == "sweep":
        name = store.create_sweep(SWEEP, OWNER.id)
        found = [run.id for run in store.sweep_runs(name)]
    else:
        name = store.create(JOB, OWNER.id)
        found = [name]
    ended(store, *found)
    assert store.delete(found) == set(found)
    return {request.param: name}


@pytest.mark.parametrize(
    ("page", "link"),
    [("train", "run"), ("mistakes", "run"), ("race", "race"), ("sweep", "sweep")],
    indirect=["link"],
)
def test_who_may_not_see_it_is_told_that_there_is_none(
    root: Path, monkeypatch: pytest.MonkeyPatch, page: str, link: dict[str, str]
) -> None:
    monkeypatch.setattr(server, "person", lambda: OWNER)
    assert "was deleted from the history. Its link still shows it." in said(opened(root, page, **link))
    monkeypatch.setattr(server, "person", lambda: MEMBER)
    words = said(opened(root, page, **link))
    assert "was deleted" not in words
    assert f"There is no {next(iter(link))} " in words


def test_others_see_the_rest_of_a_race(root: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    name = store.create_race(RACE, OWNER.id)
    first, second = (run.id for run in store.race_runs(name))
    ended(store, first, second)
    store.delete([first])
    monkeypatch.setattr(server, "person", lambda: OWNER)
    whole = opened(root, "race", race=name)
    assert "1 of its 2 runs was deleted" in said(whole)
    monkeypatch.setattr(server, "person", lambda: MEMBER)
    rest = opened(root, "race", race=name)
    assert "Who?" in said(rest)
    assert "was deleted" not in said(rest)
    keys = [[button.key for button in page.button if str(button.key).startswith("inside_")] for page in (whole, rest)]
    assert keys == [["inside_0", "inside_1"], ["inside_1"]]
