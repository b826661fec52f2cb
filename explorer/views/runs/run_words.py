"""Runs in words: how far each is, what came of it, how long it will still take."""

from collections.abc import Sequence

import msgspec

from explorer.data.datasets import DATASETS
from explorer.runs.store.rows import ENDED, UNFINISHED, Run
from explorer.training.cost.forecast import Forecast
from explorer.training.events import Evaluating, Event, Step
from explorer.training.recipe.recipe import Recipe
from explorer.views.common import words
from explorer.views.common.words import shown
from explorer.views.runs.pace import seconds_left
from explorer.views.runs.recipes import length_words, settings_words

NOTICED = 1.0  # seconds: a shorter wait needs no word
ORDINALS = {1: "next", 2: "2nd", 3: "3rd"}
IMPORTED = "imported"
STATES = {
    "queued": "waiting",
    "starting": "starting",
    "running": "training",
    "paused": "paused",
    "stopping": "stopping",
    "finished": "finished",
    "failed": "failed",
    "cancelled": "stopped",
    "interrupted": "interrupted",
    "unreadable": "cannot be read",
}


class Progress(msgspec.Struct, frozen=True):
    """How far a run is: the share that is done, and a sentence."""

    share: float
    words: str


def progress(
    run: Run,
    *,
    position: int | None,
    images_per_second: float | None,
    events: Sequence[Event] = (),
    starts_in: float | None = None,
) -> Progress:
    """Say how far a run is, and how long it will still take; `position` is its place in the queue.

    `starts_in` is in how many seconds one that waits is expected to start, as far as that is known.
    """
    if run.state == "queued":
        return Progress(0.0, waiting_words(position, starts_in=starts_in))
    recipe = run.job.recipe
    share = share_done(run, recipe)
    if run.state == "stopping":
        return Progress(share, stopping_words(_step_seconds(recipe, images_per_second)))
    if run.state == "starting" or not run.num_steps:
        return Progress(0.0, "Starting: loading the pictures.")
    if run.state == "paused":
        return Progress(share, f"Paused after step {run.step:,}, epoch {run.epoch:.2f} of {recipe.epochs}.")
    speed = f" · {images_per_second:,.0f} pictures a second" if images_per_second else ""
    return Progress(share, f"Epoch {run.epoch:.1f} of {recipe.epochs}{speed} · {_left(run, share, events)}")


def status(run: Run, events: Sequence[Event], *, position: int | None, starts_in: float | None = None) -> Progress:
    """Say how a run stands by its events: how far it is, what it does just now, or that it is at its end."""
    if run.state in ENDED:
        return Progress(share_done(run, run.job.recipe), f"It has ended: {STATES[run.state]}.")
    step = next((event for event in reversed(events) if isinstance(event, Step)), None)
    speed = step.images_per_second if step else None
    how_far = progress(run, position=position, images_per_second=speed, events=events, starts_in=starts_in)
    measuring = _measuring(events) if run.state != "stopping" else ""
    return Progress(how_far.share, measuring) if measuring else how_far


def _measuring(events: Sequence[Event]) -> str:
    last = events[-1] if events else None
    if not isinstance(last, Evaluating):
        return ""
    return f"Measuring the test pictures: {last.done:,} of {last.total:,}."


def _step_seconds(recipe: Recipe, images_per_second: float | None) -> float | None:
    size = recipe.train_size or DATASETS[recipe.dataset].train_size
    return min(recipe.batch_size, size) / images_per_second if images_per_second else None


def stopping_words(step_seconds: float | None) -> str:
    """Say when a run that was asked to stop does so, by the seconds that a step of it took; None before the first."""
    if step_seconds is None:
        return "Stopping within the first step."
    lasts = f", which takes about {duration(step_seconds)}" if step_seconds >= NOTICED else ""
    return f"Stopping after this step{lasts}. How it stands is then kept."


def waiting_words(position: int | None, *, starts_in: float | None = None) -> str:
    """Say that a run waits, its place, and in how many seconds it is expected to start, where that is known."""
    begins = "" if starts_in is None else f", to start in about {duration(starts_in)}"
    return f"Waiting for a free place: {_place(position)} in the queue{begins}."


def brief_wait(position: int | None, *, starts_in: float | None = None) -> str:
    """Say the same where there is room for little: when a run is to start, or else its place."""
    return f"{_place(position)} in the queue" if starts_in is None else f"in about {duration(starts_in)}"


def beside_words(unfinished: Sequence[Run], *, starts_in: float | None = None) -> str:
    """Say what else trains and waits, on which a time told before a start counts; nothing where nothing does.

    A run that is paused takes no time of others. `starts_in` is in how many seconds a place is free, where known.
    """
    waiting = sum(run.state == "queued" for run in unfinished)
    training = sum(run.state not in ("queued", "paused") for run in unfinished)
    now = f"beside {training} other run{'s' * (training > 1)} that train{'s' * (training == 1)} now" if training else ""
    first = f"after {waiting} that wait{'s' * (waiting == 1)}" if waiting else ""
    start = f"to start in about {duration(starts_in)}" if starts_in else ""
    return "".join(f" · {words}" for words in (now, first, start) if words)


def _place(position: int | None) -> str:
    return ORDINALS.get(position or 1, f"{position}th")


def share_done(run: Run, recipe: Recipe) -> float:
    """Give the share of a run that is done: of its steps, or of its time where that is limited and nearer its end."""
    by_steps = run.step / run.num_steps if run.num_steps else 0.0
    by_time = run.seconds / recipe.max_seconds if recipe.max_seconds else 0.0
    return min(1.0, max(by_steps, by_time))


def _left(run: Run, share: float, events: Sequence[Event]) -> str:
    if share >= 1:
        return "measuring the test pictures"
    left = seconds_left(run, events)
    return "first step" if left is None else f"about {duration(left)} left"


def state_word(run: Run) -> str:
    """Name a run's state, or that its weights were imported."""
    return IMPORTED if run.imported else STATES[run.state]


def outcome(run: Run) -> str:
    """Say what came of a run that has ended."""
    if run.imported:
        return _import_words(run)
    figures = f"test accuracy {percent(run.test_accuracy)}" if run.test_accuracy is not None else "no test figures yet"
    measured = f"{run.step:,} steps in {duration(run.seconds)}, {figures}"
    match run.state:
        case "finished":
            return f"Finished{_end(run)}: {measured}."
        case "cancelled":
            why = f" {run.cause}" if run.cause else ""
            return f"Stopped: {measured}. What was measured is kept.{why}" if run.step else "Stopped before it began."
        case "interrupted":
            return f"{run.cause or 'Interrupted.'} Kept: {measured}."
    return run.cause or STATES[run.state]


def _import_words(run: Run) -> str:
    """Say where a run's weights come from, and what they come to here."""
    pictures = DATASETS[run.dataset].title
    if run.test_accuracy is None:
        return f"Imported from {shown(run.imported)}: it has not answered the test pictures of {pictures}."
    return f"Imported from {shown(run.imported)}: test accuracy {percent(run.test_accuracy)} on {pictures}."


def _end(run: Run) -> str:
    """Say which limit ended a run that has finished; nothing where its epochs did."""
    target = run.job.recipe.target_accuracy
    if target is not None and run.test_accuracy is not None and run.test_accuracy >= target:
        return " at the target accuracy"
    return " at the time limit" if run.num_steps is not None and run.step < run.num_steps else ""


def lost_words(run: Run, events: Sequence[Event]) -> str:
    """Say how many of a run's events were damaged in the file; nothing where all are there."""
    lost = run.num_events - len(events)
    if lost <= 0:
        return ""
    return f"{lost:,} of its {run.num_events:,} events cannot be read: the file was damaged. The others are shown."


def percent(share: float | None) -> str:
    """Write a share of 1 as a percentage; nothing for what was not measured."""
    return "" if share is None else f"{100 * share:.1f} %"


def duration(seconds: float) -> str:
    """Write seconds as a person says them: `0.8 s`, `42 s`, `3 min 5 s`, `1 h 10 min`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3_600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3_600} h {whole % 3_600 // 60} min"


def ago(seconds: float) -> str:
    """Write how long ago something was, in its largest unit: `12 s ago`, `5 min ago`, `3 h ago`, `2 d ago`."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size:.0f} {unit} ago"
    return f"{max(0.0, seconds):.0f} s ago"


def recipe_words(recipe: Recipe) -> str:
    """Say a recipe in one line: what is trained on, and how."""
    pictures = DATASETS[recipe.dataset].title
    return f"{pictures} · {length_words(recipe)} · {settings_words(recipe)}, seed {recipe.seed}"


def made_words(run: Run) -> str:
    """Say in one line how a run's network was made: by its recipe, or elsewhere."""
    if run.imported:
        return f"imported from {shown(run.imported)} · {DATASETS[run.dataset].title}"
    return recipe_words(run.job.recipe)


def device_words(run: Run) -> str:
    """Say where a run trains; nothing where it was trained elsewhere."""
    if run.imported:
        return ""
    names = {None: "no device yet", "cpu": "CPU"}
    return names.get(run.device, run.device or "")


def no_curve_words(run: Run) -> str:
    """Say why there is no point of a run's curve yet, or never will be."""
    if run.imported:
        return "These weights were imported: no step was taken here."
    return "The first point draws here in a moment." if run.state in UNFINISHED else "No step was measured."


def curve_words(run: Run) -> str:
    """Say the live curve to those who cannot see it: its latest values."""
    if run.imported:
        return "Training curve: none, since the weights were imported."
    if run.train_loss is None:
        return "Training curve: no point yet."
    test = "" if run.test_accuracy is None else f", test accuracy {percent(run.test_accuracy)}"
    return f"Training curve after {run.step:,} steps: training loss {words.loss(run.train_loss)}{test}."


def forecast_words(forecast: Forecast, device: str, *, measuring: bool, beside: str = "") -> str:
    """Say what a run will cost, before it starts; `beside` says what else trains and waits now."""
    later = "this computer is being measured" if measuring else "the time is known once this computer has less to do"
    lasts = later if forecast.seconds is None else f"about {duration(forecast.seconds)} on {device}"
    lasts += beside
    memory, kept = words.megabytes(forecast.memory_bytes), words.megabytes(forecast.checkpoint_bytes)
    told = [f"{forecast.steps:,} steps", lasts, f"{memory} of memory beside torch's own", f"checkpoint {kept}"]
    return " · ".join([*told, _weights_words(forecast)])


def _weights_words(forecast: Forecast) -> str:
    """Say what is kept of the weights at each look inside, so that one can look in later."""
    if not forecast.weights_layers:
        return "no weights to look into but the last"
    size = words.megabytes(forecast.weights_bytes)
    return f"first filters {size}" if forecast.weights_layers == 1 else f"weights to look into {size}"


def too_large_words(forecast: Forecast, free: int) -> str:
    """Say that a step does not fit into the memory that is free."""
    needed, left = words.megabytes(forecast.memory_bytes), words.megabytes(free)
    return f"A training step needs about {needed} of memory; {left} are free. A smaller batch or network fits."
