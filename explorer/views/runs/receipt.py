"""What a run's figures rest on, for whoever wants to get them again; and how far they were got again."""

import time
from collections.abc import Iterable, Sequence

import msgspec

from explorer.architecture.spec import Architecture
from explorer.runs.store.rows import Run
from explorer.training.events import Environment, Epoch, Event, LearningRate, Started, Step
from explorer.training.recipe.recipe import Recipe
from explorer.views.runs.run_words import ago, percent

SHOWN = 12  # signs of a checksum


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """All that is needed to get a run's figures again, and those figures."""

    run: str
    launched: str  # in UTC, as ISO 8601 writes it
    continues: str | None  # the run from whose checkpoint it went on
    imported: str | None  # the file that its weights come from, of whose training nothing is known here
    seed: int
    device: str | None
    environment: Environment | None
    learning_rates: tuple[LearningRate, ...]  # changes while it trained
    epochs: tuple[Epoch, ...]
    recipe: Recipe
    architecture: Architecture
    start: Architecture | None  # the network whose first weights it took


def receipt(run: Run, events: Sequence[Event]) -> Receipt:
    """Make a run's receipt."""
    started = _started(events)
    return Receipt(
        run=run.id,
        launched=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(run.created)),
        continues=run.continues,
        imported=run.imported or None,
        seed=run.job.recipe.seed,
        device=run.device,
        environment=started.environment if started else None,
        learning_rates=tuple(event for event in events if isinstance(event, LearningRate)),
        epochs=tuple(event for event in events if isinstance(event, Epoch)),
        recipe=run.job.recipe,
        architecture=run.job.architecture,
        start=run.job.start,
    )


def receipt_json(run: Run, events: Sequence[Event]) -> bytes:
    """Write a receipt as JSON."""
    return msgspec.json.format(msgspec.json.encode(receipt(run, events)), indent=2)


def receipt_rows(run: Run, events: Sequence[Event]) -> dict[str, str]:
    """Say the part of a receipt that the page does not show elsewhere."""
    made = receipt(run, events)
    rows = {"run": made.run, "launched": made.launched}
    if made.imported:
        return rows | {"weights from": made.imported}
    rows |= {"seed": str(made.seed), "device": made.device or "none yet"}
    if made.continues:
        rows["goes on from"] = made.continues
    if made.environment:
        rows |= _environment_rows(made.environment)
    return rows


def _environment_rows(found: Environment) -> dict[str, str]:
    return {
        "processor": found.processor,
        "batch computed": "whole" if found.parts == 1 else f"in {found.parts} parts",
        "threads": str(found.threads) if found.parts == 1 else "1 for each part",
        "versions": f"explorer {found.program}, torch {found.torch}, Python {found.python}",
        "data (SHA-256)": f"{found.data_sha256[:SHOWN]}…",
    }


def comparison_words(run: Run, events: Sequence[Event], before: Run, earlier: Sequence[Event]) -> str:
    """Say whether a run gave the figures of an earlier one of the same job, or by how much they differ, and why."""
    when = f"The same job was run before, {ago(max(0.0, run.created - before.created)).replace(' ago', ' earlier')}"
    if changed := [event for event in (*events, *earlier) if isinstance(event, LearningRate)]:
        return f"{when}, but a learning rate was changed by hand (at step {changed[0].step:,})."
    ours, theirs = _figures(events), _figures(earlier)
    shared = ours.keys() & theirs.keys()
    if not shared:
        return f"{when}: no figure was measured at the same step."
    if all(ours[key] == theirs[key] for key in shared):
        return f"{when}: all {len(shared):,} losses and accuracies are equal to the last bit."
    loss, accuracy = (_difference(ours, theirs, kind) for kind in ("loss", "accuracy"))
    differ = f"losses differ by up to {loss:.2g}, accuracies by up to {percent(accuracy)}"
    return f"{when}: {differ}.{_why(events, earlier)}"


def _figures(events: Iterable[Event]) -> dict[tuple[int, str], float]:
    """Give each figure by its step and name."""
    found: dict[tuple[int, str], float] = {}
    for event in events:
        if isinstance(event, Step):
            found |= {(event.step, "loss"): event.train_loss, (event.step, "accuracy"): event.train_accuracy}
        if isinstance(event, Epoch):
            found |= {(event.step, "test loss"): event.test_loss, (event.step, "test accuracy"): event.test_accuracy}
    return found


def _difference(ours: dict[tuple[int, str], float], theirs: dict[tuple[int, str], float], kind: str) -> float:
    shared = [key for key in ours.keys() & theirs.keys() if key[1].endswith(kind)]
    return max((abs(ours[key] - theirs[key]) for key in shared), default=0.0)


def _why(events: Sequence[Event], earlier: Sequence[Event]) -> str:
    """Name what the runs do not have in common beside their job."""
    ours, theirs = _started(events), _started(earlier)
    if ours is None or theirs is None or ours.environment is None or theirs.environment is None:
        return ""
    pairs = {"device": (ours.device, theirs.device)}
    for name in Environment.__struct_fields__:
        pairs[name] = (getattr(ours.environment, name), getattr(theirs.environment, name))
    other = [f"{name} {now}, then {then}" for name, (now, then) in pairs.items() if now != then]
    if other:
        return f" Not the same: {'; '.join(other)}."
    return " A GPU adds in an order of its own each time." if ours.device != "cpu" else ""


def _started(events: Iterable[Event]) -> Started | None:
    return next((event for event in events if isinstance(event, Started)), None)
