"""One sweep as it goes: how far it is, Stop, what leads, its table, its parallel axes and its cost against accuracy."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from explorer.runs.store.rows import UNFINISHED, HeldSweep, Run
from explorer.ui.base import links, state
from explorer.ui.base.frame import tell_refusal
from explorer.ui.base.server import acting, event_cache, others, seen, store_errors_in_words
from explorer.ui.common.group_progress import group_progress, place_in_queue, turn_in
from explorer.ui.common.new_button import new_button
from explorer.ui.common.status import status_place, verdict_place
from explorer.ui.components.figure import figure
from explorer.ui.components.row_table import row_table
from explorer.ui.sweep import sweep_state
from explorer.views.common import words
from explorer.views.runs.group import group_state
from explorer.views.runs.history import by_words, deletion_words
from explorer.views.runs.run_words import STATES, Progress, waiting_words
from explorer.views.sweep.cost_scatter import cost_scatter, scatter_words
from explorer.views.sweep.parallel_axes import parallel_figure, parallel_words
from explorer.views.sweep.sweep import (
    Setting,
    best_words,
    cell_words,
    columns_of,
    names_of,
    settings_of,
    sweep_progress,
    sweep_table,
    terms_words,
    title_words,
)

TICK = 2.0  # seconds between two looks at a sweep that goes on: it takes minutes
ABOVE = 24  # rem of the page that the table leaves to what stands above it
PARALLEL_HEIGHT, SCATTER_HEIGHT = 340, 330  # px
NO_LEADER = "What leads stands here once a run was tested."
EMPTY = "Press Start sweep: a table fills here, one row a cell, and each cell draws as a line through its values."
LINES = "Each line is one setting: its values, and at the right what it came to. A click on its points chooses it."
FRONT = "On the Pareto front: no other network is as cheap and better."


def sweep_view(sweep: str | None) -> None:
    """Show the sweep of an id, live while it goes on; without one, what will stand here."""
    found = seen().sweep(sweep) if sweep else None
    if sweep and found is None:
        st.warning(f"There is no sweep {words.named(sweep)} on this server. It may have been started on another one.")
    if found is None:
        st.info(EMPTY)
        return
    going_on = any(run.state in UNFINISHED for run in seen().sweep_runs(found.id))
    st.fragment(_live, run_every=TICK if going_on else None)(found, going_on=going_on)


@store_errors_in_words()
def _live(found: HeldSweep, *, going_on: bool) -> None:
    tell_refusal()
    if links.read(links.SWEEP) != found.id:
        st.rerun()  # a button of this part of the page has closed it
    held = seen().sweep_runs(found.id)
    if gone := deletion_words("This sweep", held):
        st.info(gone)
    still = any(run.state in UNFINISHED for run in held)
    settings = settings_of(found, held)
    title, new = st.columns([5, 1], vertical_alignment="center")
    whose = by_words(found.owner, others())
    title.markdown(f"**{words.plain(title_words(found.sweep))}** {words.plain(whose)}".rstrip())
    with new:
        new_button(links.SWEEP)
    st.caption(words.plain(terms_words(found.sweep)))
    with status_place():
        _status(found, held)
    leader = best_words(found, settings, going_on=still)
    with verdict_place():
        st.markdown(f"##### {words.plain(leader)}") if leader else st.caption(NO_LEADER)
    _table(found, settings)
    _charts(found, settings)
    if going_on and not still:
        st.rerun()  # the whole page once more, so that the ticking ends


def _status(found: HeldSweep, held: Sequence[Run]) -> None:
    named = group_state(held)
    if not any(run.state in UNFINISHED for run in held):
        _ended(named, found, held)
        return
    progress = Progress(*sweep_progress(held, event_cache().of_live(held)))
    if named == "queued":
        place = place_in_queue(held)
        progress = Progress(progress.share, waiting_words(place, starts_in=turn_in(place)))
    stop, end_now = acting().stop_sweep, acting().end_sweep_now
    group_progress("sweep", found.id, held, progress, stop=stop, end_now=end_now)


def _ended(named: str, found: HeldSweep, held: Sequence[Run]) -> None:
    """Say how a sweep ended; what came of it the best setting says."""
    failed = sum(run.state in ("failed", "unreadable") for run in held)
    if named == "interrupted" and found.stopped is None:
        st.warning("It goes on where it was when the server starts again.", title="The sweep was interrupted")
    elif named in ("cancelled", "interrupted"):
        done = sum(run.state == "finished" for run in held)
        st.info(f"Stopped: {done} of {len(held)} runs finished. What was measured is kept.")
    elif named == "finished":
        st.success(f"All {len(held)} runs finished.")
    if failed:
        st.error(f"{failed} of {len(held)} runs failed. Choose one of them: it says why in Train.", title="Runs failed")


def _table(found: HeldSweep, settings: Sequence[Setting]) -> None:
    looks = sweep_state.remembered()
    column, descending = looks.order
    chosen = looks.chosen_cells.get(found.id)
    _ways_on(found, next((each for each in settings if each.cell == chosen), None))
    row_table(
        sweep_table(found, settings, column=column, descending=descending),
        title="Cells",
        selected=chosen,
        key="sweep_cells",
        on_select=partial(sweep_state.choose_cell, found.id),
        on_sort=partial(sweep_state.sort_by, columns_of(found.sweep)),
        above=ABOVE,
    )


def _ways_on(found: HeldSweep, chosen: Setting | None) -> None:
    """Lead from the chosen setting to its runs and its network."""
    if chosen is None:
        st.caption("Choose a row to open its run or its network. A click on a title sorts.")
        return
    with st.container(horizontal=True, vertical_alignment="center", key="chosen_cell"):
        st.markdown(words.plain(cell_words(found, chosen)))
        for run in chosen.runs:
            _ways_from(found, run, several=len(chosen.runs) > 1)
        if chosen.runs and chosen.runs[0].is_readable and st.button("Open its network in Explore", key="open_network"):
            links.to_explore(chosen.runs[0].job.architecture).follow()


def _ways_from(found: HeldSweep, run: Run, *, several: bool) -> None:
    which = f"seed {run.job.recipe.seed}" if several and run.is_readable else "its run"
    label = f"Open {which} in Train ({STATES[run.state]})"
    if st.button(label, key=f"open_run_{run.cell}"):
        links.to_run(state.session().design, run.id).follow()


def _charts(found: HeldSweep, settings: Sequence[Setting]) -> None:
    chosen = sweep_state.remembered().chosen_cells.get(found.id)
    choose = partial(sweep_state.choose_cell, found.id)
    if names_of(found.sweep) and any(each.runs for each in settings):
        drawn, said = parallel_figure(found, settings, chosen), parallel_words(found, settings)
        figure(drawn, key="parallel", alt=said, height=PARALLEL_HEIGHT, on_select=choose)
        st.caption(LINES)
    scatter = cost_scatter(found, settings, chosen)
    if scatter:
        said = scatter_words(found, settings)
        figure(scatter, key="weighed", alt=said, height=SCATTER_HEIGHT, on_select=choose)
        st.caption(words.plain(f"{FRONT} {said}"))
