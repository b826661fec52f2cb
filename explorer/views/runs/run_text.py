"""Runs as text for other programs: CSV for spreadsheets, a line a run; JSON with their whole jobs."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec.structs import asdict

from explorer.runs.store.rows import Run
from explorer.training.recipe.recipe import Recipe
from explorer.views.design.table_text import inert

FIELDS = (  # of a run, under the names that its row has
    *("id", "title", "tags", "notes", "name", "state", "created", "started", "ended", "device", "cause"),
    *("race", "heat", "lane", "sweep", "cell", "continues", "imported", "step", "num_steps", "epoch", "seconds"),
    *("train_loss", "train_accuracy", "test_loss", "test_accuracy"),
)
NAMES = {"name": "network"} | {
    f"{split}_{figure}": f"{split}/{figure}" for split in ("train", "test") for figure in ("loss", "accuracy")
}
RECIPE = Recipe.__struct_fields__


def runs_csv(runs: Sequence[Run]) -> str:
    """Write a line for each run: what is known of it, then its recipe's fields; times are Unix seconds."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*(NAMES.get(field, field) for field in FIELDS), *(f"recipe/{field}" for field in RECIPE)])
    writer.writerows([inert(cell) for cell in _line(run)] for run in runs)
    return text.getvalue()


def _line(run: Run) -> Iterator[str | int | float | None]:
    yield from (getattr(run, field) for field in FIELDS)
    if run.is_readable:
        recipe = _recipe(run)
        yield from (recipe.get(field) for field in RECIPE)


def _recipe(run: Run) -> dict[str, Any]:
    """Give the fields of a run's recipe; of one whose weights were imported its data set, since no other is known."""
    recipe = asdict(run.job.recipe)
    return {"dataset": recipe["dataset"]} if run.imported else recipe


def runs_json(runs: Sequence[Run]) -> str:
    """Write a list of objects, one a run, each with its `job`: the architecture and the recipe, as they were run.

    Of a run that cannot be read the job is `null`.
    """
    return msgspec.json.format(msgspec.json.encode([_object(run) for run in runs])).decode()


def _object(run: Run) -> dict[str, object]:
    known = {NAMES.get(field, field): getattr(run, field) for field in FIELDS}
    if not run.is_readable:
        return known | {"tags": run.tag_list, "job": None}
    job = run.job
    whole = {"architecture": job.architecture, "recipe": _recipe(run)}
    return known | {"tags": run.tag_list, "job": whole | ({"start": job.start} if job.start else {})}
