"""One run as it goes: its state, how far it is, its controls, its live curve, and what happens inside."""

from collections.abc import Sequence

import streamlit as st

from explorer.runs.store.rows import UNFINISHED, Run
from explorer.training.events import Event
from explorer.training.recipe.recipe import Job
from explorer.ui.base import links, state
from explorer.ui.base.frame import tell_refusal
from explorer.ui.base.server import event_cache, others, runs, seen, store_errors_in_words
from explorer.ui.common.group_progress import place_in_queue, turn_in
from explorer.ui.common.new_button import new_button
from explorer.ui.common.run_names import full_name
from explorer.ui.common.status import status_place
from explorer.ui.components.live_curve import live_curve
from explorer.ui.components.run_progress import run_progress
from explorer.ui.components.watching import Watch, tick, watch_address, watch_told
from explorer.ui.train.probe_view import probe_view
from explorer.ui.train.run_controls import run_controls
from explorer.views.common.words import named, plain
from explorer.views.runs.history import by_words, deletion_words, run_title
from explorer.views.runs.receipt import comparison_words
from explorer.views.runs.run_difference import form_words
from explorer.views.runs.run_words import Progress, device_words, lost_words, made_words, no_curve_words, outcome
from explorer.views.runs.watching import Told, run_told

EMPTY = "Press Train: loss and accuracy draw here."
CURVE_HEIGHT = 430


def run_view(run_id: str | None) -> None:
    """Show the run of an id, live while it goes on; without one, what will stand here."""
    found = seen().run(run_id) if run_id else None
    if run_id and found is None:
        st.warning(f"There is no run {named(run_id)} on this server. It may have been launched on another one.")
    if found and not found.is_readable:
        st.error(plain(f"{run_title(found)}: {found.cause}"), title="The run cannot be read")
        found = None
    if words := deletion_words("This run", [found] if found else []):
        st.info(words)
    going_on = found is not None and found.state in UNFINISHED
    st.fragment(_live, run_every=tick(going_on=going_on))(found.id if found else None, going_on=going_on)


@store_errors_in_words()
def _live(run_id: str | None, *, going_on: bool) -> None:
    tell_refusal()
    if run_id and links.read(links.RUN) != run_id:
        st.rerun()  # a button of this part of the page has opened another run
    found = seen().run(run_id) if run_id else None
    events = event_cache().events(found.id) if found else ()
    told = _told(found, events) if found else None
    above = st.container()  # also while it is empty, so that the charts keep their place and are not built anew
    if found and told:
        with above:
            _headline(found)
            with status_place():
                _beside_the_form(found)
                _status(found, events, told)
            run_controls(found, events)
            if lost := lost_words(found, events):
                st.warning(lost)
    loss, inside = st.columns(2)
    with loss:
        _curve(found, told)
    with inside:
        probe_view(found, events)
    if found and going_on and found.state not in UNFINISHED:
        st.rerun()  # the whole page once more, so that the ticking ends and the list of runs is right


def _told(run: Run, events: Sequence[Event]) -> Told:
    place = place_in_queue([run])
    return run_told(run, events, position=place, starts_in=turn_in(place))


def _watch(run: Run, told: Told) -> Watch | None:
    return watch_told(told, watch_address("run", run.id))


def _curve(run: Run | None, told: Told | None) -> None:
    if run is None or told is None:
        live_curve([], key="curve", alt="Training curve: no run yet.", empty=EMPTY, height=CURVE_HEIGHT)
        return
    live_curve(
        told.series,
        key="curve",
        alt=told.alt,
        empty=no_curve_words(run),
        height=CURVE_HEIGHT,
        marks=told.marks,
        watch=_watch(run, told),
    )


def _headline(run: Run) -> None:
    words, link, new = st.columns([4, 1, 1], vertical_alignment="center")
    name = f"**{plain(full_name(run))}**" + ", continued" * bool(run.continues)
    said = (by_words(run.owner, others()), made_words(run), device_words(run))
    words.markdown(" · ".join([name, *(plain(each) for each in said if each)]))
    if link.button("Its layers", key="layers", width="stretch"):
        links.to_explore(run.job.architecture).follow()
    with new:
        new_button(links.RUN)


def _beside_the_form(run: Run) -> None:
    """Say in what the run differs from the form, in a place of its own: an edit moves nothing."""
    words = form_words(run, Job(architecture=state.session().design, recipe=state.session().recipe))
    with st.container(key="beside_the_form"):
        st.caption(f":material/info: {plain(words)}" if words else "")


def _status(run: Run, events: Sequence[Event], told: Told) -> None:
    if run.state in UNFINISHED:
        run_progress(Progress(told.share, told.words), key="progress", watch=_watch(run, told))
    elif run.state == "failed":
        st.error(plain(outcome(run)), title="The run failed")
    elif run.state == "interrupted":
        st.warning(plain(outcome(run)), title="The run was interrupted")
    elif run.state == "finished":
        st.success(plain(" ".join([outcome(run), *_comparison(run, events)])))
    else:
        st.info(plain(outcome(run)))


def _comparison(run: Run, events: Sequence[Event]) -> list[str]:
    """Say whether an earlier run of the same job, if there is one, gave the same figures."""
    before = None if run.imported else runs().store.earlier_of_same_job(run)
    return [] if before is None else [comparison_words(run, events, before, event_cache().events(before.id))]
