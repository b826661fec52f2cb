"""The list of what was tried as rows that the screen draws: words, numbers, a small picture and small curves."""

import time
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

import msgspec

from explorer.architecture.spec import Architecture
from explorer.runs.store.rows import Run
from explorer.runs.store.small_curve import SmallLine, read_curve
from explorer.views.common.palette import COLORS, DASHES, TEST_COLOR, TRAIN_COLOR
from explorer.views.common.table import Table, TableCell, TableRow
from explorer.views.common.words import loss, shown
from explorer.views.runs.group import states_words
from explorer.views.runs.history import ORDERS, HistoryEntry, best_accuracy, recipe_texts, run_title, told
from explorer.views.runs.run_words import ago, percent, state_word

WIDTH, HEIGHT = 80, 32  # px of the small curves
SVG_DASHES = dict(zip(DASHES, ("", "5 3", "1.5 2.5", "5 2.5 1.5 2.5", "8 3", "8 3 1.5 3"), strict=True))
MOST_LINES = 6  # of the small curves of a race or sweep
NOTE_LETTERS = 160
ROOM = (18, 11, 12, 7, 9, 11)  # characters of each column of the plain table but the recipe's


class Stroke(msgspec.Struct, frozen=True, omit_defaults=True):
    """One small line, as an SVG path says it."""

    path: str
    color: str
    dash: str = ""


class HistoryRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """One row; `cells` are its numbers and words, in the order of the columns after the first two."""

    id: str
    name: str
    words: str
    cells: tuple[str, ...]
    curves: tuple[Stroke, ...] = ()
    curve_words: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""
    picture: int = -1  # its place in the table's pictures; -1: not drawn yet
    group: int = 0  # the number of runs of a race or sweep; 0: a run
    is_open: bool = False  # whether its runs stand below
    is_inside: bool = False  # whether this run stands below its race or sweep
    chosen: int = -1  # which of the chosen it is, from 0


class HistoryTable(msgspec.Struct, frozen=True):
    """The rows, the titles of the columns, the one that they are sorted by, and the pictures as addresses."""

    columns: tuple[str, ...]
    sortable: tuple[str, ...]
    column: str
    falling: bool
    rows: list[HistoryRow]
    pictures: list[str]
    size: tuple[int, int]  # of the small curves


def history_table(
    found: Sequence[HistoryEntry],
    *,
    pictures: Mapping[Architecture, str],
    column: str,
    falling: bool,
    chosen: Sequence[str] = (),
    opened: Collection[str] = (),
    now: float | None = None,
) -> HistoryTable:
    """Lay entries out; the runs of `opened` races and sweeps stand below them."""
    at = time.time() if now is None else now
    places = {picture: place for place, picture in enumerate(dict.fromkeys(pictures.values()))}
    shown = {name: places[picture] for name, picture in pictures.items()}
    numbers = {name: number for number, name in enumerate(chosen)}
    rows = [row for entry in found for row in _rows(entry, shown, numbers, opened=entry.id in opened, now=at)]
    columns = ("Run", "Curves", *(name for name in ORDERS if name != "Run"))
    return HistoryTable(columns, tuple(ORDERS), column, falling, rows, list(places), (WIDTH, HEIGHT))


def _rows(
    entry: HistoryEntry, pictures: Mapping[Architecture, int], chosen: Mapping[str, int], *, opened: bool, now: float
) -> list[HistoryRow]:
    if entry.kind == "run":
        return [_run_row(entry.runs[0], pictures, chosen, now=now, by=entry.by)]
    inside = [_run_row(run, pictures, chosen, now=now, is_inside=True) for run in entry.runs] if opened else []
    return [_group_row(entry, pictures, chosen, opened=opened, now=now), *inside]


def _run_row(
    run: Run,
    pictures: Mapping[Architecture, int],
    chosen: Mapping[str, int],
    *,
    now: float,
    by: str = "",
    is_inside: bool = False,
) -> HistoryRow:
    recipe, _ = recipe_texts(run)
    words = " · ".join(filter(None, [by, shown(run.name) if run.title else "", recipe]))
    return HistoryRow(
        id=run.id,
        name=run_title(run) + ", continued" * bool(run.continues),
        words=words,
        cells=(
            percent(run.test_accuracy),
            percent(best_accuracy(run)),
            _loss(run.train_loss),
            state_word(run),
            ago(now - run.created),
        ),
        curves=run_strokes(run.curve or ""),
        curve_words=_curve_words(run),
        tags=tuple(map(shown, run.tag_list)),
        note=_first_line(run.notes),
        picture=_picture(run, pictures),
        is_inside=is_inside,
        chosen=chosen.get(run.id, -1),
    )


def _group_row(
    entry: HistoryEntry, pictures: Mapping[Architecture, int], chosen: Mapping[str, int], *, opened: bool, now: float
) -> HistoryRow:
    return HistoryRow(
        id=entry.id,
        name=entry.title,
        words=_words(entry),
        cells=(
            percent(entry.test_accuracy),
            percent(entry.best_accuracy),
            _loss(entry.train_loss),
            states_words(entry.runs),
            ago(now - entry.created),
        ),
        curves=group_strokes(entry.runs),
        curve_words=f"The training losses of {_drawn(entry.runs)} of the {entry.extent}.",
        tags=tuple(dict.fromkeys(shown(tag) for run in entry.runs for tag in run.tag_list)),
        picture=_picture(entry.runs[0], pictures),
        group=len(entry.runs),
        is_open=opened,
        chosen=chosen.get(entry.id, -1),
    )


def _picture(run: Run, pictures: Mapping[Architecture, int]) -> int:
    return pictures.get(told(run.job_json).job.architecture, -1) if run.is_readable else -1


def _loss(measured: float | None) -> str:
    return "" if measured is None else loss(measured)


def _first_line(notes: str) -> str:
    line = notes.split("\n", 1)[0]
    return shown(line if len(line) <= NOTE_LETTERS else line[:NOTE_LETTERS] + "…")


def _curve_words(run: Run) -> str:
    if run.train_loss is None:
        return "No curve: the weights were imported." if run.imported else "No curve yet."
    test = "" if run.test_accuracy is None else f", test accuracy {percent(run.test_accuracy)}"
    return f"Latest training loss {loss(run.train_loss)}{test}."


@lru_cache(maxsize=8_192)
def run_strokes(curve: str) -> tuple[Stroke, ...]:
    """Draw a run's training loss, solid, from 0 to its highest, and its test accuracy, dashed, from 0 to 1."""
    kept = read_curve(curve)
    end = max((*kept.loss.x, *kept.accuracy.x), default=0.0)
    loss = _path(kept.loss, end=end, top=max(kept.loss.y, default=0.0))
    accuracy = _path(kept.accuracy, end=end, top=1.0)
    strokes = (Stroke(loss, TRAIN_COLOR), Stroke(accuracy, TEST_COLOR, SVG_DASHES["dash"]))
    return tuple(stroke for stroke in strokes if stroke.path)


def group_strokes(runs: Sequence[Run]) -> tuple[Stroke, ...]:
    """Draw the training losses of a race's first heat, each in its contender's look, or of a sweep's first runs."""
    lines = [read_curve(run.curve).loss for run in runs[: _drawn(runs)]]
    end = max((x for line in lines for x in line.x), default=0.0)
    top = max((y for line in lines for y in line.y), default=0.0)
    looks = zip(lines, COLORS, SVG_DASHES.values(), strict=False)
    strokes = (Stroke(_path(line, end=end, top=top), color, dash) for line, color, dash in looks)
    return tuple(stroke for stroke in strokes if stroke.path)


def _drawn(runs: Sequence[Run]) -> int:
    """Count the runs of a race's first heat, or of a sweep, as many as are drawn."""
    return min(MOST_LINES, sum(run.heat == runs[0].heat for run in runs))


def _path(line: SmallLine, *, end: float, top: float) -> str:
    if not end or not top or not line.x:
        return ""
    points = [(WIDTH * x / end, 1 + (HEIGHT - 2) * (1 - y / top)) for x, y in zip(line.x, line.y, strict=True)]
    if len(points) == 1:
        points = [(0.0, points[0][1]), points[0]]
    return "M" + "L".join(f"{x:.3g} {y:.3g}" for x, y in points)


def entries_table(found: Sequence[HistoryEntry], *, now: float | None = None) -> Table:
    """Lay entries out as a plain table of words; a row's index is its place in `found`."""
    at = time.time() if now is None else now
    rows = [_entry_row(index, entry, at) for index, entry in enumerate(found)]
    return Table(["Run", "Recipe", "State", "Test accuracy", "Best", "Train loss", "Launched"], rows, [], room=ROOM)


def deleted_words(entry: HistoryEntry, *, now: float) -> str:
    """Say in a menu's line what was deleted: `LeNet · by Ada · test accuracy 75.0 % · deleted 5 min ago`."""
    accuracy = f"test accuracy {percent(entry.test_accuracy)}" if entry.test_accuracy is not None else ""
    extent = "" if entry.kind == "run" else entry.extent
    deleted = max(run.deleted or 0.0 for run in entry.runs)
    return " · ".join(filter(None, [entry.title, entry.by, extent, accuracy, f"deleted {ago(now - deleted)}"]))


def _entry_row(index: int, entry: HistoryEntry, now: float) -> TableRow:
    first = entry.runs[0]
    figures = percent(entry.test_accuracy), percent(entry.best_accuracy), _loss(entry.train_loss)
    texts = (states_words(entry.runs), *figures, ago(now - entry.created))
    name = entry.title + ", continued" * bool(first.continues)
    return TableRow(index, name, _words(entry), [TableCell(text) for text in texts])


def _words(entry: HistoryEntry) -> str:
    """Say whose it is, and a run's recipe; of several the best one's, whose figures stand beside it, and its name."""
    recipe, seed = recipe_texts(entry.best)
    said = ", ".join(filter(None, [recipe, seed]))
    if entry.kind != "run":
        said = f"{entry.extent}, best: {run_title(entry.best)} · {recipe}"
    return " · ".join(filter(None, [entry.by, said]))
