"""What happens inside the network of a run, at any moment of it: gradients, what is stuck, outputs, one layer."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from explorer.runs.store.rows import UNFINISHED, Run
from explorer.training.events import Event, Probe, Step
from explorer.training.recipe.probe_steps import is_probed, spacing
from explorer.ui.base.inputs import keyed_default, keyed_option
from explorer.ui.base.server import event_cache, runs
from explorer.ui.components.controls.time_bar import time_bar
from explorer.ui.components.figure import figure
from explorer.ui.train import train_state
from explorer.views.common.figure import Figure
from explorer.views.probes import probe_figures, probe_words
from explorer.views.probes.probes import (
    are_comparable,
    layer_at,
    place_of,
    probes_of,
    stuck_layers,
)

FIGURE_HEIGHT = 180  # px
LOOKED_AT = 20  # of an owner's latest runs, for one to compare with
COMPARED = 3  # of those, runs of the same network whose probes are read


def probe_view(run: Run | None, events: Sequence[Event]) -> None:
    """Show a run's probes at the moment that was chosen, the newest if none was; or why there are none."""
    probes = probes_of(events)
    if run is None or not probes:
        st.info(_nothing_words(run, events))
        return
    looks = train_state.remembered()
    at = place_of(probes, looks.moments.get(run.id))
    if at == len(probes) - 1 and (step := _astray(run, probes[at], events)):
        st.warning(probe_words.lost_words(probes[at], step))
    _views_menu(probes[at])
    moments = [probe_words.moment_words(probe) for probe in probes]
    time_bar(moments, at=at, key="time", on_move=partial(_move, run.id, probes))
    VIEWS[looks.opened_probe](run, probes, at)


def _nothing_words(run: Run | None, events: Sequence[Event]) -> str:
    if run is None:
        return "Once it trains, this shows how much gradient each layer gets, and why."
    if run.imported:
        return "These weights were imported, so nothing is known of their gradients. Look inside shows what they make."
    if run.state in UNFINISHED:
        return "The first look inside comes with the first step."
    if any(isinstance(event, Step) for event in events):
        return "This run was trained by a version that did not look inside. Train it again to see its gradients."
    return "The run ended before the first look inside."


def _astray(run: Run, last: Probe, events: Sequence[Event]) -> int | None:
    """Give the step of a run of which a later look inside found no finite numbers; None where all is well."""
    step = max((event.step for event in events if isinstance(event, Step)), default=0)
    between = spacing(run.num_steps or 1, pictures=last.pictures, batch_size=run.job.recipe.batch_size)
    due = range(last.step + 1, step)  # the last step's own probe may still come
    return step if any(is_probed(each, num_steps=run.num_steps or 1, spacing=between) for each in due) else None


def _move(run_id: str, probes: Sequence[Probe], place: int) -> None:
    """Go to a moment; at the newest one the bar follows the run again."""
    newest = place >= len(probes) - 1
    train_state.look_at(run_id, None if newest else probes[place].step)


def _views_menu(probe: Probe) -> None:
    opened = train_state.remembered().opened_probe
    titles = {
        "gradients": "Gradients",
        "stuck": probe_words.stuck_title(probe),
        "outputs": "Outputs",
        "layer": "One layer",
    }
    st.segmented_control(
        "Inside the network",
        list(VIEWS),
        required=True,
        format_func=titles.__getitem__,
        label_visibility="collapsed",
        **keyed_default("inside", opened, train_state.open_probe),
    )


def _draw(drawn: Figure, words: str, on_select: Callable[[int], None] | None = None) -> None:
    figure(drawn, key="inside_figure", alt=words, height=FIGURE_HEIGHT, on_select=on_select)


def _gradients(run: Run, probes: Sequence[Probe], at: int) -> None:
    probe, beside = probes[at], _other_run(run, probes[at])
    headline = probe_words.gradient_words(probe)
    st.markdown(f"**{headline}** {probe_words.why_words(probe)}")
    _draw(probe_figures.gradient_figure(probes, at, beside), headline, train_state.look_into)
    compared = [probe_words.beside_words(probe, beside)] if beside else []
    st.caption("  \n".join([probe_words.movement_words(probe), *compared]))


def _other_run(run: Run, probe: Probe) -> Sequence[Probe]:
    """Find the probes of its owner's latest other run of that network that has the same layers, other activations."""
    latest = runs().store.list_runs(LOOKED_AT, owner=run.owner)
    named = [other for other in latest if other.name == run.name and other.id != run.id][:COMPARED]
    found = (probes_of(event_cache().events(other.id)) for other in named)
    return next((probes for probes in found if probes and are_comparable(probe, probes[0])), [])


def _stuck(_: Run, probes: Sequence[Probe], at: int) -> None:
    words = probe_words.stuck_words(probes[at])
    st.markdown(words)
    if stuck_layers(probes[at]):
        _draw(probe_figures.stuck_figure(probes, at), words)


def _outputs(_: Run, probes: Sequence[Probe], at: int) -> None:
    words = probe_words.outputs_words(probes[at])
    st.markdown(words)
    _draw(probe_figures.outputs_figure(probes, at), words, train_state.look_into)


def _layer(_: Run, probes: Sequence[Probe], at: int) -> None:
    names = {layer.index: layer.name for layer in probes[at].layers}
    index = layer_at(probes[at], train_state.remembered().probed_layer).index
    st.selectbox(
        "Layer",
        format_func=names.__getitem__,
        label_visibility="collapsed",
        **keyed_option("probed_layer", index, train_state.look_into, options=names),
    )
    words = probe_words.layer_words(probes[at], index)
    _draw(probe_figures.layer_figure(probes, at, index), words)
    st.caption(words)


VIEWS: dict[str, Callable[[Run, Sequence[Probe], int], None]] = {
    "gradients": _gradients,
    "stuck": _stuck,
    "outputs": _outputs,
    "layer": _layer,
}
