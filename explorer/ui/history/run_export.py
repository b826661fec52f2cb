"""The Export menu: the chosen runs, or all that were found, as files for other programs."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from explorer.runs.store.rows import Run
from explorer.training.events import Event
from explorer.ui.base.server import runs
from explorer.ui.history import history_state
from explorer.views.runs.run_text import runs_csv, runs_json
from explorer.views.runs.tensorboard import MOST_RUNS, tensorboard_zip

WHAT = (
    "CSV and JSON hold a line or an object for each run: its figures and its recipe; JSON its design too. "
    "TensorBoard's event files hold every point."
)


def run_export(found: Sequence[Run]) -> None:
    """Show the menu's button, and the menu where it is open."""
    menu = st.popover("Export", key="export", on_change="rerun", width="stretch", disabled=not found)
    if menu.open:
        with menu:
            _saves(_exported(found))
            st.caption(WHAT)


def _exported(found: Sequence[Run]) -> list[Run]:
    """Give the chosen runs, or, where none is chosen, all that were found."""
    chosen = runs().store.find_runs(history_state.chosen_names())
    of = "chosen" if chosen else "found"
    exported = chosen or list(found)
    st.markdown(
        f"**The {len(exported):,} run{'s' * (len(exported) != 1)} that {'is' if len(exported) == 1 else 'are'} {of}**"
    )
    return exported


def _saves(exported: Sequence[Run]) -> None:
    """Offer the files, each made when it is asked for: of a thousand runs that takes a while."""
    _save("CSV", "runs.csv", "text/csv", lambda: runs_csv(exported).encode("utf-8-sig"))  # Excel needs the mark
    _save("JSON", "runs.json", "application/json", lambda: runs_json(exported).encode())
    board = partial(tensorboard_zip, exported, _events)
    few = len(exported) <= MOST_RUNS
    why = None if few else f"Of at most {MOST_RUNS} runs. Choose some, or search."
    _save("TensorBoard files (zip)", "runs-tensorboard.zip", "application/zip", board, unless=why)


def _events(run_id: str) -> list[Event]:
    return [event for _, event in runs().store.events(run_id)]


def _save(what: str, file_name: str, mime: str, make: Callable[[], bytes], *, unless: str | None = None) -> None:
    st.download_button(
        f"Save as {what}",
        make,
        file_name=file_name,
        mime=mime,
        on_click="ignore",
        key=f"save_{file_name}",
        disabled=unless is not None,
        help=unless,
        width="stretch",
    )
