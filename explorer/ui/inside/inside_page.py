"""From the link to the inside of a run's network; without a run, those that one can look into."""

import streamlit as st

from explorer.architecture.trace import trace
from explorer.data.datasets import DataError, find_info
from explorer.runs.store.rows import UNFINISHED, Run
from explorer.training.errors import TrainingError
from explorer.ui.base import links, state
from explorer.ui.base.server import event_cache, runs, seen, store_errors_in_words
from explorer.ui.common.run_names import full_name
from explorer.ui.components.row_table import opening_table
from explorer.ui.inside.inside_view import inside_view
from explorer.views.common.words import named, plain
from explorer.views.inside.layers import inside_of
from explorer.views.inside.shown import Shown, from_link, to_link
from explorer.views.probes.probes import probes_of
from explorer.views.runs.history import alone, run_title
from explorer.views.runs.history_table import entries_table
from explorer.views.runs.run_words import recipe_words
from explorer.web.looking.look_address import look_address
from explorer.web.looking.looked import steps_of, test_pictures

MOST_PARAMS = 2_000_000  # whose weights a browser gets at once, and with which a picture takes some milliseconds
LISTED = 100  # of the last runs
TICK = 2.0  # seconds between two looks at a run that goes on
EMPTY = "No run here has kept its weights yet. Train a network: from its first step on one can look into it here."
NOTHING = "This run kept no weights to look into. Train it again: from its first step on they are kept."


def inside_page(run_id: str | None) -> None:
    """Show the network of a run from the inside."""
    run = seen().run(run_id) if run_id else None
    if run_id and run is None:
        st.warning(f"There is no run {named(run_id)} on this server. It may have been launched on another one.")
    if run is None:
        _list()
    elif not run.is_readable:
        st.error(plain(f"{run_title(run)}: {run.cause}"), title="The run cannot be read")
    else:
        _headline(run)
        st.fragment(_look, run_every=TICK if run.state in UNFINISHED else None)(run.id)


def _list() -> None:
    st.subheader("What does it see?")
    found = [run for run in runs().store.list_runs(LISTED) if run.is_readable and runs().weights(run.id).exists()]
    if not found:
        st.info(EMPTY)
        if st.button("To Train", key="to_train"):
            links.to_run(state.session().design).follow()
        return
    st.markdown("Choose a run: its network opens, from the picture to the answer.")
    opening_table(
        entries_table([alone(run) for run in found]),
        title="Runs with weights",
        selected=None,
        key="weighed_runs",
        on_open=lambda index: links.write(links.RUN, found[index].id),
    )


def _headline(run: Run) -> None:
    words, other = st.columns([9, 2], vertical_alignment="center")
    words.markdown(f"**{plain(full_name(run))}** · {plain(recipe_words(run.job.recipe))}")
    other.button(
        "All runs",
        key="all_runs",
        width="stretch",
        on_click=links.write_all,
        args=({links.RUN: None, links.SHOW: None},),
    )


@store_errors_in_words()
def _look(run_id: str) -> None:
    run = seen().run(run_id)
    if run is None:
        return
    try:
        steps, labels = steps_of(run), test_pictures(run.dataset).labels.tolist()
    except (TrainingError, DataError) as error:
        st.error(plain(str(error)), title="One cannot look into this run")
        return
    if (params := trace(run.job.architecture).totals.num_params) > MOST_PARAMS:
        st.info(
            f"This network has {params:,} parameters. The server that draws the pages looks into those with at most "
            f"{MOST_PARAMS:,}, such as LeNet: larger ones would keep the others waiting."
        )
        return
    if not steps:
        st.info(NOTHING if run.state not in UNFINISHED else "The first look inside comes with the first step.")
        return
    classes = find_info(run.dataset).classes
    inside = inside_of(run.job.architecture, steps, probes_of(event_cache().events(run.id)), classes)
    names = [layer.name for layer in inside.layers]
    shown = from_link(links.read(links.SHOW), pictures=len(labels), steps=steps, layers=names)
    inside_view(inside, shown, address=look_address(run.id), labels=labels, on_choose=_keep)


def _keep(shown: Shown) -> None:
    links.write(links.SHOW, to_link(shown))
