"""Several runs in one chart: for each its training loss and its test accuracy, apart by colour, dash and mark."""

from collections.abc import Mapping, Sequence
from html import escape
from urllib.parse import quote

from msgspec.structs import replace

from explorer.runs.store.rows import Run
from explorer.training.events import Epoch, Event, Step
from explorer.views.common import words
from explorer.views.common.palette import COLORS, DASHES, SYMBOLS
from explorer.views.common.words import shown
from explorer.views.runs.curves import Axes, Series, thin
from explorer.views.runs.history_table import SVG_DASHES
from explorer.views.runs.run_words import percent

MARKS = "○□◇△×☆"  # as Plotly draws `SYMBOLS`
MOST_OVERLAID = len(COLORS)  # lines that can be told apart
OVERLAY_AXES = Axes(loss="Training loss", accuracy="Test accuracy")
MOST_LETTERS = 48  # of a name in the legend


def overlay_series(runs: Sequence[Run], events: Mapping[str, Sequence[Event]]) -> list[Series]:
    """Give two lines for each of at most six runs."""
    labels = unlike_names(runs)
    return [
        line
        for number, (run, label) in enumerate(zip(runs, labels, strict=True))
        for line in _lines(run, _literal(label), events.get(run.id, ()), number)
    ]


def _lines(run: Run, label: str, events: Sequence[Event], number: int) -> tuple[Series, Series]:
    steps = [event for event in events if isinstance(event, Step)]
    epochs = [event for event in events if isinstance(event, Epoch)]
    loss = thin([event.epoch for event in steps], [event.train_loss for event in steps])
    accuracy = thin([event.epoch for event in epochs], [event.test_accuracy for event in epochs])
    drawn = Series("", label, "loss", "train", COLORS[number], [], [], run.id, DASHES[number], SYMBOLS[number])
    drawn = replace(drawn, in_legend=False)  # `overlay_legend` has room for long names
    key = f"{run.id}/overlaid"
    return (
        replace(drawn, key=f"{key}/loss", x=loss[0], y=loss[1]),
        replace(drawn, key=f"{key}/accuracy", panel="accuracy", split="test", x=accuracy[0], y=accuracy[1]),
    )


def unlike_names(runs: Sequence[Run]) -> list[str]:
    """Give each run a name of its own: shortened, and numbered where two would be one."""
    names = [shown(_short(run.title or run.name)) for run in runs]
    numbers = [names[: place + 1].count(name) for place, name in enumerate(names)]
    return [
        f"{name} ({number})" if names.count(name) > 1 else name for name, number in zip(names, numbers, strict=True)
    ]


def _short(name: str) -> str:
    return name if len(name) <= MOST_LETTERS else name[: MOST_LETTERS - 1] + "…"


def _literal(name: str) -> str:
    """Keep Plotly from reading tags and entities in what a person typed."""
    return name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def overlay_legend(runs: Sequence[Run]) -> str:
    """Write as HTML which line is whose."""
    looks = zip(unlike_names(runs), COLORS, SVG_DASHES.values(), MARKS, strict=False)
    return f'<div class="overlay-legend">{"".join(_key(*look) for look in looks)}</div>'


def _key(name: str, color: str, dash: str, mark: str) -> str:
    line = f'<path d="M0 8H36" stroke="{color}" stroke-width="3" stroke-dasharray="{dash}"/>'
    drawing = quote(f'<svg xmlns="http://www.w3.org/2000/svg" width="36" height="16">{line}</svg>')
    image = f'<img alt="" src="data:image/svg+xml,{drawing}">'
    return f'<span>{image}<b style="color: {color}">{mark}</b> {escape(name)}</span>'


def overlay_words(runs: Sequence[Run]) -> str:
    """Say the chart to those who cannot see it: each run's latest figures."""
    said = [f"{name}: {_figures(run)}" for name, run in zip(unlike_names(runs), runs, strict=True)]
    return f"Training loss and test accuracy of {len(runs)} runs. {'; '.join(said)}."


def _figures(run: Run) -> str:
    loss = "no training loss yet" if run.train_loss is None else f"training loss {words.loss(run.train_loss)}"
    return loss if run.test_accuracy is None else f"{loss}, test accuracy {percent(run.test_accuracy)}"
