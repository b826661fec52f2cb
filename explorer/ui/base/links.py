"""The links to pages: where a click leads, and what the page shows that a person has come to."""

from collections.abc import Mapping
from typing import NamedTuple

import streamlit as st

from explorer.architecture.spec import Architecture
from explorer.data.home import app_folder
from explorer.exchange.link import to_link
from explorer.ui.base import state
from explorer.ui.base.address import (
    AGAINST,
    CLAIM,
    DESIGN,
    DESK,
    LESSON,
    PROJECTOR,
    RACE,
    ROOM,
    RUN,
    RUNS,
    SHOW,
    STEP,
    STEP_FROM,
    SWEEP,
)
from explorer.ui.base.menu import Page

# What a page can show.
__all__ = [
    "AGAINST",
    "CLAIM",
    "DESIGN",
    "DESK",
    "LESSON",
    "PROJECTOR",
    "RACE",
    "ROOM",
    "RUN",
    "RUNS",
    "SHOW",
    "STEP",
    "STEP_FROM",
    "SWEEP",
]

GROUPS = {RACE: Page.RACE, SWEEP: Page.SWEEP}  # the page that opens one, by the parameter that names it


class Link(NamedTuple):
    """A page of the app and what it is to show."""

    page: Page
    parameters: dict[str, str]

    def follow(self) -> None:
        """Go there, which ends this page's run."""
        state.session().address.leave()  # it may be the page that is left
        st.switch_page(app_folder() / self.page.path, query_params=self.parameters)


def to_page(page: Page, design: Architecture, **parameters: str | None) -> Link:
    """Link to a page, with a design and those parameters that have a value."""
    return Link(page, {DESIGN: to_link(design)} | {key: text for key, text in parameters.items() if text})


def to_explore(design: Architecture) -> Link:
    """Link to a network to change."""
    return to_page(Page.EXPLORE, design)


def to_run(design: Architecture, run_id: str | None = None) -> Link:
    """Link to a run on the Train page, or to the page as it waits for one."""
    return to_page(Page.TRAIN, design, run=run_id)


def to_group(kind: str, design: Architecture, group_id: str | None) -> Link:
    """Link to a race or a sweep (`kind` says which), or to the page that says why there is none."""
    return to_page(GROUPS[kind], design, **{kind: group_id})


def to_mistakes(design: Architecture, run_id: str, against: str | None = None) -> Link:
    """Link to what a run got wrong, or what two did differently."""
    return to_page(Page.MISTAKES, design, run=run_id, against=against)


def to_inside(design: Architecture, run_id: str, show: str | None = None) -> Link:
    """Link to the inside of a run's network, with what is to be looked at there."""
    return to_page(Page.INSIDE, design, run=run_id, show=show)


def to_desk(code: str) -> Link:
    """Link to the desk of a room."""
    return Link(Page.LESSONS, {DESK: code})


def to_lesson_maker(page: Page, design: Architecture) -> Link:
    """Link to where what a page shows becomes a step of a lesson."""
    return to_page(Page.LESSONS, design, **{STEP_FROM: page.address, SHOW: read(SHOW), CLAIM: read(CLAIM)})


def read(parameter: str) -> str | None:
    """Give what the link of this page says."""
    return state.session().address.shown.get(parameter)


def write(parameter: str, value: str | None) -> None:
    """Name in the link what this page shows, so that a refresh or a classmate sees the same; None takes it out."""
    write_all({parameter: value})


def write_all(values: Mapping[str, str | None]) -> None:
    """Name several things in the link by one step, from which Back leads to what was shown before."""
    state.session().address.show(values)
    state.put_address()
