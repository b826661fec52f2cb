"""Two runs side by side: whom a picture was answered right by, and whether their difference is more than chance."""

from collections.abc import Sequence

import streamlit as st

from explorer.training.answers.answer_file import Kept
from explorer.training.answers.mistakes import Differences, differences, worst
from explorer.ui.base.inputs import keyed_default
from explorer.ui.mistakes import mistakes_state
from explorer.ui.mistakes.mistakes_view import cell_pictures, run_matrix, show_pictures
from explorer.views.common.words import plain
from explorer.views.mistakes.mistakes import (
    FORMULA,
    HEAPS,
    ONE_TRAINING,
    Heap,
    difference_words,
    heap_label,
    read_cell,
)


def two_runs(first: Kept, second: Kept, names: tuple[str, str], *, unfair: str) -> None:
    """Show where two runs differ: the verdict, the pictures that one gets right and the other not, both matrices.

    `unfair` is why the two cannot be compared fairly, if they cannot.
    """
    if (first.header.dataset, first.header.data_sha256) != (second.header.dataset, second.header.data_sha256):
        st.warning(
            f"One was tested on {first.header.dataset}, the other on {second.header.dataset} or other pictures of it. "
            "Two runs can be compared on the same pictures only.",
            title="They answered to different pictures",
        )
        return
    found = differences(first.answers, second.answers)
    with st.container(border=True, key="difference"):
        st.markdown(f"##### {plain(difference_words(found, names, unfair=unfair))}")
    cell = read_cell(mistakes_state.shown(), len(first.header.classes), num_runs=2)
    if cell is None:
        _heap([first, second], names, found)
    else:
        cell_pictures([first, second], names, cell, back="Back to where they differ")
    for lane, (column, kept) in enumerate(zip(st.columns(2, gap="medium"), (first, second), strict=True)):
        with column:
            run_matrix(kept, cell, lane=lane, name=names[lane], key=f"matrix_{lane}")
    if not unfair:
        st.caption(f"{FORMULA} {ONE_TRAINING}")


def _heap(kept: Sequence[Kept], names: Sequence[str], found: Differences) -> None:
    shown: Heap = next((heap for heap in HEAPS if heap == mistakes_state.shown()), HEAPS[0])
    st.segmented_control(
        "Pictures",
        HEAPS,
        format_func=lambda heap: plain(heap_label(heap, found, names)),
        required=True,
        label_visibility="collapsed",
        **keyed_default("heap", shown, mistakes_state.show),
    )
    numbers = {
        "first": found.only_first,
        "second": found.only_second,
        "neither": found.both_wrong,
        "both": found.both_right,
        "worst": worst(kept[0].answers),
        "worst-1": worst(kept[1].answers),
    }[shown]
    if len(numbers):
        show_pictures(kept, names, numbers, name=shown)
    else:
        st.caption("There is no such picture.")
