"""What a run got wrong: its confusion matrix, accuracy by class, and the pictures of what is chosen there."""

from collections.abc import Sequence

import streamlit as st
from torch import Tensor

from explorer.data.datasets import DataError, Pictures, load
from explorer.training.answers.answer_file import Kept
from explorer.training.answers.answered_pictures import answered_pictures
from explorer.training.answers.answers import Answers
from explorer.training.answers.mistakes import confusion, in_cell, worst
from explorer.ui.base import links
from explorer.ui.base.server import runs, seen
from explorer.ui.components.confusion_grid import confusion_grid
from explorer.ui.components.picture_grid import picture_grid
from explorer.ui.mistakes import mistakes_state
from explorer.views.common.words import plain
from explorer.views.inside.shown import of_picture
from explorer.views.mistakes.confusion import frequent_words, matrix
from explorer.views.mistakes.mistakes import (
    ChosenCell,
    captions,
    cell_words,
    read_cell,
    score_words,
    worst_words,
    write_cell,
)
from explorer.views.mistakes.picture_sheet import PictureSheet, picture_sheet

PER_PAGE = 24  # pictures
HINT = "Choose a cell for its pictures. Blue is right, orange mistaken; the stronger, the more."
SURE = "Above: the class, and the probability that the network gave it. Below: its answer with its probability."
SURE_OF_TWO = "Above: the class. Below: what each network answered, with the probability that it gave its answer."


def one_run(kept: Kept) -> None:
    """Show one run: its matrix, and beside it the worst mistakes or the pictures of the chosen cell."""
    cell = read_cell(mistakes_state.shown(), len(kept.header.classes), num_runs=1)
    table, pictures = st.columns([6, 5], gap="medium")
    with table:
        run_matrix(kept, cell, key="matrix")
    with pictures:
        if cell is None:
            numbers = worst(kept.answers)
            st.markdown(f"##### {worst_words(len(numbers))}")
            show_pictures([kept], [""], numbers, name="worst")
        else:
            cell_pictures([kept], [""], cell, back="Back to the worst mistakes")


def run_matrix(kept: Kept, cell: ChosenCell | None, *, key: str, lane: int = 0, name: str = "") -> None:
    """Draw a run's confusion matrix with its accuracy by class; of two runs, the name and, from 0, which it is."""
    classes = kept.header.classes
    counts = confusion(kept.answers, len(classes))
    score = (f"{name}: " if name else "") + score_words(kept.answers, kept.header.step)
    st.markdown(f"##### {plain(score)}")
    confusion_grid(
        matrix(counts, classes),
        title=f"Confusion matrix. {score}",
        selected=(cell.truth, cell.answer) if cell and cell.lane == lane else None,
        key=key,
        on_select=lambda truth, answer: mistakes_state.show(write_cell(ChosenCell(truth, answer, lane))),
    )
    st.caption(f"{frequent_words(counts, classes)} {HINT}")


def cell_pictures(kept: Sequence[Kept], names: Sequence[str], cell: ChosenCell, *, back: str) -> None:
    """Show the pictures of a chosen cell, and the way back to what was shown before."""
    own = kept[cell.lane]
    numbers = in_cell(own.answers, truth=cell.truth, answer=cell.answer)
    whose = f"{names[cell.lane]}: " if names[cell.lane] else ""
    st.markdown(f"##### {plain(whose)}{cell_words(cell, len(numbers), own.header.classes)}")
    st.button(back, key="back", on_click=mistakes_state.show, args=(None,))
    show_pictures(kept, names, numbers, name=write_cell(cell))


def show_pictures(kept: Sequence[Kept], names: Sequence[str], numbers: Tensor, *, name: str) -> None:
    """Show pictures of these numbers a page at a time, each with what was answered; `name` tells lists apart."""
    if not len(numbers):
        return
    pages = -(-len(numbers) // PER_PAGE)
    place = st.container()
    runs = "-".join(one.header.run for one in kept)
    page = st.pagination(pages, key=f"page-{runs}-{name}") if pages > 1 else 1
    shown = tuple(numbers[(page - 1) * PER_PAGE : page * PER_PAGE].tolist())
    given: list[Answers] = [one.answers for one in kept]
    with place:
        sheet = _sheet_or_words(kept[0], shown)
        said = captions(shown, given, names, kept[0].header.classes)
        opened = picture_grid(sheet, said, title="Test pictures", opens=_look_words(kept[0]), key="pictures")
        if opened is not None:
            _look_inside(kept, opened)
        st.caption(" ".join(filter(None, [SURE if len(kept) == 1 else SURE_OF_TWO, _look_words(kept[0])])))


def _look_words(kept: Kept) -> str:
    opens = runs().weights(kept.header.run).exists()
    return "A click on a picture shows what the network makes of it." if opens else ""


def _look_inside(kept: Sequence[Kept], number: int) -> None:
    first, *others = (one.header.run for one in kept)
    run = seen().run(first)
    if run:
        links.to_inside(run.job.architecture, run.id, of_picture(number, *others)).follow()


def _sheet_or_words(kept: Kept, numbers: tuple[int, ...]) -> PictureSheet | None:
    """Compose the pictures, or say why there are none."""
    try:
        answered_pictures(kept, _test_pictures)
    except DataError as error:
        st.warning(plain(str(error)), title="The pictures cannot be shown")
        return None
    return _sheet(kept.header.dataset, numbers)


@st.cache_resource(show_spinner="Loading the pictures", max_entries=4)
def _test_pictures(dataset: str) -> Pictures:
    return load(dataset).test


@st.cache_data(show_spinner=False, max_entries=256)
def _sheet(dataset: str, numbers: tuple[int, ...]) -> PictureSheet:
    return picture_sheet(_test_pictures(dataset).images[list(numbers)])
