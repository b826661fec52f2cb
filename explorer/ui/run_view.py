"""One run as it goes: its state, how far it is, Stop, and its live curve."""

import streamlit as st

from explorer.runs.server import Runs
from explorer.runs.store import UNFINISHED, Run
from explorer.training.events import Evaluating, Event, Step
from explorer.ui import state
from explorer.ui.live_curve import live_curve
from explorer.ui.server import runs, store_errors_in_words
from explorer.views.curves import curve_series
from explorer.views.runs import curve_words, outcome, progress, recipe_words

TICK = 0.4  # seconds between two looks at a run that goes on
EMPTY = "Press Train: loss and accuracy draw here."
CURVE_HEIGHT = 470


def run_view(run: str | None) -> None:
    """Show the run of an id, live while it goes on; without one, what will stand here."""
    found = runs().store.run(run) if run else None
    if run and found is None:
        st.warning(f"There is no run {run} on this server. It may have been launched on another one.")
    going_on = found is not None and found.state in UNFINISHED
    st.fragment(_live, run_every=TICK if going_on else None)(found.id if found else None)


@store_errors_in_words()
def _live(run: str | None) -> None:
    found = runs().store.run(run) if run else None
    if found is None:
        live_curve([], key="curve", alt="Training curve: no run yet.", empty=EMPTY, height=CURVE_HEIGHT)
        return
    events = [event for _, event in runs().store.events(found.id)]
    _headline(found)
    _status(found, events, runs())
    series = curve_series(events, run=found.id)
    live_curve(series, key="curve", alt=curve_words(found), empty=_waiting_words(found), height=CURVE_HEIGHT)
    if found.state not in UNFINISHED and st.session_state.get("watched") == found.id:
        st.session_state["watched"] = None
        st.rerun()  # the whole page once more, so that the ticking ends and the list of runs is right
    if found.state in UNFINISHED:
        st.session_state["watched"] = found.id


def _headline(run: Run) -> None:
    words, link = st.columns([5, 1], vertical_alignment="center")
    words.markdown(f"**{run.name}** · {recipe_words(run.job.recipe)} · {run.device or 'no device yet'}")
    if link.button("Its layers", key="layers", width="stretch"):
        st.switch_page("pages/explore.py", query_params=state.design_parameter(run.job.architecture))


def _status(run: Run, events: list[Event], served: Runs) -> None:
    if run.state in UNFINISHED:
        _going_on(run, events, served)
    elif run.state == "failed":
        st.error(outcome(run), title="The run failed")
    elif run.state == "interrupted":
        st.warning(outcome(run), title="The run was interrupted")
    elif run.state == "finished":
        st.success(outcome(run))
    else:
        st.info(outcome(run))


def _going_on(run: Run, events: list[Event], served: Runs) -> None:
    steps = [event for event in events if isinstance(event, Step)]
    speed = steps[-1].images_per_second if steps else None
    how_far = progress(run, position=served.position(run.id), images_per_second=speed)
    words = _measuring(events) or how_far.words
    bar, stop = st.columns([5, 1], vertical_alignment="center")
    bar.progress(how_far.share, text=words)
    stop.button("Stop", key="stop", width="stretch", on_click=served.cancel, args=(run.id,))


def _measuring(events: list[Event]) -> str:
    last = events[-1] if events else None
    if not isinstance(last, Evaluating):
        return ""
    return f"Measuring the test pictures: {last.done:,} of {last.total:,}."


def _waiting_words(run: Run) -> str:
    return "No step was measured." if run.state not in UNFINISHED else "The first point draws here in a moment."
