"""What the next sweep is: what varies, with which values, how its cells are chosen, what it costs; and the button."""

from functools import partial

import streamlit as st
import torch

from explorer.architecture.kinds import ACTIVATIONS, POOLINGS
from explorer.architecture.trace import trace
from explorer.experiments.sweep.axis_text import (
    MOST_VARIED,
    RANGE,
    SweepSetup,
    epochs,
    offered,
    text_of,
    varied,
)
from explorer.experiments.sweep.cost import SweepCost, sweep_cost
from explorer.experiments.sweep.sweep import MAX_CELLS, Sweep, field_words, lay_out
from explorer.runs.scheduler.allocations import LocalAllocation, fitting
from explorer.training.recipe.devices import free_bytes
from explorer.training.recipe.recipe import BOUNDS, CHOICES, Job
from explorer.ui.base import state
from explorer.ui.base.fields import edit_field
from explorer.ui.base.inputs import keyed_default, keyed_value
from explorer.ui.base.number_field import NumberField, number_field, wrong_fields
from explorer.ui.base.server import allocations, calibration, store_errors_in_words
from explorer.ui.common.group_progress import beside
from explorer.ui.common.known_speed import known_speed
from explorer.ui.common.network_summary import network_summary
from explorer.ui.common.start_button import start_button
from explorer.ui.sweep import sweep_state
from explorer.ui.sweep.sweep_start import next_sweep, start_here
from explorer.views.common import words
from explorer.views.common.typed_number import NumberRule
from explorer.views.sweep.sweep import cost_words, value_words

SETTINGS, DRAW_SEED = "Settings", "Drawn with seed"
TICK = 1.0  # seconds between two looks at a device that is being measured
NAMES = {"activation": tuple(ACTIVATIONS), "pooling": tuple(POOLINGS), **CHOICES}  # fields whose values are names
VALUES_HELP = f"Values with commas between them; in a random search also a range: 0.01{RANGE}1."
NOTES = {
    "width": "Factors of every convolution's channels and every hidden dense layer's numbers.",
    "kernel_size": "Of every convolution; its padding follows, so that maps keep their size where that can be.",
    "seed": "Each setting is trained with every seed: its median and range are shown.",
}


def sweep_form() -> None:
    """Show the next sweep, ready to start, its cost, and all that can be chosen about it."""
    session = state.session()
    traced = trace(session.design)
    network_summary(traced)
    sweep, cause = next_sweep()
    fields = _typed()
    icon = ":material/grid_on:"
    start_button("Start sweep", traced, cause, start_here, key="start_sweep", icon=icon, fields=fields)
    if sweep and not wrong_fields(fields):
        _cost(sweep)
    setup = sweep_state.remembered().setup
    _fields(setup)
    for name in varied(setup, session.design):
        _values(setup, name)
    _way(setup)
    _length(setup)
    seeds = "Each setting has the same seeds" if "seed" in varied(setup, session.design) else "All cells have one seed"
    st.caption(f"All else is as the Train page has it. {seeds}, so they begin alike.")


def _typed() -> dict[str, float | None]:
    """Give the numbers that the form has fields for, by their labels."""
    setup = sweep_state.remembered().setup
    drawn = {} if setup.draws is None else {SETTINGS: setup.draws, DRAW_SEED: setup.draw_seed}
    return {"epochs": epochs(setup, state.session().recipe), **drawn}


def _cost(sweep: Sweep) -> None:
    """Show the sweep's cost; a device that is not known is measured first."""
    found = fitting(allocations(), sweep.base.recipe.device)
    if found and not all(cell.cause for cell in lay_out(sweep)):
        unknown = known_speed(found[0]) is None
        st.fragment(_told_cost, run_every=TICK if unknown else None)(sweep, found, unknown=unknown)


@store_errors_in_words()
def _told_cost(sweep: Sweep, found: tuple[LocalAllocation, ...], *, unknown: bool) -> None:
    allocation, speed = found[0], known_speed(found[0], abreast=len(found))
    if unknown and speed:
        st.rerun()
    cost = sweep_cost(sweep, speed, abreast=len(found))
    measuring = calibration().is_measuring(allocation.device)
    st.caption(cost_words(cost, allocation.device, abreast=len(found), measuring=measuring, beside=beside(found)))
    _warn(cost, allocation)


def _warn(cost: SweepCost, allocation: LocalAllocation) -> None:
    free = free_bytes(torch.device("cpu")) if allocation.device == "cpu" else None
    if free is not None and cost.memory_bytes > free:
        left = words.megabytes(free)
        st.warning(f"Its largest runs need more memory than is free ({left}). A smaller batch or network fits.")
    if cost.is_long:
        st.warning("That is longer than a lesson. Fewer cells, fewer epochs or fewer pictures make it short.")


def _fields(setup: SweepSetup) -> None:
    names = offered(state.session().design)
    chosen = list(varied(setup, state.session().design))
    st.multiselect(
        f"What varies (1 to {MOST_VARIED})",
        names,
        max_selections=MOST_VARIED,
        format_func=field_words,
        placeholder="Choose what varies",
        help="Of the whole network, of the recipe, or of one layer.",
        **keyed_default("sweep_fields", chosen, sweep_state.vary),
    )


def _values(setup: SweepSetup, name: str) -> None:
    """Show the values of a field: names to choose from, or numbers to type."""
    base = Job(architecture=state.session().design, recipe=state.session().recipe)
    text = text_of(setup, name, base)
    if name in NAMES:
        _names(name, text)
        return
    st.text_input(
        field_words(name).capitalize(),
        help=f"{NOTES.get(name, '')} {VALUES_HELP}",
        **keyed_value(f"sweep_{name}", text, partial(sweep_state.type_values, name)),
    )


def _names(name: str, text: str) -> None:
    chosen = [each.strip() for each in text.split(",") if each.strip() in NAMES[name]]
    st.pills(
        field_words(name).capitalize(),
        NAMES[name],
        selection_mode="multi",
        wrap=True,
        format_func=partial(value_words, name),
        **keyed_default(f"sweep_{name}", chosen, partial(_choose_names, name)),
    )


def _choose_names(name: str, values: list[str]) -> None:
    sweep_state.type_values(name, ", ".join(values) or ",")  # nothing chosen is not what is proposed


def _way(setup: SweepSetup) -> None:
    said = {False: "Every combination", True: "Random"}
    draws = setup.draws is not None
    st.segmented_control(
        "Cells",
        list(said),
        required=True,
        format_func=said.__getitem__,
        help="A random search sees more values of each field in as many runs, which is better when few of them matter.",
        **keyed_default("sweep_way", draws, sweep_state.draw_at_random),
    )


def _length(setup: SweepSetup) -> None:
    """Show how many settings are drawn, with which seed, and how long each trains."""
    recipe = state.session().recipe
    columns = st.columns(2 if setup.draws is None else 3)
    with columns[0]:
        edit_field("epochs", epochs(setup, recipe), BOUNDS["epochs"], on_change=sweep_state.choose)
    if setup.draws is not None:
        with columns[1]:
            _number(SETTINGS, "draws", setup.draws, highest=MAX_CELLS, least=1)
        with columns[2]:
            _number(DRAW_SEED, "draw_seed", setup.draw_seed, highest=2**31 - 1, least=0)


def _number(label: str, field: str, value: int, *, least: int, highest: int) -> None:
    allowed = f"a whole number at least {least:,}, at most {highest:,}"
    rule = NumberRule(allowed, is_whole=True, low=least, high=highest, step=1)
    number_field(NumberField(label, value, rule, f"sweep_{field}", partial(sweep_state.choose, field)))
