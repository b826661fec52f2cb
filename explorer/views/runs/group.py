"""Several runs in words: a race's, a sweep's, or one contender's; the state of all of them, and how far they are."""

from collections.abc import Sequence
from typing import NamedTuple

from explorer.runs.store.rows import ENDED, UNFINISHED, Run, State
from explorer.views.runs.run_words import STATES, share_done, state_word, stopping_words

# How runs came to their figures, those first that say the most: the first kind that there is counts.
KINDS_OF_END: dict[str, tuple[State, ...]] = {
    "finished": ("finished",),
    "stopped": ("cancelled", "interrupted"),
    "so far": UNFINISHED,
}


class Counted(NamedTuple):
    """The runs that a figure is taken from, and how they came to it, in words; empty where there are none."""

    runs: tuple[Run, ...]
    how: str

    @property
    def test_accuracies(self) -> list[float]:
        """Give what each has at its last test."""
        return [run.test_accuracy for run in self.runs if run.test_accuracy is not None]


def counted(runs: Sequence[Run]) -> Counted:
    """Choose, of the runs of one contender or setting, those that count for its figures.

    They are those that finished; where none has, those that ended early; where none has ended, those that go on. Only
    a run that was tested counts, and one that failed never does.
    """
    tested = [run for run in runs if run.test_accuracy is not None]
    for how, states in KINDS_OF_END.items():
        if found := tuple(run for run in tested if run.state in states):
            return Counted(found, how)
    return Counted((), "")


def group_state(runs: Sequence[Run]) -> str:
    """Name the state of all as a whole: `queued`, `running`, `stopping` while they go on, else their worst end."""
    states = {run.state for run in runs}
    if "stopping" in states and states <= {"stopping", *ENDED}:
        return "stopping"
    if not states <= set(ENDED):
        return "queued" if states <= {"queued", *ENDED} and not any(run.started for run in runs) else "running"
    if "unreadable" in states:
        return "failed"
    return next((state for state in ("interrupted", "cancelled", "failed") if state in states), "finished")


def group_share(runs: Sequence[Run]) -> float:
    """Give the share of them that is done; a run at its end owes none."""
    return sum(map(_share, runs)) / max(1, len(runs))


def _share(run: Run) -> float:
    if run.state in ENDED:
        return 1.0
    return share_done(run, run.job.recipe) if run.num_steps else 0.0


def group_stopping_words(runs: Sequence[Run]) -> str:
    """Say when those that were asked to stop all do so, by the longest mean time of a step among them."""
    steps = [run.seconds / run.step for run in runs if run.state == "stopping" and run.step]
    return stopping_words(max(steps, default=None))


def states_words(runs: Sequence[Run]) -> str:
    """Name the one state of all, or count the ends: `2 of 3 stopped`, `2 of 3 ended` where they ended unlike."""
    words = {state_word(run) for run in runs}
    if len(words) == 1:
        return words.pop()
    ended = [run for run in runs if run.state in ENDED]
    ends = {run.state for run in ended}
    return f"{len(ended)} of {len(runs)} {STATES[ends.pop()] if len(ends) == 1 else 'ended'}"
