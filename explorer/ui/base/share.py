"""The button that shares what a page shows: its link to copy, what that holds, and the same as a QR code."""

from urllib.parse import urlencode, urlsplit, urlunsplit

import segno
import streamlit as st

from explorer.ui.base import links, state
from explorer.ui.base.address import AGAINST, CLAIM, LESSON, RACE, RECIPE, RUN, RUNS, SETUP, SHOW, SWEEP
from explorer.ui.base.menu import Page
from explorer.ui.components.controls.copy_link import copy_link
from explorer.views.common.palette import PAPER_COLOR
from explorer.views.common.words import named, plain
from explorer.views.runs.run_words import recipe_words
from explorer.web.guard.addresses import is_loopback

MOST_LETTERS = 1_800  # beyond these a code has points that a phone cannot tell apart from a seat
HELD = {
    SETUP: "the setup chosen here",
    RUN: "the run {}",
    AGAINST: "beside it the run {}",
    RACE: "the race {}",
    SWEEP: "the sweep {}",
    RUNS: "the chosen runs",
    CLAIM: "the claim {}",
    LESSON: "the lesson {}",
}
TAUGHT = (Page.EXPLORE, Page.PREDICT, Page.TRAIN, Page.RACE, Page.INSIDE, Page.CLAIMS)  # that a step can show
HERE = "It leads to this computer alone: a server for a class has an address that others reach."
LONG = "The link is too long for a QR code that a phone can read."


@st.fragment
def share(page: Page) -> None:
    """Show the button, and what it opens while it is open: the page's link, and the way to a lesson of it."""
    menu = st.popover("Share", icon=":material/share:", key="share", on_change="rerun")
    if not menu.open:
        return
    link = page_link(st.context.url or "", state.address_parameters())
    with menu:
        st.markdown(f"This link holds {', '.join(held())}.")
        copy_link(link, code=qr_code(link), key="share_link")
        if not qr_code(link):
            st.caption(LONG)
        if is_loopback(urlsplit(link).hostname or ""):
            st.caption(HERE)
        if page in TAUGHT and st.button("Make a lesson of this", icon=":material/school:", key="make_lesson"):
            links.to_lesson_maker(page, state.session().design).follow()


def page_link(url: str, parameters: dict[str, str]) -> str:
    """Give the link of a page at an address with all that is to stand there."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=parts.path or "/", query=urlencode(parameters), fragment=""))


def held() -> list[str]:
    """Say what the link of this page holds."""
    parameters, session = state.address_parameters(), state.session()
    recipe = f"the recipe ({plain(recipe_words(session.recipe))})" if RECIPE in parameters else "its text's recipe"
    shown = [words.format(named(parameters[name])) for name, words in HELD.items() if name in parameters]
    return [f"the network {named(session.design.name)}", recipe, *shown, *_looked_at(parameters.get(SHOW, ""))]


def _looked_at(shown: str) -> list[str]:
    """Say which picture is looked at, as Look inside writes it in a link."""
    picture, mark, _ = shown.partition("~")
    return [f"test picture {picture}, and none of one's own"] if mark and picture.isdecimal() else []


def qr_code(link: str) -> str:
    """Draw a link as a `data:` address of a picture; empty where it is too long."""
    if len(link) > MOST_LETTERS:
        return ""
    return segno.make(link, micro=False, error="l").svg_data_uri(scale=4, border=3, light=PAPER_COLOR)
