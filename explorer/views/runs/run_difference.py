"""In what several runs differ: only the settings and the layers that are not the same in all of them."""

from collections.abc import Sequence
from html import escape

from msgspec.structs import asdict

from explorer.architecture.analysis.difference import align
from explorer.architecture.build import layer_names
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.sizes import shape_words
from explorer.architecture.spec import Architecture
from explorer.runs.store.rows import Run
from explorer.training.recipe.recipe import Job
from explorer.views.common import words
from explorer.views.common.palette import COLORS
from explorer.views.common.table import Table, TableCell, TableRow
from explorer.views.common.words import shown
from explorer.views.design.changes import layers_words
from explorer.views.runs.overlay import unlike_names

Line = tuple[str, list[str]]  # what it is, and its value in each run
Places = dict[int, tuple[int | None, list[int]]]  # of each layer: who stands for it, and who is added after it


def differences(runs: Sequence[Run]) -> Table:
    """Lay out what differs among two or more runs that can be read: a row for each field and layer, a column each."""
    jobs = [run.job for run in runs]
    lines = [
        *_origin_lines(runs),
        *_recipe_lines(jobs),
        *_design_lines([job.architecture for job in jobs]),
        *_start_lines(jobs),
    ]
    rows = [_row(place, *line) for place, line in enumerate(lines)]
    return Table(["What differs", *unlike_names(runs)], rows, [])


def form_words(run: Run, form: Job) -> str:
    """Say in what a run differs from what a form beside it would launch; nothing where it does not."""
    layers = layers_words(form.architecture, run.job.architecture)
    network = f"This run is of {shown(run.name)}, another network than the form's: {layers}." if layers else ""
    lines = [] if run.imported else _recipe_lines([run.job, form])
    settings = ", ".join(f"{name} {values[0]}" for name, values in lines)
    return " ".join(filter(None, [network, f"Its settings are not the form's: {settings}." if settings else ""]))


def difference_summary(table: Table, runs: int) -> str:
    """Say how much differs."""
    if not table.rows:
        return f"Nothing differs: the {runs} runs have the same design and the same recipe."
    fields = len(table.rows)
    return f"{fields} {'thing differs' if fields == 1 else 'things differ'}; all else is the same in the {runs} runs."


def difference_html(table: Table) -> str:
    """Write the table as HTML that scrolls within itself; a value that is not the first run's is marked."""
    first, *names = table.columns
    heads = (
        f'<th scope="col" style="--mark: {color}">{escape(name)}</th>'
        for name, color in zip(names, COLORS, strict=False)
    )
    rows = "".join(map(_html_row, table.rows))
    return (
        '<div class="differences-frame" tabindex="0" role="region" aria-label="Differences">'
        f'<table class="differences"><thead><tr><th scope="col">{first}</th>{"".join(heads)}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _html_row(row: TableRow) -> str:
    others = "".join(f"<td{' class=other' if cell.was else ''}>{escape(cell.text)}</td>" for cell in row.cells)
    return f'<tr><th scope="row">{escape(row.name)}</th><td>{escape(row.words)}</td>{others}</tr>'


def _row(place: int, name: str, values: list[str]) -> TableRow:
    first, *others = values
    cells = [TableCell(value, was=first if value != first else "") for value in others]
    return TableRow(place, name, first, cells)


def _unlike(lines: Sequence[Line]) -> list[Line]:
    return [(name, values) for name, values in lines if len(set(values)) > 1]


def _origin_lines(runs: Sequence[Run]) -> list[Line]:
    """Tell whose weights were imported: the settings of such a run are a recipe's that it never had."""
    origins = [f"imported from {shown(run.imported)}" if run.imported else "trained" for run in runs]
    return _unlike([("weights", origins)])


def _recipe_lines(jobs: Sequence[Job]) -> list[Line]:
    recipes = [asdict(job.recipe) for job in jobs]
    return _unlike([(field.replace("_", " "), [words.value(each[field]) for each in recipes]) for field in recipes[0]])


def _start_lines(jobs: Sequence[Job]) -> list[Line]:
    """Tell whose first weights each takes, where a race gave it another's."""
    return _unlike([("first weights as", [job.start.name if job.start else "its own" for job in jobs])])


def _design_lines(designs: Sequence[Architecture]) -> list[Line]:
    shapes: Line = ("input", [shape_words(design.input_shape) for design in designs])
    return _unlike([("network", [design.name for design in designs]), shapes, *_layer_lines(designs)])


def _layer_lines(designs: Sequence[Architecture]) -> list[Line]:
    """Give a line for each layer of the first design, and for each that another has between them."""
    first, *others = designs
    places = [_places(first.layers, other.layers) for other in others]
    names = layer_names(first.layers)
    lines = list[Line]()
    for here in range(-1, len(first.layers)):
        if here >= 0:
            own = [_at(other, place[here][0]) for other, place in zip(others, places, strict=True)]
            lines.append((names[here], [_layer(first.layers[here]), *own]))
        lines += _added(here, others, places)
    return lines


def _places(ours: Sequence[Layer], theirs: Sequence[Layer]) -> Places:
    """Tell for each place of ours who stands there in the other stack, and who is added after it; -1: before all."""
    found: Places = {-1: (None, [])}
    last = -1
    for pair in align(ours, theirs):
        if pair.ours is not None:
            last = pair.ours
            found[last] = (pair.theirs, [])
        elif pair.theirs is not None:
            found[last][1].append(pair.theirs)
    return found


def _added(here: int, others: Sequence[Architecture], places: Sequence[Places]) -> list[Line]:
    most = max(len(place[here][1]) for place in places)
    name = "added before" if here < 0 else "added here"
    pairs = list(zip(others, places, strict=True))
    return [(name, [words.NONE, *(_nth(other, place[here][1], n) for other, place in pairs)]) for n in range(most)]


def _nth(design: Architecture, added: Sequence[int], number: int) -> str:
    return _at(design, added[number] if number < len(added) else None)


def _at(design: Architecture, place: int | None) -> str:
    return words.NONE if place is None else _layer(design.layers[place])


def _layer(layer: Layer) -> str:
    return " ".join(filter(None, [type(layer).__name__, layer.describe()]))
