"""The first things to try, under the stack of a first visit: each one click, which says what to look at."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import streamlit as st
from msgspec.structs import replace

from explorer.architecture import edit
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.ui.base import links, state
from explorer.ui.explore import explore_state
from explorer.ui.race.race_start import start_sigmoid_or_relu

LENET = PRESETS[state.FIRST].architecture
CONV2 = 3  # its place in the book's LeNet
RACE_WORDS = "Look at the two curves: whose loss moves in the first epoch? The gradients below them say why."


class Step(NamedTuple):
    """One thing to try: its button, what it does to the book's LeNet, and what to look at then."""

    label: str
    change: Callable[[Architecture], Architecture]
    look_at: str


def _with_kernel(design: Architecture, size: int) -> Architecture:
    layer = design.layers[CONV2]
    assert isinstance(layer, Conv2d)
    return edit.replace_layer(design, CONV2, replace(layer, kernel_size=size))


STEPS = (
    Step(
        "Make conv2's kernel 3×3",
        partial(_with_kernel, size=3),
        "Look at the marks: conv2 has fewer parameters now, but the whole has more. Its maps stay larger, and fc3 sees "
        "each of their pixels.",
    ),
    Step(
        "Break it",
        partial(_with_kernel, size=15),
        "Look at the red row: it says what does not fit, and each button there mends it. Take the first one.",
    ),
)


def first_steps() -> None:
    """Show the line, until one thing was tried; then what to look at, until the next change."""
    remembered, design = explore_state.remembered(), state.session().design
    if remembered.look_at and remembered.look_at[0] == design:
        st.info(remembered.look_at[1], icon=":material/visibility:")
    elif is_offered():
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="first_steps"):
            st.markdown("Try first", width="content")
            for number, step in enumerate(STEPS):
                st.button(step.label, key=f"step_{number}", on_click=_take, args=(step,))
            if st.button("Does ReLU learn sooner?", key="step_race"):
                remembered.offers_steps = False
                st.toast(RACE_WORDS, icon=":material/visibility:", duration="long")
                race_sigmoid_and_relu()


def is_shown() -> bool:
    """Tell whether there is such a line, for which the stack leaves room."""
    told = explore_state.remembered().look_at
    return is_offered() or (told is not None and told[0] == state.session().design)


def is_offered() -> bool:
    """Tell whether things to try are offered: they are about the book's LeNet, and none where a lesson fixes it."""
    session = state.session()
    return explore_state.remembered().offers_steps and session.design == LENET and session.locks.lets is None


def offer_again() -> None:
    """Bring the book's LeNet and the first things to try with it."""
    explore_state.remembered().offers_steps = True
    explore_state.remembered().offers_made += 1
    state.change(LENET)


def race_sigmoid_and_relu() -> None:
    """Start the race between sigmoid and ReLU in the design, and go to it."""
    links.to_group(links.RACE, state.session().design, start_sigmoid_or_relu()).follow()


def _take(step: Step) -> None:
    state.change(step.change(LENET))
    state.select(CONV2)
    explore_state.remembered().offers_steps = False
    explore_state.remembered().look_at = (state.session().design, step.look_at)
