"""What the network sees of a picture, and one click for what it does not."""

import streamlit as st

from explorer.architecture.reach import cures
from explorer.architecture.trace import Trace
from explorer.training.datasets import load
from explorer.ui import state
from explorer.views.sight import Pixels, blind_words, picture, sight_words

SHOWN = "fashion-mnist-subset"  # it ships with the project


def sight_view(trace: Trace) -> None:
    """Show a picture with the network's blind border and the chosen layer's field on it, and the cures."""
    index, lost = state.session().selected, blind_words(trace)
    st.markdown(lost)
    edits = cures(trace.architecture)
    if edits:
        with st.container(horizontal=True, gap="xsmall"):
            for number, edit in enumerate(edits):
                st.button(edit.label, key=f"cure_{number}", on_click=state.change, args=(edit.architecture,))
    seen = sight_words(trace, index)
    st.image(picture(trace, index, _sample()), alt=f"{lost} {seen}")
    st.caption(seen)


@st.cache_resource(show_spinner=False)
def _sample() -> Pixels:
    return load(SHOWN).test.images[0, 0].numpy()
