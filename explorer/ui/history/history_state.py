"""What the session remembers of the history: the search, what was deleted last; and the chosen runs in the link."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

from msgspec.structs import replace

from explorer.runs.store.rows import UNFINISHED, Remarks, Run
from explorer.ui.base import links, state
from explorer.ui.base.attempt import attempt
from explorer.ui.base.server import acting, runs
from explorer.views.runs.history import FALLING_FIRST, Search

MOST_CHOSEN = 50  # that a link names
NAME = re.compile(r"[0-9a-f]{10}")
MORE = 100  # entries that are shown at once
MOST_LETTERS = 200  # of a search


@dataclass
class HistoryState:
    """How a tab searches the history, and what it deleted."""

    search: Search = field(default_factory=Search)
    deleted: tuple[str, ...] = ()  # the runs that were deleted last, which can be restored
    to_restore: tuple[str, ...] = ()  # what was chosen of all that was deleted
    unkept: dict[tuple[str, str], str] = field(default_factory=dict)  # what was typed and refused, by run and field


def remembered() -> HistoryState:
    """Give what this tab's session remembers of the history."""
    return state.session().slice_of(HistoryState)


def chosen_names() -> list[str]:
    """Give the runs, races and sweeps that the link names, each once, as far as these can be names at all."""
    named = (links.read(links.RUNS) or "")[: 20 * MOST_CHOSEN].split(",")
    return list(dict.fromkeys(name for name in named if NAME.fullmatch(name)))[:MOST_CHOSEN]


def names_no_run() -> bool:
    """Tell whether the link has something in the place of runs that cannot name any."""
    return bool(links.read(links.RUNS)) and not chosen_names()


def choose(names: Iterable[str]) -> None:
    """Choose runs, races and sweeps, and name them in the link, so that it shows the same to a classmate."""
    links.write(links.RUNS, ",".join(list(dict.fromkeys(names))[:MOST_CHOSEN]))


def toggle(name: str) -> None:
    """Choose one more, or one less."""
    names = chosen_names()
    choose([other for other in names if other != name] if name in names else [*names, name])


def search_for(query: str) -> None:
    """Show what has all these words, from the beginning; a text that is long for a search is cut."""
    _look(query=query[:MOST_LETTERS], most=MORE)


def sort_by(column: str) -> None:
    """Sort by a column; by the same one again, the other way round."""
    search = remembered().search
    falling = not search.falling if column == search.column else column in FALLING_FIRST
    _look(column=column, falling=falling, most=MORE)


def show_more() -> None:
    """Show more entries."""
    _look(most=remembered().search.most + MORE)


def open_group(group: str) -> None:
    """Show the runs of a race or sweep below it, or hide them."""
    _look(opened=remembered().search.opened ^ {group})


def _look(**changes: object) -> None:
    remembered().search = replace(remembered().search, **changes)


def remark(run_id: str, field: str, value: str) -> None:
    """Keep what a person says of a run in its title, tags or notes; what is refused stays as it was typed."""
    remembered().unkept[run_id, field] = value
    attempt(partial(_remark, run_id, field, value))


def _remark(run_id: str, field: str, value: str) -> None:
    found = runs().store.run(run_id)
    if found is not None:
        said = Remarks(title=found.title, tags=found.tags, notes=found.notes)
        acting().remark(run_id, replace(said, **{field: value}))
    remembered().unkept.pop((run_id, field), None)


def delete(found: Sequence[Run]) -> None:
    """Delete runs, all but those that wait or train, and say how many of these there are."""
    taken = attempt(lambda: acting().delete([run.id for run in found]))
    if taken is None:
        return
    current, left = remembered(), [run for run in found if run.id not in taken and run.state in UNFINISHED]
    current.deleted = tuple(sorted(taken)) or current.deleted  # where none was, the earlier ones can still come back
    state.session().refusal = _not_deleted(len(left))
    choose(run.id for run in left)


def _not_deleted(count: int) -> str:
    if not count:
        return ""
    one = "One run waits or trains and was" if count == 1 else f"{count} runs wait or train and were"
    return f"{one} not deleted. Stop {'it' if count == 1 else 'them'} first."


def restore() -> None:
    """Take back the runs that were deleted last."""
    attempt(_restore)


def _restore() -> None:
    acting().restore(remembered().deleted)
    remembered().deleted = ()


def choose_deleted(names: Iterable[str]) -> None:
    """Choose runs, races and sweeps of those that were deleted."""
    remembered().to_restore = tuple(names)


def restore_deleted(run_ids: Sequence[str]) -> None:
    """Take back runs that were chosen of all that was deleted."""
    attempt(partial(_restore_deleted, run_ids))


def _restore_deleted(run_ids: Sequence[str]) -> None:
    taken, current = acting().restore(run_ids), remembered()
    current.deleted = tuple(run for run in current.deleted if run not in taken)
    current.to_restore = ()
