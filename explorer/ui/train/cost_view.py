"""What the run will cost, under the button that starts it; and what makes a long one short."""

from collections.abc import Iterable
from functools import partial

import streamlit as st
import torch

from explorer.architecture.trace import Trace
from explorer.runs.scheduler.allocations import LocalAllocation, fitting
from explorer.training.cost.forecast import Relief, forecast, reliefs, smaller_batch
from explorer.training.cost.gate import refusal
from explorer.training.recipe.devices import free_bytes
from explorer.ui.base import state
from explorer.ui.base.attempt import attempt
from explorer.ui.base.number_field import wrong_fields
from explorer.ui.base.server import allocations, calibration, store_errors_in_words
from explorer.ui.common.group_progress import beside
from explorer.ui.common.known_speed import known_speed
from explorer.ui.train.recipe_form import typed_fields
from explorer.views.runs.run_words import forecast_words, too_large_words

TICK = 1.0  # seconds between two looks at a device that is being measured
# Room for the words on what else trains, so that the form below stays where it is when that ends.
STYLE = "<style>.st-key-cost { min-height: 4.25rem }</style>"


def cost_view(trace: Trace) -> None:
    """Show the cost of the session's recipe, if it can be trained; a device that is not known is measured first."""
    if wrong_fields(typed_fields(state.session().recipe)):
        return  # its cost would be that of other numbers than those on the page
    found = fitting(allocations(), state.session().recipe.device)
    if found and refusal(trace, state.session().recipe) is None:
        unknown = known_speed(found[0]) is None
        st.html(STYLE)
        st.fragment(_cost, run_every=TICK if unknown else None)(trace, found, unknown=unknown)


@store_errors_in_words()
def _cost(trace: Trace, found: tuple[LocalAllocation, ...], *, unknown: bool) -> None:
    allocation, speed = found[0], known_speed(found[0])
    if unknown and speed:
        st.rerun()
    recipe = state.session().recipe
    cost = forecast(trace, recipe, speed)
    measuring = calibration().is_measuring(allocation.device)
    with st.container(key="cost"):
        st.caption(forecast_words(cost, allocation.device, measuring=measuring, beside=beside(found)))
    free = free_bytes(torch.device("cpu")) if allocation.device == "cpu" else None
    if free is not None and cost.memory_bytes > free:
        st.warning(too_large_words(cost, free))
        smaller = smaller_batch(trace, recipe, free=free)
        _offer([smaller] if smaller else [])
    elif speed and cost.is_long:
        st.warning("That is longer than a lesson. AlexNet for 28×28 pictures learns in minutes; or:")
        _offer(reliefs(trace, recipe, speed))


def _offer(changes: Iterable[Relief]) -> None:
    for number, relief in enumerate(changes):
        st.button(
            relief.label, key=f"relief_{number}", on_click=attempt, args=(partial(state.use_recipe, relief.recipe),)
        )
