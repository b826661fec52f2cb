"""The field of a step that asks for a curve: the pad, what was drawn on it, and what came."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from explorer.lessons.course.answer import Answer
from explorer.lessons.course.curve import MOST, read_curve, write_curve
from explorer.lessons.course.lesson import LessonStep
from explorer.lessons.course.right import Judgement
from explorer.lessons.course.text import Text
from explorer.ui.components.controls.curve_pad import curve_pad
from explorer.ui.course import course_state

TOP = 3.0  # nats: a network that knows nothing of ten classes has 2.30
DRAW = Text(
    "Your curve of the training loss: draw it from left to right, or move along it and up and down with the arrow keys",
    "训练损失的曲线：从左到右画，或者用方向键移动和升降",
)


def sketch_field(
    step: LessonStep, found: tuple[Answer, Judgement] | None, *, takes: bool, on_check: Callable[[str], None]
) -> None:
    """Show the pad, with what was given and what came of it; `on_check` gets what is drawn while one `takes` it."""
    drawn = read_curve(found[0].text) if found and found[1].outcome != "unreadable" else None
    right = found[1].right if found else None
    came = right if isinstance(right, tuple) else None
    top = min(MOST, max((TOP, *(came or ()), *(drawn or ()))))
    key, check = f"lesson_sketch_{step.name}", partial(_write, on_check)
    label = DRAW.said(course_state.remembered().language)
    with st.container(key="lesson_pad"):
        curve_pad(drawn, came, top=top, label=label, takes=takes, key=key, on_check=check)


def _write(on_check: Callable[[str], None], losses: list[float]) -> None:
    on_check(write_curve(tuple(losses)))
