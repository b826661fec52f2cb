"""One of a room's members, for its teacher: what they gave, their network as it is now, and the name taken off."""

import time

import streamlit as st

from explorer.architecture.spec import Architecture
from explorer.exchange.link import to_link
from explorer.lessons.rooms import events
from explorer.lessons.rooms.desk import row_of
from explorer.lessons.rooms.outcomes import Outcomes
from explorer.lessons.rooms.room import Member, Room
from explorer.lessons.rooms.step_runs import StepRuns
from explorer.ui.base import links
from explorer.ui.base.server import rooms, runs
from explorer.ui.course import course_state
from explorer.ui.rooms.led_room import lead
from explorer.views.common.words import named, plain
from explorer.views.rooms.desk_words import given_lines

REMOVE_HELP = "Whose it was may come again, with the same code."


def member_card(room: Room, member: Member) -> None:
    """Open a member's card."""
    st.dialog(f"{room.called(member)}", width="medium")(_card)(room, member)


def _card(room: Room, member: Member) -> None:
    outcomes, language = Outcomes(StepRuns(runs().store)), course_state.remembered().language
    outcomes.look(room)
    row = row_of(room, member, now=time.time(), judged=outcomes.of)
    lines = given_lines(row, list(room.lesson.steps), language)
    st.markdown("\n".join(lines) or "Nothing is given yet.")
    with st.container(horizontal=True, vertical_alignment="center"):
        if design := _design(room, member):
            st.link_button(f"Open their network ({named(design.name)})", f"./?{links.DESIGN}={to_link(design)}")
        if st.button("Take the name off", key="member_remove", help=REMOVE_HELP, disabled=room.closed):
            lead(room, events.Removed(member.id))
            st.rerun()
    if member.wants_help:
        st.caption(f"{plain(room.called(member))} asks for help.")


def _design(room: Room, member: Member) -> Architecture | None:
    """Give the network that a member's page shows, or showed with what they gave last."""
    if sight := rooms().sights(room.code).get(member.id):
        return sight.design
    given = [each for rounds in member.given.values() for each in rounds]
    return max(given, key=lambda each: each.at).answer.design if given else None
