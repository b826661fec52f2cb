"""What the run will cost, under the button that starts it; and what makes a long one short."""

from collections.abc import Iterable
from functools import partial

import streamlit as st
import torch

from explorer.architecture.trace import Trace
from explorer.runs.database import StoreError
from explorer.runs.reader import Reader
from explorer.runs.slots import Slot, fitting
from explorer.training.devices import free_bytes
from explorer.training.forecast import Relief, forecast, reliefs, smaller_batch
from explorer.training.speed import Speed
from explorer.ui import state
from explorer.ui.server import calibration, runs, slots, store_errors_in_words
from explorer.views.runs import forecast_words, too_large_words, why_not

JUDGED = 5  # latest runs, whose time is held against what was told
TICK = 1.0  # seconds between two looks at a device that is being measured


def cost_view(trace: Trace) -> None:
    """Show the cost of the session's recipe, if it can be trained; a device that is not known is measured first."""
    found = fitting(slots(), state.session().recipe.device)
    if found and why_not(trace, state.session().recipe) is None:
        unknown = known_speed(found[0]) is None
        st.fragment(_cost, run_every=TICK if unknown else None)(trace, found[0], unknown=unknown)


def known_speed(slot: Slot) -> Speed | None:
    """Give the slot's rates; measure them where they are not known, or not borne out by a run, and nobody trains."""
    if not runs().read_only:
        calibration().judge(slot.device, runs().store.list_runs(JUDGED))
        calibration().measure(slot.device, slot.environment, is_free=partial(_is_idle, runs().store))
    return calibration().speed(slot.device)


def _is_idle(store: Reader) -> bool:
    """Say whether nobody trains; asked from the thread that waits for a measurement too."""
    try:
        return not store.unfinished()
    except StoreError:
        return False


@store_errors_in_words()
def _cost(trace: Trace, slot: Slot, *, unknown: bool) -> None:
    speed = known_speed(slot)
    if unknown and speed:
        st.rerun()
    recipe = state.session().recipe
    cost = forecast(trace, recipe, speed)
    st.caption(forecast_words(cost, slot.device, measuring=calibration().is_measuring(slot.device)))
    free = free_bytes(torch.device("cpu")) if slot.device == "cpu" else None
    if free is not None and cost.memory_bytes > free:
        st.warning(too_large_words(cost, free))
        found = smaller_batch(trace, recipe, free=free)
        _offer([found] if found else [])
    elif speed and cost.is_long:
        st.warning("That is longer than a lesson. AlexNet for 28×28 pictures learns in minutes; or:")
        _offer(reliefs(trace, recipe, speed))


def _offer(changes: Iterable[Relief]) -> None:
    for number, relief in enumerate(changes):
        st.button(relief.label, key=f"relief_{number}", on_click=state.use_recipe, args=(relief.recipe,))
