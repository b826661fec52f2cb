"""What a new step asks, chosen from menus: each kind of question, its fields, and the task that they make."""

from collections.abc import Callable

import streamlit as st

from explorer.architecture.build import layer_names
from explorer.architecture.spec import Architecture
from explorer.lessons.course.lesson import PageName
from explorer.lessons.course.making import in_one
from explorer.lessons.course.quantities import OF_DESIGNS
from explorer.lessons.course.tasks import (
    AnyTask,
    Choice,
    Explain,
    Explore,
    Judge,
    Number,
    Option,
    Reveal,
    Run,
    ShapeOf,
)
from explorer.ui.base import links, state
from explorer.ui.course import course_state

LOOK, CHANGE, NUMBER, SHAPE = "Nothing: only look", "Change it until", "How large is it?", "Which shape comes out?"
CHOOSE, TRAIN, CLAIM, WORDS = "Choose one", "Train it", "Is the claim true?", "In their own words"
ALWAYS = (LOOK, CHANGE, NUMBER, SHAPE, CHOOSE, WORDS)
MORE: dict[PageName, tuple[str, ...]] = {"train": (TRAIN,), "race": (TRAIN,), "claims": (CLAIM,)}
KINDS: dict[type[AnyTask], str] = {
    Reveal: LOOK,
    Explore: CHANGE,
    Number: NUMBER,
    ShapeOf: SHAPE,
    Choice: CHOOSE,
    Run: TRAIN,
    Judge: CLAIM,
    Explain: WORDS,
}
COUNTED = {name: kind.title.en for name, kind in OF_DESIGNS.items() if kind.unit != "shape"}
WHOLE = "the whole network"
RELATIONS = {"at most": "<=", "at least": ">=", "exactly": "="}
STAR = "*"
NEAR = 0.01  # how far off a share, a loss or a ratio may be


class QuestionError(ValueError):
    """A question that lacks something; says what."""


def kind_of(task: AnyTask) -> str:
    """Name what a task asks, as the menu does."""
    return KINDS.get(type(task), "Asks").rstrip("?")


def question_form(page: PageName, design: Architecture) -> None:
    """Show what can be asked on a page, and the fields of what is chosen."""
    kind = st.selectbox("What is asked", [*MORE.get(page, ()), *ALWAYS], key="question_kind")
    layers = list(layer_names(design.layers))
    if kind in (CHANGE, NUMBER):
        left, right = st.columns(2)
        left.selectbox("Quantity", list(COUNTED), format_func=COUNTED.__getitem__, key="question_quantity")
        right.selectbox("Of", [WHOLE, *layers], key="question_layer")
    if kind == CHANGE:
        left, right = st.columns(2)
        left.selectbox("Is to be", list(RELATIONS), key="question_relation")
        right.text_input("This number", key="question_number", placeholder="20,000", max_chars=20)
    elif kind == SHAPE:
        st.selectbox("Of", layers, key="question_layer")
    elif kind == CHOOSE:
        words = f"The answers, one a line, with {STAR} before the right one"
        st.text_area(words, key="question_options", height=110, max_chars=600)
    elif kind == WORDS:
        st.text_area(
            "A good answer, which is shown after theirs: it is needed", key="question_good", height=80, max_chars=600
        )


def asked() -> AnyTask:
    """Make the task of what the form holds; raises `QuestionError`."""
    return MADE[str(state.sent("question_kind"))]()


def _change() -> Explore:
    return Explore(until=("fits", f"{_quantity()} {RELATIONS[_sent('question_relation')]} {_number()}"))


def _how_large() -> Number:
    is_count = OF_DESIGNS[_sent("question_quantity")].unit == "count"
    return Number(what=_quantity(), within=0 if is_count else NEAR)


def _shape() -> ShapeOf:
    return ShapeOf(what=f"output of {_sent('question_layer')}")


def _claim() -> Judge:
    return Judge(claim=links.read(links.CLAIM) or "")


def _words() -> Explain:
    good = _sent("question_good")
    if not good:
        raise QuestionError("Write a good answer: it is shown after one's own.")
    return Explain(good=in_one(good, course_state.remembered().language))


def _sent(key: str) -> str:
    return str(state.sent(key) or "").strip() if state.knows(key) else ""


def _quantity() -> str:
    layer = _sent("question_layer")
    return _sent("question_quantity") + (f" of {layer}" if layer != WHOLE else "")


def _number() -> str:
    typed = _sent("question_number").replace(",", "").replace(" ", "")
    try:
        return f"{float(typed):g}" if "." in typed else str(int(typed))
    except ValueError:
        raise QuestionError(f"“{typed[:20]}” is not a number. Type one, such as 20,000.") from None


def _choice() -> Choice:
    lines = [line.strip() for line in _sent("question_options").splitlines() if line.strip()]
    right = [place for place, line in enumerate(lines, start=1) if line.startswith(STAR)]
    if not 2 <= len(lines) <= 6 or len(right) != 1:
        found = f"found {len(lines)} answers, {len(right)} of them marked"
        raise QuestionError(f"Write two to six answers, one a line, and {STAR} before the right one: {found}.")
    language = course_state.remembered().language
    options = tuple(Option(text=in_one(line.removeprefix(STAR).strip(), language)) for line in lines)
    return Choice(options=options, right=right[0])


MADE: dict[str, Callable[[], AnyTask]] = {
    LOOK: Reveal,
    CHANGE: _change,
    NUMBER: _how_large,
    SHAPE: _shape,
    CHOOSE: _choice,
    TRAIN: Run,
    CLAIM: _claim,
    WORDS: _words,
}
