"""What stays of a room's lesson: a table of all answers for spreadsheets, and a page for each of the class to print."""

import csv
import html
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from string import Template
from typing import NamedTuple

from explorer.lessons.course.curve import read_curve
from explorer.lessons.course.lesson import LessonStep
from explorer.lessons.course.quantities import traced
from explorer.lessons.course.right import Judgement
from explorer.lessons.course.tasks import PREDICTIONS, Challenge, Run, Sketch
from explorer.lessons.course.text import Language
from explorer.lessons.rooms.entering import OwnEntry
from explorer.lessons.rooms.entry_runs import EntryRuns
from explorer.lessons.rooms.outcomes import Outcomes
from explorer.lessons.rooms.room import Given, Member, Room
from explorer.lessons.rooms.step_runs import StepRuns
from explorer.views.common.words import NONE, number
from explorer.views.design.table_text import inert
from explorer.views.lessons.course import condition_words, curve_words, options_of, right_words
from explorer.views.rooms.challenge_words import came_words
from explorer.views.rooms.desk_words import MARKS, OUTCOMES

PAGES = Template(Path(__file__).with_name("student_pages.html").read_text("utf-8"))
FIELDS = (
    *("name", "step", "title", "round", "answer", "outcome", "right", "slips", "tries", "given"),
    *("parameters", "run", "contender", "train_accuracy", "test_accuracy"),
)


class Kept(NamedTuple):
    """One answer with what came of it."""

    member: Member
    step: LessonStep
    given: Given
    judged: Judgement


def answers_csv(room: Room, outcomes: Outcomes, runs: StepRuns, language: Language) -> str:
    """Write a line for each answer of each round, and of a race one for each contender; no cell is a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(FIELDS)
    lines = (line for kept in _kept(room, outcomes) for line in _lines(room, kept, runs, language))
    writer.writerows([inert(cell) for cell in line] for line in lines)
    return text.getvalue()


def _kept(room: Room, outcomes: Outcomes) -> Iterator[Kept]:
    for member in room.here:
        for step in room.lesson.steps:
            for given in member.given.get(step.name, ()):
                if judged := outcomes.of(room, member, step, round=given.round):
                    yield Kept(member, step, given, judged)


def _lines(room: Room, kept: Kept, runs: StepRuns, language: Language) -> Iterator[list[str | int | float | None]]:
    member, step, given, judged = kept
    design = traced(given.answer.design)
    head = [
        *(room.called(member), step.name, step.title.said(language), given.round, _given_words(step, given, language)),
        *(
            OUTCOMES[judged.outcome],
            _came_words(room, kept, runs.entries, language),
            ", ".join(each.name for each in judged.slips),
        ),
        *(given.answer.tries, datetime.fromtimestamp(given.at, UTC).isoformat(timespec="seconds")),
        design.totals.num_params if design and design.totals else None,
    ]
    for run in (given.run and runs(step, given.run)) or (None,):
        measured = (run.label, run.train_accuracy, run.test_accuracy) if run else (None, None, None)
        yield [*head, given.run, *measured]


def student_pages(room: Room, outcomes: Outcomes, runs: StepRuns, language: Language) -> str:
    """Write a document with a page for each of the class: what they said at each step, and what came."""
    title = html.escape(room.lesson.title.said(language))
    day = datetime.fromtimestamp(room.opened).astimezone().strftime("%Y-%m-%d")
    pages = {member.id: f"<h1>{html.escape(room.called(member))}</h1><p>{title}, {day}</p>" for member in room.here}
    rows = dict.fromkeys(pages, "")
    for kept in _kept(room, outcomes):
        rows[kept.member.id] += _row(kept, _came_words(room, kept, runs.entries, language), language)
    tables = (f"<section>{head}{_table(rows[member])}</section>" for member, head in pages.items())
    return PAGES.substitute(title=title, language=language, pages="\n".join(tables))


def _table(rows: str) -> str:
    head = "<tr><th>Step</th><th>Round</th><th>Said</th><th>What came</th></tr>"
    return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>" if rows else "<p>Nothing was given.</p>"


def _row(kept: Kept, what_came: str, language: Language) -> str:
    _, step, given, judged = kept
    said = f"{MARKS[judged.outcome]} {_given_words(step, given, language)}"
    slips = "; ".join(f"{each.name}?" for each in judged.slips)
    came = " · ".join(filter(None, (what_came, slips)))
    cells = (step.title.said(language), str(given.round), said, came)
    return f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in cells)}</tr>"


def _given_words(step: LessonStep, given: Given, language: Language) -> str:
    """Say what was given: the option's words, a text, or the parameters of a network."""
    options, text = options_of(step, language), given.answer.text
    if options:
        return options[int(text) - 1]
    if isinstance(step.task, Sketch):
        return curve_words(read_curve(text), language)
    if text or isinstance(step.task, Run):
        return text or given.answer.design.name
    design = traced(given.answer.design)
    return f"{number(design.totals.num_params)} parameters" if design and design.totals else NONE


def _came_words(room: Room, kept: Kept, entries: EntryRuns, language: Language) -> str:
    member, step, _, judged = kept
    if isinstance(step.task, Challenge):
        places = {placed.standing.number: placed.place for placed in entries.board(room, step)}
        mine = [entry for entry in room.entered(step.name) if entry.member == member.id]
        own = [OwnEntry(entry, entries.of(entry), places.get(entry.number)) for entry in mine]
        return "; ".join(f"{each.entry.number}: {came_words(each, step.task, language)}" for each in own)
    if isinstance(step.task, PREDICTIONS):
        return right_words(step, judged, language) if judged.right is not None else ""
    return "; ".join(condition_words(met, language) for met in judged.met)
