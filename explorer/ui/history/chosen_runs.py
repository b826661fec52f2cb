"""What is chosen of the history: one run to open, name and note; a race or a sweep to open; several runs to compare."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import streamlit as st

from explorer.runs.store.rows import ENDED, SAID, Run
from explorer.ui.base import links, state
from explorer.ui.base.attempt import attempt
from explorer.ui.base.inputs import keyed_value
from explorer.ui.base.server import acting, event_cache, others, runs
from explorer.ui.components.live_curve import live_curve
from explorer.ui.history import history_state
from explorer.ui.history.run_comparison import run_comparison
from explorer.views.common.words import plain
from explorer.views.runs.curves import curve_series
from explorer.views.runs.history import HistoryEntry, by_words, entries, recipe_texts, run_title
from explorer.views.runs.run_words import curve_words, lost_words, no_curve_words, outcome

CURVE_HEIGHT = 300
HINT = "Choose a run to open, name or note it. Choose several to lay their curves over each other and see what differs."
LOST = (
    "Not all runs that this link names are in this server's history: they were deleted, or launched on another server."
)


def chosen_runs() -> None:
    """Show what is chosen, or what can be."""
    names = history_state.chosen_names()
    found = in_order(runs().store.find_runs(names), names)
    there = {name for run in found for name in (run.id, run.group)}
    if history_state.names_no_run() or not there.issuperset(names):
        st.warning(LOST)
    if not found:
        st.caption(HINT if runs().store.list_runs(1) else "")
    elif len(names) == 1 and found[0].group == names[0]:
        _group(entries(found, runs().store.group_titles(), others())[0])
    elif len(found) == 1:
        _run(found[0])
    else:
        run_comparison(found)
        delete_button(found)


def in_order(found: Sequence[Run], names: Sequence[str]) -> list[Run]:
    """Sort runs as they, or their races and sweeps, were chosen."""
    place = {name: number for number, name in enumerate(names)}
    last = len(names)
    return sorted(found, key=lambda run: (_first(place, run, last), run.heat, run.lane, run.cell))


def _first(place: Mapping[str, int], run: Run, last: int) -> int:
    return min(place.get(run.id, last), place.get(run.group or "", last))


def _group(entry: HistoryEntry) -> None:
    st.markdown(f"##### {plain(entry.title)}")
    said = plain(" ".join(filter(None, [entry.extent, entry.by])))
    st.caption(f"A {said}. Its arrow in the list shows {'it' if len(entry.runs) == 1 else 'them one by one'}.")
    with st.container(horizontal=True):
        if st.button(f"Open the {entry.kind}", key="open_group", type="primary"):
            links.to_group(entry.kind, state.session().design, entry.id).follow()
        delete_button(entry.runs)
    if len(entry.runs) == 1:
        _course(entry.runs[0])
    else:
        run_comparison(entry.runs)


def _run(run: Run) -> None:
    st.markdown(f"##### {plain(run_title(run))}")
    said = [by_words(run.owner, others()), run.name if run.title else "", ", ".join(recipe_texts(run))]
    if run.is_readable:
        st.caption(plain(" · ".join(filter(None, said))))
        _ways_on(run)
    else:
        delete_button([run])
    _names(run)
    _course(run)
    _field(run, "notes", st.text_area, run.notes, placeholder="What was tried, and what came of it")


def _course(run: Run) -> None:
    """Draw how a run went, and say what came of it."""
    events = event_cache().events(run.id)
    series, empty = curve_series(events, run_id=run.id), no_curve_words(run)
    live_curve(series, key="curve", alt=curve_words(run), empty=empty, height=CURVE_HEIGHT)
    if lost := lost_words(run, events):
        st.warning(lost)
    if run.state in ENDED:
        st.markdown(plain(outcome(run)))


def _ways_on(run: Run) -> None:
    job = run.job
    with st.container(horizontal=True):
        if st.button("Open in Train", key="open_train", type="primary", help="Its live page, and its recipe to vary."):
            attempt(partial(state.use_job, job))
            links.to_run(state.session().design, run.id).follow()
        if st.button("Open its design", key="open_design", help="On the Explore page."):
            links.to_explore(job.architecture).follow()
        if runs().weights(run.id).exists() and st.button("Look inside", key="look_inside"):
            links.to_inside(job.architecture, run.id).follow()
        kind = "race" if run.race else "sweep"
        if run.group and st.button(f"Open its {kind}", key="open_group"):
            links.to_group(kind, state.session().design, run.group).follow()
        delete_button([run])


def _names(run: Run) -> None:
    name, tags = st.columns(2)
    with name:
        _field(run, "title", st.text_input, run.title, placeholder=run.name)
    with tags:
        _field(run, "tags", st.text_input, run.tags, placeholder="with commas between")


def _field(run: Run, field: str, widget: Callable[..., object], kept: str, *, placeholder: str) -> None:
    """Ask for what a person says of the run; it is kept when the field is left, or by Enter."""
    value = history_state.remembered().unkept.get((run.id, field), kept)
    widget(
        SAID[field],
        placeholder=placeholder,
        disabled=acting().refusal(run.owner) is not None,
        **keyed_value(f"{field}_{run.id}", value, partial(history_state.remark, run.id, field)),
    )


def delete_button(found: Sequence[Run]) -> None:
    """Offer to delete runs; it can be undone."""
    ended = [run for run in found if run.state in ENDED]
    refusal = next(filter(None, (acting().refusal(run.owner) for run in found)), None)
    why = None if ended else "It waits or trains: stop it first." if len(found) == 1 else "All wait or train."
    st.button(
        "Delete" if len(found) == 1 else f"Delete {len(found)} runs",
        key="delete_runs",
        icon=":material/delete:",
        disabled=not ended or refusal is not None,
        help=refusal or why,
        on_click=history_state.delete,
        args=(list(found),),
    )
