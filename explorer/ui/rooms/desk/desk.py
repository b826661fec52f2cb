"""The desk of a room: where the class is led, what it may do there, and how each of it stands, live."""

from dataclasses import dataclass

import streamlit as st

from explorer.lessons.course.lesson import LessonStep
from explorer.lessons.course.tasks import Challenge, Reveal, Run
from explorer.lessons.rooms import events
from explorer.lessons.rooms.room import Room
from explorer.ui.base import links, state
from explorer.ui.base.inputs import keyed_option
from explorer.ui.base.server import rooms, runs
from explorer.ui.course import course_state
from explorer.ui.course.lesson_bar import language_choice
from explorer.ui.rooms.desk.class_run import class_run
from explorer.ui.rooms.desk.desk_table import desk_table
from explorer.ui.rooms.desk.member_card import member_card
from explorer.ui.rooms.desk.pace import pace
from explorer.ui.rooms.desk.room_menu import room_menu
from explorer.ui.rooms.led_room import lead
from explorer.views.common.words import plain
from explorer.views.rooms.desk_words import spaced, step_titles

QUEUE = 5.0  # seconds between two looks at the queue
TALLY_HELP = "On the projector: how many gave which answer, not which is right"
BOARD_HELP = "On the projector: every entry by its number, accuracy against size; members see their places"
AGAIN_HELP = "A second round after talking; what was given first is kept"
REVEAL_HELP = "Everybody sees what is right; answers to this step end"
MISSED = "{} things that happened here cannot be read any more: the file was damaged. All else is as it was."


@dataclass
class DeskState:
    """What a desk remembers."""

    step: str = ""  # of those that the class may be at, the one that the buttons are about
    chosen: str = ""  # the member whose card is shown


def desk(room: Room) -> None:
    """Show a room's desk."""
    _head(room)
    if missed := rooms().missed(room.code):
        st.warning(MISSED.format(missed))
    if not room.closed:
        pace(room)
    step = _step(room)
    _buttons(room, step)
    current = state.session().slice_of(DeskState)
    desk_table(room, step, language=course_state.remembered().language, on_choose=_choose)
    if member := room.members.get(current.chosen):
        current.chosen = ""  # a dialog that is closed stays so
        member_card(room, member)


def _choose(member: str) -> None:
    state.session().slice_of(DeskState).chosen = member


def _head(room: Room) -> None:
    title = plain(room.lesson.title.said(course_state.remembered().language))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="desk_head"):
        st.markdown(f"#### Room {spaced(room.code)} · {title}", width="stretch")
        _queue()
        st.link_button("Projector", f"?{links.PROJECTOR}={room.code}", icon=":material/open_in_new:")
        _toggle(room, "Anonymous", "anonymous", events.Anonymous(not room.anonymous), on=room.anonymous)
        language_choice()
        room_menu(room)


@st.fragment(run_every=QUEUE)
def _queue() -> None:
    waiting = len(runs().store.queued())
    st.caption(f"{len(runs().store.unfinished()) - waiting} in training, {waiting} waiting", width="content")


def _toggle(room: Room, label: str, key: str, event: events.Led, *, on: bool) -> None:
    st.toggle(label, value=on, key=f"room_{key}_{on}", on_change=lead, args=(room, event))


def _step(room: Room) -> LessonStep:
    """Give the step that the buttons are about: the one that the class is at, or one of those chosen here."""
    current, names = state.session().slice_of(DeskState), [step.name for step in room.paced]
    if current.step not in names:
        current.step = names[0]
    return room.lesson.step(current.step)


def _about(name: str) -> None:
    state.session().slice_of(DeskState).step = name


def _buttons(room: Room, step: LessonStep) -> None:
    """Show what can be done at a step: answers, tally, another round, what is right."""
    held, name, off = room.steps[step.name], step.name, room.closed or isinstance(step.task, Reveal)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="desk_step"):
        if room.first != room.last:
            _step_choice(room, step)
        label = "Close answers" if held.takes_answers else "Open answers"
        answers = (room, events.AnswersOpen(name, not held.takes_answers))
        st.button(label, key="step_answers", disabled=off or held.revealed, on_click=lead, args=answers)
        _show_button(room, step)
        again = (room, events.Again(name))
        st.button(
            "Answer again", key="step_again", disabled=off or held.revealed, help=AGAIN_HELP, on_click=lead, args=again
        )
        right = (room, events.Revealed(name))
        st.button(
            "Reveal", key="step_reveal", disabled=off or held.revealed, help=REVEAL_HELP, on_click=lead, args=right
        )
        if isinstance(step.task, Run) and not off:
            class_run(room, step)


def _show_button(room: Room, step: LessonStep) -> None:
    """Show or hide on the projector what a step has for it: its tally, or the board of a challenge."""
    held = room.steps[step.name]
    if isinstance(step.task, Challenge):
        label = "Hide the board" if room.board_shown else "Show the board"
        args = (room, events.BoardShown(not room.board_shown))
        st.button(label, key="step_board", disabled=room.closed, help=BOARD_HELP, on_click=lead, args=args)
        return
    is_shown = held.rounds_shown >= held.round
    label = "Hide the tally" if is_shown else "Show the tally"
    tally = (room, events.TallyShown(step.name, not is_shown))
    st.button(label, key="step_tally", disabled=room.closed, help=TALLY_HELP, on_click=lead, args=tally)


def _step_choice(room: Room, step: LessonStep) -> None:
    titles = step_titles(room.lesson, course_state.remembered().language)
    paced = {each.name: titles[each.name] for each in room.paced}
    choice = keyed_option("desk_step", step.name, _about, options=paced)
    st.selectbox("Step", format_func=paced.__getitem__, label_visibility="collapsed", width=260, **choice)
