"""The verdict on races made to differ, made not to, and made to go wrong."""

from collections.abc import Sequence
from itertools import combinations

import pytest

from explorer.architecture.presets import PRESETS
from explorer.experiments.race.race import Contender, Race
from explorer.runs.store.rows import Run, State
from explorer.training.recipe.recipe import Recipe
from explorer.views.race.verdict import verdict

LENET = PRESETS["lenet-d2l"].architecture


def race(*labels: str, seeds: int = 3) -> Race:
    contenders = tuple(Contender(label, LENET, Recipe()) for label in labels)
    return Race(question="Who?", contenders=contenders, seeds=seeds)


def runs(lane: int, shares: Sequence[float | None], *, state: State = "finished", step: int = 480) -> list[Run]:
    return [
        Run(
            id=f"{lane}{heat}",
            owner="",
            state=state,
            name="",
            dataset="",
            job_json="",
            wanted_device="",
            created=0.0,
            race="r",
            heat=heat,
            lane=lane,
            step=step,
            test_accuracy=share,
            cause="The loss at step 3 was not a finite number." if state == "failed" else None,
        )
        for heat, share in enumerate(shares)
    ]


def test_apart_by_more_than_the_seeds() -> None:
    judged = verdict(race("Sigmoid", "ReLU"), runs(0, [0.55, 0.61, 0.70]) + runs(1, [0.815, 0.826, 0.821]))
    assert judged.kind == "ahead"
    assert judged.words == (
        "ReLU ends at 82.1 % of the test pictures (81.5–82.6 over 3 seeds), Sigmoid at 61.0 % (55.0–70.0): "
        "ReLU is ahead by 21 points, more than the seeds' spread."
    )
    assert "at most 1 of 4 races over 3 seeds" in judged.rule
    assert judged.notes == []


def test_one_network_alone_says_how_much_is_chance() -> None:
    alone = race("LeNet")
    judged = verdict(alone, runs(0, [0.815, 0.826, 0.821]))
    assert judged.words == (
        "LeNet ends at 82.1 % of the test pictures (81.5–82.6 over 3 seeds): "
        "its seeds lie 1.1 points apart, by chance alone."
    )
    assert "better only where it differs by more" in judged.rule
    first = verdict(alone, runs(0, [0.815]) + runs(0, [None], state="running"))
    assert first.words == "So far, after 1 of 3 seeds: LeNet ends at 81.5 % of the test pictures."
    early = runs(0, [0.8], state="cancelled", step=100) + runs(0, [0.3], state="cancelled", step=10)
    assert "chance" not in verdict(alone, early).words
    assert verdict(alone, runs(0, [None], state="running")).kind == "nothing"


def test_who_has_learned_nothing_is_named_whatever_the_difference() -> None:
    level = verdict(race("A", "B"), runs(0, [0.1, 0.1, 0.1]) + runs(1, [0.1, 0.105, 0.1]))
    assert level.notes == [
        "A and B have learned nothing yet: 10.0 % is guessing. Race longer, or with another learning rate."
    ]
    assert "A has learned nothing" in verdict(race("A", "B"), runs(0, [0.1]) + runs(1, [0.8])).notes[0]
    assert verdict(race("A", "B"), runs(0, [0.3]) + runs(1, [0.8])).notes == []


@pytest.mark.parametrize(("share", "learned"), [(0.10, False), (0.11, False), (0.111, True), (0.14, True)])
def test_a_tenth_more_than_guessing_is_still_nothing_learned(share: float, learned: bool) -> None:
    notes = verdict(race("A", "B"), runs(0, [share] * 3) + runs(1, [0.8] * 3)).notes
    assert any("A has learned nothing" in note for note in notes) is not learned


@pytest.mark.parametrize("other", [[0.80, 0.84, 0.83], [0.70, 0.75, 0.815], [0.82, 0.82, 0.82]])
def test_ranges_that_touch_are_no_difference(other: list[float]) -> None:
    judged = verdict(race("A", "B"), runs(0, [0.815, 0.826, 0.821]) + runs(1, other))
    assert judged.kind == "level"
    assert judged.words.endswith(": no difference beyond the seeds.")


def test_between_equals_it_is_ahead_no_oftener_than_the_rule_says() -> None:
    """Six seeds of one and the same contender, dealt out as two contenders' in every way that there is."""
    shares = [0.80, 0.81, 0.82, 0.83, 0.84, 0.85]
    deals = list(combinations(shares, 3))
    kinds = [
        verdict(race("A", "B"), runs(0, a) + runs(1, [each for each in shares if each not in a])).kind for a in deals
    ]
    assert set(kinds) == {"ahead", "level"}
    assert kinds.count("ahead") / len(kinds) <= 1 / 4


def test_five_seeds_leave_less_to_chance() -> None:
    judged = verdict(race("A", "B", seeds=5), runs(0, [0.5] * 5) + runs(1, [0.6] * 5))
    assert "at most 1 of 16 races over 5 seeds" in judged.rule


def test_the_odds_of_two_are_not_told_of_the_best_of_several() -> None:
    three = runs(0, [0.1, 0.1, 0.1]) + runs(1, [0.81, 0.82, 0.83]) + runs(2, [0.80, 0.82, 0.84])
    rule = verdict(race("A", "B", "C"), three).rule
    assert "named beforehand" in rule
    assert rule.endswith("for the best of 3, oftener.")


def test_a_gap_below_a_tenth_of_a_point_is_told_as_such() -> None:
    judged = verdict(race("A", "B", seeds=1), runs(0, [0.9001]) + runs(1, [0.9]))
    assert "A is ahead by less than 0.1 points" in judged.words


def test_one_seed_cannot_tell() -> None:
    judged = verdict(race("A", "B", seeds=1), runs(0, [0.6]) + runs(1, [0.655]))
    assert judged.kind == "one seed"
    assert "B is ahead by 5.5 points. One seed cannot tell chance from difference" in judged.words
    level = verdict(race("A", "B", seeds=1), runs(0, [0.6]) + runs(1, [0.6]))
    assert "they are level" in level.words


def test_more_seeds_are_advised_only_where_one_was_chosen() -> None:
    one, of_three = (verdict(race("A", "B", seeds=seeds), runs(0, [0.6]) + runs(1, [0.655])) for seeds in (1, 3))
    assert one.words.endswith("One seed cannot tell chance from difference: race over 3 or 5.")
    assert of_three.words.endswith("One seed cannot tell chance from difference.")


def test_several_contenders_are_each_held_against_the_best() -> None:
    three = runs(0, [0.1, 0.1, 0.1]) + runs(1, [0.81, 0.82, 0.83]) + runs(2, [0.80, 0.82, 0.84])
    judged = verdict(race("Sigmoid", "ReLU", "Tanh"), three)
    assert judged.words.endswith(
        "ReLU is ahead of Sigmoid by 72 points, more than the seeds' spread; "
        "no difference beyond the seeds between ReLU and Tanh."
    )


def test_a_contender_that_failed_is_named_with_its_cause_and_does_not_win() -> None:
    failed = runs(1, [0.9, 0.9, 0.9], state="failed")
    judged = verdict(race("A", "B"), runs(0, [0.6, 0.6, 0.6]) + failed)
    assert judged.kind == "nothing"
    assert judged.words.startswith("Only A came to test figures")
    assert judged.notes == ["B failed in 3 of 3 seeds: The loss at step 3 was not a finite number."]


def test_what_stopped_early_counts_where_nothing_finished_and_says_so() -> None:
    stopped = runs(0, [0.2], state="cancelled", step=400) + runs(1, [0.7], state="cancelled", step=440)
    judged = verdict(race("A", "B", seeds=1), stopped)
    assert judged.kind == "one seed"
    assert judged.words.endswith("A at 20.0 %: not a fair comparison, since not all of them finished.")
    assert judged.notes == [
        "B was stopped before its end.",
        "A was stopped before its end.",
        "They did not train equally long: B 440 steps, A 400 steps.",
    ]
    finished = runs(0, [0.5, 0.5]) + runs(1, [0.6, 0.6])
    late = [run for lane in (0, 1) for run in runs(lane, [None, None, 0.9], state="cancelled")[2:]]
    assert verdict(race("A", "B"), finished + late).notes == []


def test_before_the_end_it_speaks_of_what_is_over() -> None:
    going_on = runs(0, [0.5]) + runs(1, [0.6]) + runs(0, [None, 0.9], state="running")[1:]
    judged = verdict(race("A", "B"), going_on)
    assert judged.words.startswith("So far, after 1 of 3 seeds: B ends at 60.0 %")
    assert verdict(race("A", "B"), runs(0, [None], state="queued")).kind == "nothing"
