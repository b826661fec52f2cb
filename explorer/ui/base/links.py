"""The links to pages and their parameters: where a click or a shared link leads.

A link holds the design, and the run, race or sweep that its page shows.
"""

from typing import NamedTuple

import streamlit as st

from explorer.architecture.spec import Architecture
from explorer.data.home import app_folder
from explorer.exchange.link import to_link
from explorer.ui.base.menu import Page

DESIGN = "m"
RUN = "run"
RACE = "race"
SWEEP = "sweep"
AGAINST = "against"  # the run that Mistakes sets beside the first
SHOW = "show"  # the pictures that Mistakes shows
RUNS = "runs"  # those chosen on Runs, with commas between
CLAIM = "claim"

GROUPS = {RACE: Page.RACE, SWEEP: Page.SWEEP}  # the page that opens one, by the parameter that names it


class Link(NamedTuple):
    """A page of the app and what it is to show."""

    page: Page
    parameters: dict[str, str]

    def follow(self) -> None:
        """Go there, which ends this page's run."""
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


def read(parameter: str) -> str | None:
    """Give what the link of this page says."""
    return st.query_params.get(parameter)


def write(parameter: str, value: str | None) -> None:
    """Name in the link what this page shows, so that a refresh or a classmate sees the same; None takes it out."""
    if value:
        st.query_params[parameter] = value
    else:
        st.query_params.pop(parameter, None)
