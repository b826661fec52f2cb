"""The history as entries: grouped, found by words, sorted, and laid out as rows."""

from collections.abc import Sequence

import msgspec
import pytest
from msgspec.structs import replace

from explorer.architecture.edit import replace_activations
from explorer.architecture.presets import PRESETS
from explorer.runs.store.rows import Run
from explorer.runs.store.small_curve import SmallCurve, write_curve
from explorer.training.events import Epoch
from explorer.training.recipe.recipe import Job, Recipe
from explorer.views.runs.history import HistoryEntry, entries, matching, ordered, told
from explorer.views.runs.history_table import HEIGHT, WIDTH, deleted_words, entries_table, history_table
from tests.runs.scripted_worker import step
from tests.views.runs.test_run_words import a_run

LENET = PRESETS["lenet-d2l"].architecture
QUESTIONS = {"race": "Sigmoid or ReLU?"}


def run(name: str, **fields: object) -> Run:
    made = a_run("finished", Recipe(optimizer="Adam", learning_rate=0.001))
    return replace(made, id=name, **fields)


def in_race(name: str, heat: int, lane: int, **fields: object) -> Run:
    return run(name, race="race", heat=heat, lane=lane, **fields)


FOUND = entries(
    [
        run("new", title="For Friday", tags="stalls, class 2", created=9.0, test_accuracy=0.3),
        in_race("r3", 1, 0, created=8.0, test_accuracy=0.8),
        in_race("r2", 0, 1, created=8.0, title="ReLU, seed 0", test_accuracy=0.7),
        run("bad", state="failed", notes="Too LARGE a rate", created=7.0),
        in_race("r1", 0, 0, created=8.0, train_loss=0.5),
        run("old", created=1.0, test_accuracy=0.5),
    ],
    QUESTIONS,
)


def ids(found: Sequence[HistoryEntry]) -> list[str]:
    return [entry.id for entry in found]


def test_a_races_runs_are_one_entry_in_the_order_of_heats_and_lanes() -> None:
    assert ids(FOUND) == ["new", "race", "bad", "old"]
    race = FOUND[1]
    assert ([each.id for each in race.runs], race.title) == (["r1", "r2", "r3"], "Sigmoid or ReLU?")
    assert (race.test_accuracy, race.best_accuracy, race.created) == (0.8, 0.8, 8.0)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["new", "race", "bad", "old"]),
        ("  friday ", ["new"]),  # a name
        ("CLASS 2", ["new"]),  # a tag
        ("large rate", ["bad"]),  # words of a note, in any order
        ("seed sigmoid", ["race"]),  # of a race: its question, and a name of one of its runs
        ("failed", ["bad"]),  # a state
        ("adam fashion lenet", ["new", "race", "bad", "old"]),  # optimizer, data set, network
        ("sgd", []),
        ("%", []),
    ],
)
def test_a_search_finds_what_has_all_its_words(query: str, found: list[str]) -> None:
    assert ids(matching(FOUND, query)) == found


@pytest.mark.parametrize(
    ("column", "falling", "order"),
    [
        ("Accuracy", True, ["race", "old", "new", "bad"]),
        ("Accuracy", False, ["new", "old", "race", "bad"]),
        ("Launched", False, ["old", "bad", "race", "new"]),
        ("Run", False, ["new", "bad", "old", "race"]),
        ("State", False, ["bad", "new", "race", "old"]),
    ],
)
def test_what_has_no_value_comes_last_either_way(column: str, falling: bool, order: list[str]) -> None:
    assert ids(ordered(FOUND, column, falling=falling)) == order


def test_an_opened_races_runs_stand_below_it() -> None:
    table = history_table(
        FOUND, pictures={LENET: "data:x"}, column="Run", falling=True, chosen=["old", "r2"], opened=["race"], now=10.0
    )
    assert [row.id for row in table.rows] == ["new", "race", "r1", "r2", "r3", "bad", "old"]
    assert [row.is_inside for row in table.rows] == [False, False, True, True, True, False, False]
    assert [row.chosen for row in table.rows] == [-1, -1, -1, 1, -1, -1, 0]
    assert {row.picture for row in table.rows} == {0}
    first = table.rows[0]
    assert (first.name, first.cells) == ("For Friday", ("30.0 %", "30.0 %", "", "finished", "1 s ago"))
    assert first.words.startswith("LeNet (the book) · Adam 0.001")


def test_whose_it_is_stands_there_where_it_is_anothers() -> None:
    runs = [run("mine", owner="me"), run("hers", owner="zoe"), in_race("r1", 0, 0, owner="eve"), run("x", owner="?")]
    found = entries(runs, QUESTIONS, {"zoe": "Zoe", "eve": "<b>\u202eEve"})
    assert [entry.by for entry in found] == ["", "by Zoe", "by <b>[U+202E]Eve", ""]
    found_by = {query: ids(matching(found, query)) for query in ("by zoe", "<b> eve", "by")}
    assert found_by == {"by zoe": ["hers"], "<b> eve": ["race"], "by": ["hers", "race"]}
    rows = history_table(found, pictures={}, column="Run", falling=True, opened=["race"]).rows
    assert [row.words.partition(" · ")[0] for row in rows[:3]] == ["Adam 0.001, batch 256", "by Zoe", found[2].by]
    assert "by" not in rows[3].words.split()
    assert [row.words.partition(" · ")[0] for row in entries_table(found).rows][1:3] == ["by Zoe", found[2].by]


def test_a_deleted_entry_says_what_it_was_whose_and_when() -> None:
    runs = [in_race("r1", 0, 0, deleted=40.0, test_accuracy=0.5), in_race("r2", 0, 1, deleted=50.0, test_accuracy=0.75)]
    found = entries([*runs, run("a", title="Mine", deleted=90.0, owner="ada")], QUESTIONS, {"ada": "Ada"})
    assert [deleted_words(entry, now=100.0) for entry in found] == [
        "Sigmoid or ReLU? · race of 2 runs · test accuracy 75.0 % · deleted 50 s ago",
        "Mine · by Ada · deleted 10 s ago",
    ]


def measured(name: str, *shares: float) -> Run:
    """Give a run with these test accuracies, one after the other."""
    events = [
        Epoch(step=at, epoch=at, seconds=at, train_loss=1.0, train_accuracy=0.5, test_loss=1.0, test_accuracy=share)
        for at, share in enumerate(shares, start=1)
    ]
    return run(name, test_accuracy=shares[-1], curve=write_curve(SmallCurve().grown(events)))


def test_the_best_of_a_run_stands_beside_its_last_and_sorts_the_list() -> None:
    """Its peak is one of a hundred tests, which the small picture leaves out."""
    fallen, steady = measured("fallen", *[0.5] * 49, 0.9137, *[0.5] * 50), measured("steady", 0.6, 0.8)
    found = entries([fallen, steady], {})
    assert ids(ordered(found, "Best", falling=True)) == ["fallen", "steady"]
    assert ids(ordered(found, "Accuracy", falling=True)) == ["steady", "fallen"]
    rows = history_table(found, pictures={}, column="Best", falling=True).rows
    assert [row.cells[:2] for row in rows] == [("50.0 %", "91.4 %"), ("80.0 %", "80.0 %")]


def test_a_small_curve_of_an_older_version_gives_the_best_that_it_has() -> None:
    older = run("older", test_accuracy=0.4, curve="[[1,0,[],[]],[1,2,[1.0,2.0],[0.7,0.4]]]")
    assert entries([older], {})[0].best_accuracy == 0.7


def test_a_design_without_a_picture_yet_has_none() -> None:
    other = replace_activations(LENET, "ReLU")
    table = history_table(FOUND, pictures={other: "data:x"}, column="Run", falling=True)
    assert {row.picture for row in table.rows} == {-1}


def test_small_curves_stay_in_their_frame() -> None:
    curve = SmallCurve().grown([step(number) for number in range(1, 100)])
    drawn = (
        history_table(entries([run("a", curve=write_curve(curve))], {}), pictures={}, column="Run", falling=True)
        .rows[0]
        .curves
    )
    assert len(drawn) == 1
    points = [tuple(map(float, point.split())) for point in drawn[0].path[1:].split("L")]
    assert len(points) > 10
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
    assert [x for x, _ in points] == sorted(x for x, _ in points)


def test_the_plain_table_has_a_row_for_each_entry() -> None:
    table = entries_table(FOUND, now=10.0)
    assert [row.name for row in table.rows] == [
        "For Friday",
        "Sigmoid or ReLU?",
        "LeNet (the book)",
        "LeNet (the book)",
    ]
    assert table.rows[1].words.startswith("race of 3 runs, best: LeNet (the book) · Adam 0.001")
    assert [cell.text for cell in table.rows[1].cells] == ["finished", "80.0 %", "80.0 %", "", "2 s ago"]


def test_runs_of_one_network_are_told_apart_by_what_was_changed_of_it() -> None:
    """A list of recipes alone would show the same line twice."""
    changed = replace_activations(LENET, "ReLU")
    lines = [told(msgspec.json.encode(Job(design, Recipe())).decode()).recipe for design in (LENET, changed)]
    assert lines[1] == f"4 of 12 layers differ: relu1, relu2, relu3, … · {lines[0]}"


def test_a_sweeps_row_has_the_figures_and_the_recipe_of_one_run() -> None:
    slow = replace(a_run("finished", Recipe(learning_rate=0.1)), id="slow", title="rate 0.1", sweep="sweep", cell=0)
    quick = replace(a_run("finished", Recipe(learning_rate=0.3)), id="quick", title="rate 0.3", sweep="sweep", cell=1)
    runs = [
        replace(slow, train_loss=0.901, test_accuracy=0.56),
        replace(quick, train_loss=0.912, test_accuracy=0.679),
    ]
    found = entries(runs, {"sweep": "Sweep of learning rate"})
    row = history_table(found, pictures={}, column="Loss", falling=False, now=0.0).rows[0]
    assert row.cells[:3] == ("67.9 %", "67.9 %", "0.912")
    assert row.words.startswith("sweep of 2 runs, best: rate 0.3 · SGD 0.3")


def test_of_runs_without_a_test_the_best_has_the_least_loss_that_is_a_number() -> None:
    losses = {"none": None, "nan": float("nan"), "high": 2.3, "low": 0.4}
    runs = [in_race(name, 0, lane, train_loss=loss) for lane, (name, loss) in enumerate(losses.items())]
    assert entries(runs, QUESTIONS)[0].best.id == "low"
