"""Who won a race, in words with the numbers, and whether that is more than luck.

The rule: a contender is ahead of another when its worst seed beats the other's best. If the two were equally good, each
seed would be a coin's toss, and n tosses fall the same way in 2 of 2ⁿ races: so often chance alone looks like that, at
most.
"""

from collections.abc import Sequence
from statistics import median
from typing import Literal

import msgspec

from explorer.experiments.race.race import Race
from explorer.runs.store.rows import ENDED, Run
from explorer.views.runs.fairness import guessed_share, is_guessing
from explorer.views.runs.group import counted
from explorer.views.runs.run_words import STATES, percent

RULE = "Ahead means: its worst seed beats the other's best."
TWO = " Between two equals, chance alone does that in at most {odds}."
MORE = (
    " Between two equals that were named beforehand, chance alone does that in at most {odds}; "
    "for the best of {count}, oftener."
)
CHANCE_RULE = "Another network is better only where it differs by more than that."
ONE_SEED = "One seed cannot tell chance from difference"
MORE_SEEDS = "race over 3 or 5"
UNFAIR = "not a fair comparison, since not all of them finished."


class Standing(msgspec.Struct, frozen=True):
    """What one contender came to: the test accuracies that count, one a seed, and the steps that they took."""

    label: str
    shares: list[float]
    steps: int  # the median over its seeds
    is_unequal: bool = False  # whether its seeds took unlike many
    early: str = ""  # why what counts is no finished run, in a word

    @property
    def middle(self) -> float:
        """The accuracy it is judged by: the median over its seeds."""
        return median(self.shares)


class RaceVerdict(msgspec.Struct, frozen=True):
    """The verdict's sentences: what came of it, by which rule, and what else has to be known."""

    kind: Literal["ahead", "level", "one seed", "nothing"]
    words: str
    rule: str = ""
    notes: list[str] = []  # msgspec copies it for each verdict


def verdict(race: Race, runs: Sequence[Run]) -> RaceVerdict:
    """Judge a race by its runs, which may be of any state; those that go on do not count yet."""
    standings = [_standing(contender.label, _lane(runs, lane)) for lane, contender in enumerate(race.contenders)]
    ranked = sorted((each for each in standings if each.shares), key=lambda each: -each.middle)
    notes = [*_failures(race, runs), *_unequal(ranked)]
    notes += _guessers(race, ranked)
    if len(ranked) < min(2, len(race.contenders)):
        return RaceVerdict("nothing", _nobody(ranked), notes=notes)
    fewest, done = min(len(each.shares) for each in ranked), all(run.state in ENDED for run in runs)
    so_far = "" if done else f"So far, after {fewest} of {race.seeds} seeds: "
    if len(race.contenders) == 1:
        return _chance(ranked[0], so_far, notes)
    kind, end = _end(ranked, fewest, seeds=race.seeds)
    rule = (
        ""
        if fewest == 1 or end == UNFAIR
        else RULE + (TWO if len(ranked) == 2 else MORE).format(odds=_odds(fewest), count=len(ranked))
    )
    return RaceVerdict(kind, f"{so_far}{_figures(ranked)}: {end}", rule, notes)


def _chance(alone: Standing, so_far: str, notes: list[str]) -> RaceVerdict:
    """Say of one contender how far its seeds lie apart."""
    figure = f"{so_far}{alone.label} ends at {_figure(alone, of=' of the test pictures')}"
    if len(alone.shares) == 1:
        return RaceVerdict("one seed", f"{figure}.", notes=notes)
    if alone.early or alone.is_unequal:
        return RaceVerdict("level", f"{figure}, not all after as many steps.", notes=notes)
    apart = _points(max(alone.shares) - min(alone.shares))
    return RaceVerdict("level", f"{figure}: its seeds lie {apart} apart, by chance alone.", CHANCE_RULE, notes)


def _guessers(race: Race, ranked: Sequence[Standing]) -> list[str]:
    """Name the contenders that have learned nothing: a difference from them, or between them, says little."""
    datasets = {each.label: each.recipe.dataset for each in race.contenders}
    names = [each.label for each in ranked if is_guessing(max(each.shares), datasets[each.label])]
    if not names:
        return []
    who, share = f"{_and(names)} {'has' if len(names) == 1 else 'have'}", percent(guessed_share(datasets[names[0]]))
    return [f"{who} learned nothing yet: {share} is guessing. Race longer, or with another learning rate."]


def _lane(runs: Sequence[Run], lane: int) -> list[Run]:
    return [run for run in runs if run.lane == lane]


def _standing(label: str, runs: Sequence[Run]) -> Standing:
    """Take what counts of a contender's runs; while they go on, nothing does."""
    counts = counted(runs)
    if counts.how not in ("finished", "stopped"):
        return Standing(label, [], 0)
    steps = [run.step for run in counts.runs]
    early = STATES[counts.runs[0].state] if counts.how == "stopped" else ""
    return Standing(label, counts.test_accuracies, round(median(steps)), len(set(steps)) > 1, early)


def _figures(ranked: Sequence[Standing]) -> str:
    first, *others = ranked
    later = [f"{each.label} at {_figure(each)}" for each in others]
    return f"{first.label} ends at {_figure(first, of=' of the test pictures')}, " + ", ".join(later)


def _figure(each: Standing, of: str = "") -> str:
    if len(each.shares) == 1:
        return f"{percent(each.middle)}{of}"
    low, high = (f"{100 * share:.1f}" for share in (min(each.shares), max(each.shares)))
    over = f" over {len(each.shares)} seeds" if of else ""
    return f"{percent(each.middle)}{of} ({low}–{high}{over})"


def _end(ranked: Sequence[Standing], fewest: int, *, seeds: int) -> tuple[Literal["ahead", "level", "one seed"], str]:
    best = ranked[0]
    if any(each.early for each in ranked):
        return "one seed" if fewest == 1 else "level", UNFAIR
    if fewest == 1:
        gap = best.middle - ranked[1].middle
        ahead = f"{best.label} is ahead by {_points(gap)}" if gap else "they are level"
        advice = f": {MORE_SEEDS}." if seeds == 1 else "."
        return "one seed", f"{ahead}. {ONE_SEED}{advice}"
    behind = [each for each in ranked[1:] if max(each.shares) < min(best.shares)]
    level = [each for each in ranked[1:] if each not in behind]
    sentences = []
    if behind:
        gaps = [_points(best.middle - each.middle) for each in behind]
        of = [f"of {each.label} by {gap}" for each, gap in zip(behind, gaps, strict=True)]
        whom = f"by {gaps[0]}" if len(ranked) == 2 else _and(of)
        sentences.append(f"{best.label} is ahead {whom}, more than the seeds' spread")
    if level:
        among = f" between {_and([best.label, *(each.label for each in level)])}" if len(ranked) > 2 else ""
        sentences.append(f"no difference beyond the seeds{among}")
    return "ahead" if behind else "level", "; ".join(sentences) + "."


def _and(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _points(gap: float) -> str:
    points = 100 * gap
    if points < 0.05:
        return "less than 0.1 points"
    return f"{points:.0f} points" if points >= 9.95 else f"{points:.1f} points"


def _odds(seeds: int) -> str:
    return f"1 of {2 ** (seeds - 1)} races over {seeds} seeds"


def _nobody(ranked: Sequence[Standing]) -> str:
    if not ranked:
        return "No contender has come to test figures that count."
    return f"Only {ranked[0].label} came to test figures, {_figure(ranked[0])}: there is nothing to compare it with."


def _failures(race: Race, runs: Sequence[Run]) -> list[str]:
    notes = []
    for lane, contender in enumerate(race.contenders):
        failed = [run for run in _lane(runs, lane) if run.state in ("failed", "unreadable")]
        if failed:
            often = f" in {len(failed)} of {race.seeds} seeds" if race.seeds > 1 else ""
            notes.append(f"{contender.label} failed{often}: {failed[0].cause}")
    return notes


def _unequal(ranked: Sequence[Standing]) -> list[str]:
    """Say where what is compared did not train equally long, or not to the end."""
    steps = ", ".join(f"{each.label} {each.steps:,} steps" for each in ranked)
    unequal = f"They did not train equally long: {steps}." if len({each.steps for each in ranked}) > 1 else ""
    early = [f"{each.label} was {each.early} before its end." for each in ranked if each.early]
    return [*early, *([unequal] if unequal else [])]
