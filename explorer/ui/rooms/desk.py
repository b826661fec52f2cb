"""The desk of a room: where the class is led, what it may do there, and how each of it stands, live."""

from dataclasses import dataclass
from functools import partial
from typing import Literal

import streamlit as st

from explorer.lessons.course.lesson import LessonStep
from explorer.lessons.rooms import events
from explorer.lessons.rooms.room import Room
from explorer.ui.base import links, state
from explorer.ui.base.attempt import attempt
from explorer.ui.base.inputs import keyed_option
from explorer.ui.base.server import person, rooms, runs
from explorer.ui.course import course_state
from explorer.ui.course.lesson_bar import language_choice
from explorer.ui.rooms.desk_table import desk_table
from explorer.ui.rooms.led_room import lead
from explorer.ui.rooms.member_card import member_card
from explorer.views.common.words import plain
from explorer.views.rooms.desk_words import spaced, step_title

QUEUE = 5.0  # seconds between two looks at the queue
DELETE_HELP = "Every name and every answer of this room goes, from the disk as well. Save the answers first."
TALLY_HELP = "On the projector: how many gave which answer, not which is right"
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
        _pace(room)
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
        st.markdown(f"#### Room :primary[{spaced(room.code)}] · {title}", width="stretch")
        _queue()
        st.link_button("Projector", f"?{links.PROJECTOR}={room.code}", icon=":material/open_in_new:")
        _toggle(room, "Anonymous", "anonymous", events.Anonymous(not room.anonymous), on=room.anonymous)
        language_choice()
        with st.popover("End", key="room_end"):
            over = partial(lead, room, events.Closed())
            st.button("End the lesson", key="room_close", on_click=over, disabled=room.closed)
            st.caption("Nobody answers any more; all can be looked at.")
            st.button("Delete the room", key="room_delete", on_click=_delete, args=(room.code,))
            st.caption(DELETE_HELP)


@st.fragment(run_every=QUEUE)
def _queue() -> None:
    waiting = len(runs().store.queued())
    st.caption(f"{len(runs().store.unfinished()) - waiting} in training, {waiting} waiting", width="content")


def _toggle(room: Room, label: str, key: str, event: events.Led, *, on: bool) -> None:
    st.toggle(label, value=on, key=f"room_{key}_{on}", on_change=lead, args=(room, event))


def _delete(code: str) -> None:
    attempt(partial(rooms().delete, code, person()))


def _pace(room: Room) -> None:
    """Lead the class: to the step before or after, to any, to a range, or leave it free."""
    names = room.lesson.names
    first, last = names.index(room.first), names.index(room.last)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="desk_pace"):
        to = names[max(first - 1, 0)]
        st.button("Step back", key="pace_back", disabled=first == 0, on_click=lead, args=(room, events.Paced(to, to)))
        to = names[min(last + 1, len(names) - 1)]
        kind = _kind(is_next=room.steps[room.last].revealed)
        at_end = first == last == len(names) - 1
        args = (room, events.Paced(to, to))
        st.button("Next step", key="pace_next", type=kind, disabled=at_end, on_click=lead, args=args)
        _range(room, names)
        label, icon = ("Go on", ":material/play_arrow:") if room.paused else ("Pause all", ":material/pause:")
        kind = _kind(is_next=room.paused)
        pause = (room, events.Paused(not room.paused))
        st.button(label, key="room_pause", icon=icon, type=kind, on_click=lead, args=pause)


def _kind(*, is_next: bool) -> Literal["primary", "secondary"]:
    return "primary" if is_next else "secondary"


def _range(room: Room, names: list[str]) -> None:
    language = course_state.remembered().language
    titles = {step.name: step_title(step, place, language) for place, step in enumerate(room.lesson.steps, start=1)}
    where = "all steps, free" if (room.first, room.last) == (names[0], names[-1]) else titles[room.first]
    if room.first != room.last and "free" not in where:
        where = f"steps {names.index(room.first) + 1} to {names.index(room.last) + 1}"
    with st.popover(f"The class is at: {where}", key="pace_range", width="stretch"):
        args = (room, events.Paced(names[0], names[-1]))
        st.button("Leave the class free", key="pace_free", on_click=lead, args=args)
        with st.form("pace_form", border=False):
            st.selectbox("From", names, names.index(room.first), format_func=titles.__getitem__, key="pace_first")
            st.selectbox("To", names, names.index(room.last), format_func=titles.__getitem__, key="pace_last")
            st.form_submit_button("Lead the class there", key="pace_lead", on_click=_lead_there, args=(room,))


def _lead_there(room: Room) -> None:
    lead(room, events.Paced(state.sent("pace_first"), state.sent("pace_last")))


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
    held, name, off = room.steps[step.name], step.name, room.closed
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="desk_step"):
        if room.first != room.last:
            _step_choice(room, step)
        label = "Close answers" if held.takes_answers else "Open answers"
        answers = (room, events.AnswersOpen(name, not held.takes_answers))
        st.button(label, key="step_answers", disabled=off or held.revealed, on_click=lead, args=answers)
        is_shown = held.rounds_shown >= held.round
        label = "Hide the tally" if is_shown else "Show the tally"
        tally = (room, events.TallyShown(name, not is_shown))
        st.button(label, key="step_tally", disabled=off, help=TALLY_HELP, on_click=lead, args=tally)
        again = (room, events.Again(name))
        st.button(
            "Answer again", key="step_again", disabled=off or held.revealed, help=AGAIN_HELP, on_click=lead, args=again
        )
        right = (room, events.Revealed(name))
        st.button(
            "Reveal", key="step_reveal", disabled=off or held.revealed, help=REVEAL_HELP, on_click=lead, args=right
        )


def _step_choice(room: Room, step: LessonStep) -> None:
    language, names = course_state.remembered().language, room.lesson.names
    paced = {each.name: step_title(each, names.index(each.name) + 1, language) for each in room.paced}
    choice = keyed_option("desk_step", step.name, _about, options=paced)
    st.selectbox("Step", format_func=paced.__getitem__, label_visibility="collapsed", width=260, **choice)
