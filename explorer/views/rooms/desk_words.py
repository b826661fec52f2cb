"""A room in words, for who leads it: its code, its steps, and what one of the class gave."""

from explorer.lessons.course.lesson import Lesson, LessonStep
from explorer.lessons.course.right import Outcome
from explorer.lessons.course.text import Language
from explorer.lessons.rooms.desk import Cell, Row
from explorer.lessons.rooms.room import Room
from explorer.views.common.words import plain
from explorer.views.lessons.course import given_words

MARKS: dict[Outcome, str] = {"right": "✓", "wrong": "✗", "waiting": "…", "noted": "•", "unreadable": "?"}
OUTCOMES: dict[Outcome, str] = {
    "right": "right",
    "wrong": "wrong",
    "waiting": "not known yet",
    "noted": "given",
    "unreadable": "not readable",
}


def spaced(code: str) -> str:
    """Write a code in two halves, as it is read out."""
    return f"{code[:3]} {code[3:]}"


def step_title(step: LessonStep, place: int, language: Language) -> str:
    """Name a step by its number and its title."""
    return f"{place} · {step.title.said(language)}"


def step_titles(lesson: Lesson, language: Language) -> dict[str, str]:
    """Name a lesson's steps, by their names."""
    return {step.name: step_title(step, place, language) for place, step in enumerate(lesson.steps, start=1)}


def pace_words(room: Room, language: Language) -> str:
    """Say at which steps a class may be: at one, at several, or at all of them."""
    names = room.lesson.names
    first, last = names.index(room.first) + 1, names.index(room.last) + 1
    if first == last:
        return f"{step_titles(room.lesson, language)[room.first]} (of {len(names)})"
    return "all steps, free" if (first, last) == (1, len(names)) else f"steps {first} to {last} of {len(names)}"


def given_lines(row: Row, steps: list[LessonStep], language: Language) -> list[str]:
    """Say in Markdown what one of the class gave at each step, with the likely slips."""
    return [
        _given_line(step, place, row.cells[step.name], language)
        for place, step in enumerate(steps, start=1)
        if step.name in row.cells
    ]


def _given_line(step: LessonStep, place: int, cell: Cell, language: Language) -> str:
    said = [OUTCOMES[cell.outcome], *(f"**{plain(slip)}?**" for slip in cell.slips)]
    if cell.tries > 1:
        said.append(f"after {cell.tries} tries")
    given = f" **{given_words(step, cell.text, language)}**" if cell.text else ""
    return f"- {plain(step_title(step, place, language))}: {MARKS[cell.outcome]}{given} ({', '.join(said)})"
