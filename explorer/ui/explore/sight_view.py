"""What the network sees of a picture, and one click for what it does not."""

import streamlit as st

from explorer.architecture.analysis.reach import cures
from explorer.architecture.trace import Trace
from explorer.data.datasets import load
from explorer.ui.base import state
from explorer.views.design.sight import Pixels, blind_words, picture, sight_words

PICTURE_WIDTH = 290  # px
SHOWN = "fashion-mnist-subset"  # it ships with the project


def sight_view(trace: Trace) -> None:
    """Show a picture with the network's blind border and the chosen layer's field on it, and the cures beside it."""
    index, lost = state.session().designs.selected, blind_words(trace)
    seen = sight_words(trace, index)
    with st.container(horizontal=True, key="sight"):
        st.image(picture(trace, index, _sample()), alt=f"{lost} {seen}", width=PICTURE_WIDTH)
        with st.container(gap="small"):
            st.markdown(lost)
            _cures(trace)
            st.caption(seen)


def _cures(trace: Trace) -> None:
    for number, edit in enumerate(cures(trace.architecture)):
        st.button(edit.label, key=f"cure_{number}", on_click=state.change, args=(edit.architecture,))


@st.cache_resource(show_spinner=False)
def _sample() -> Pixels:
    return load(SHOWN).test.images[0, 0].numpy()
