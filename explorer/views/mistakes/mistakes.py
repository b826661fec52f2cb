"""What one network got wrong, or two got differently, in words and as the captions of pictures."""

import re
from collections.abc import Sequence
from typing import Literal

import msgspec

from explorer.runs.store.rows import UNFINISHED, Run
from explorer.training.answers.answers import Answers
from explorer.training.answers.mistakes import Differences, chance
from explorer.training.cost.gate import dataset_refusal
from explorer.views.mistakes.confusion import taken_words
from explorer.views.runs.run_words import percent

Heap = Literal["first", "second", "neither", "both", "worst", "worst-1"]
HEAPS: tuple[Heap, ...] = ("first", "second", "neither", "both", "worst", "worst-1")  # who is right; mistakes of each
LONGEST_NAME = 18  # characters that stand below a picture
CHANCE = 0.05  # what is rarer is called more than chance, as is usual
SMALLEST_CHANCE = 1e-6  # what is rarer is only called so
FORMULA = (
    "McNemar's test in its exact form (Psychometrika 12, 1947): of n = b + c pictures that only one of two gets right, "
    "each is a fair coin's toss if they are equally good, so p = 2 · Σ C(n, k) / 2ⁿ over k from 0 to min(b, c)."
)
ONE_TRAINING = "It judges these two trained networks: whether training again ends so too, a race over seeds says."


class Caption(msgspec.Struct, frozen=True):
    """What stands below a picture: its number in the test set, its class, and each network's answer.

    `given` is what a network alone gave the class where it answered another.
    """

    number: int
    truth: str
    answers: list["NetworkAnswer"]
    given: str = ""


class NetworkAnswer(msgspec.Struct, frozen=True):
    """One network's answer: by whom if there are two, the class, how sure, and whether that is right."""

    who: str
    answer: str
    confidence: str
    right: bool


class ChosenCell(msgspec.Struct, frozen=True):
    """A cell of a confusion matrix that is looked into: the class, the answer, and of two networks which."""

    truth: int
    answer: int
    lane: int = 0  # 0: the first network's


def read_cell(text: str, num_classes: int, num_runs: int) -> ChosenCell | None:
    """Read a cell from a link, such as `6-0` or, of the second run, `6-0-1`; None for what is not among those shown."""
    found = re.fullmatch(r"(\d{1,4})-(\d{1,4})(-1)?", text, re.ASCII)
    if not found:
        return None
    truth, answer, lane = int(found[1]), int(found[2]), int(bool(found[3]))
    return ChosenCell(truth, answer, lane) if max(truth, answer) < num_classes and lane < num_runs else None


def write_cell(cell: ChosenCell) -> str:
    """Write a cell as `read_cell` reads it."""
    return f"{cell.truth}-{cell.answer}" + "-1" * cell.lane


def captions(
    numbers: Sequence[int], given: Sequence[Answers], names: Sequence[str], classes: Sequence[str]
) -> list[Caption]:
    """Write what stands below pictures of these numbers."""
    return [_caption(number, given, names, classes) for number in numbers]


def _caption(number: int, given: Sequence[Answers], names: Sequence[str], classes: Sequence[str]) -> Caption:
    said = [_said(number, answers, name, classes) for answers, name in zip(given, names, strict=True)]
    alone_wrong = len(said) == 1 and not said[0].right
    truth = sure_words(float(given[0].truth[number])) if alone_wrong else ""
    return Caption(number, classes[int(given[0].labels[number])], said, truth)


def _said(number: int, answers: Answers, who: str, classes: Sequence[str]) -> NetworkAnswer:
    answer, truth = int(answers.first[number]), int(answers.labels[number])
    return NetworkAnswer(who, classes[answer], sure_words(float(answers.confidence[number])), answer == truth)


def sure_words(probability: float) -> str:
    """Write a probability: `97 %`, and what only rounds to all or nothing as such: `over 99.9 %`, `under 0.1 %`."""
    if probability > 0.999:
        return "over 99.9 %"
    if probability < 0.001:
        return "under 0.1 %"
    return percent(probability) if probability > 0.99 or probability < 0.01 else f"{100 * probability:.0f} %"


def score_words(answers: Answers, step: int) -> str:
    """Say how many pictures were answered right, and when; step 0 is that of imported weights."""
    hits, total = int((answers.first == answers.labels).sum()), len(answers.labels)
    when = f"after step {step:,}" if step else "with imported weights"
    return f"{hits:,} of {total:,} test pictures right ({percent(hits / total)}), {when}"


def worst_words(count: int) -> str:
    """Head the worst mistakes."""
    return f"Worst mistakes: the surest of {count:,} wrong answers first"


def cell_words(cell: ChosenCell, count: int, classes: Sequence[str]) -> str:
    """Head the pictures of a cell."""
    pictures = "1 picture" if count == 1 else f"{count:,} pictures, the surest first" if count else "no picture"
    return f"{taken_words(cell.truth, cell.answer, classes)}: {pictures}"


def heap_label(heap: Heap, found: Differences, names: Sequence[str]) -> str:
    """Name the pictures that one, both or neither network gets right, with their number."""
    labels = {
        "first": f"Only {names[0]} right ({len(found.only_first):,})",
        "second": f"Only {names[1]} right ({len(found.only_second):,})",
        "neither": f"Both wrong ({len(found.both_wrong):,})",
        "both": f"Both right ({len(found.both_right):,})",
        "worst": f"Worst of {names[0]} ({len(found.only_second) + len(found.both_wrong):,})",
        "worst-1": f"Worst of {names[1]} ({len(found.only_first) + len(found.both_wrong):,})",
    }
    return labels[heap]


def difference_words(found: Differences, names: Sequence[str], *, unfair: str = "") -> str:
    """Say who gets more pictures right, and whether that is more than chance would do.

    Who is better is not said where the comparison is not fair; `unfair` is why, if it is not.
    """
    first, second = len(found.only_first), len(found.only_second)
    total = first + second + len(found.both_right) + len(found.both_wrong)
    same = f"Both get the same {len(found.both_right):,} of {total:,} pictures right."
    split = f"{first + second:,} of {total:,} pictures are answered right by one alone: {first:,} by {names[0]}, "
    found_words = f"{split}{second:,} by {names[1]}." if first + second else same
    judged = f"This is not a fair comparison: {unfair}." if unfair else _judged(first, second, names)
    return f"{found_words} {judged}".rstrip()


def _judged(first: int, second: int, names: Sequence[str]) -> str:
    if not first + second:
        return ""
    likely = chance(first, second)
    if likely >= CHANCE:
        return f"Two equally good networks differ as unevenly in {percent(likely)} of cases: this may be chance."
    better = names[0] if first > second else names[1]
    often = "less than 1 of 1,000,000" if likely < SMALLEST_CHANCE else f"1 of {1 / likely:,.0f}"
    return f"Two equally good networks differ as unevenly in {often} cases: {better} is better by more than chance."


def two_names(first: str, second: str) -> tuple[str, str]:
    """Give two networks names that tell them apart: their own, or A and B where those are alike or long."""
    return (first, second) if first != second and max(len(first), len(second)) <= LONGEST_NAME else ("A", "B")


def end_words(run: Run) -> str:
    """Say of a run that did not come to its end that these are the answers of its last test; else nothing."""
    if run.state not in ("failed", "interrupted"):
        return ""
    cause = f": {run.cause}" if run.cause else "."
    return f"The run {'failed' if run.state == 'failed' else 'was interrupted'} after this test{cause}"


def absence_words(run: Run, cause: str | None) -> str:
    """Say why a run has no answers to look at, and how to get them; `cause` is why they were not kept, if known."""
    if run.state in UNFINISHED:
        return "What it got wrong stands here once the run has ended; it is tested after each epoch."
    if run.imported:
        return _unanswered_words(run)
    if cause:
        return f"Its answers to the test pictures were not kept: {cause} Then run it again."
    if run.continues:
        return "It goes on from another run, and ended before a test of its own. Look at that run's answers."
    if run.test_accuracy is None:
        why = f" {run.cause}" if run.cause else ""
        return f"It ended before its first test, so there are no answers to look at.{why}"
    return (
        "Its answers to the test pictures are not here: it was trained before this program kept them, "
        "or they made room for those of newer runs. The same job run again gives them."
    )


def _unanswered_words(run: Run) -> str:
    """Say why imported weights have no answers here."""
    begin = f"Its weights were imported from {run.imported}"
    if why := dataset_refusal(run.job.architecture, run.dataset).partition(". ")[0]:
        return f"{begin}, and there are no test pictures here for it to answer: {why}. Look inside shows what it sees."
    return f"{begin}, and its answers made room for those of newer runs. Open the file again on the Explore page."
