"""What every page begins and ends with: its settings, the session in step with the link; a warm worker."""

import gc
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

import msgspec
import streamlit as st

from explorer import PROGRAM
from explorer.exchange.design_history import KEPT
from explorer.runs.store.database import StoreError
from explorer.ui.base import links, state
from explorer.ui.base.address import LinkedSetup
from explorer.ui.base.going_on import going_on, remember_shown, show_latest
from explorer.ui.base.menu import Page
from explorer.ui.base.navigation import menu
from explorer.ui.base.server import runs
from explorer.ui.base.share import share
from explorer.ui.components.address_bar import address_bar
from explorer.views.common.words import plain
from explorer.web.base.once import Once

ICON = Path(__file__).with_name("icon.svg")
# Streamlit keeps 128 px free above a page and 80 px beside it: a quarter of what a projector shows. And it fades what
# a click may change: each fade is a layer of its own to the browser, which took a third of a click's time.
STYLE = """<style>
/* Larger in proportion on a larger screen: Streamlit measures in rem, so the root's size is the one dial. */
:root:root { font-size: clamp(16px, min(4px + 0.9375vw, 4px + 1.6667vh), 32px) }
.stMainBlockContainer { padding: 4rem 1.5rem 1rem }
@media (min-width: 641px) { /* below, Streamlit puts columns under each other */
  .stColumn:has(.st-key-stack) { position: sticky; top: 4rem; align-self: flex-start }
}
@media (min-width: 641px) { /* what is set up stays in sight beside what comes of it, and scrolls within itself */
  .stColumn:has(.st-key-setup) { position: sticky; top: 3.75rem; align-self: flex-start }
  .st-key-setup {
    flex: none; max-height: calc(100vh - 4.5rem); overflow: hidden auto; scrollbar-width: thin;
    margin: -0.25rem; padding: 0.25rem; width: calc(100% + 0.5rem)
  }
}
.st-key-claims, .st-key-prediction { --least-row: 1.25rem } /* a whole table on a projector's screen */
/* Text that can be read: 4.5 to 1. On the page's main colour it is white where the page's is dark, else black. */
[data-testid^="stBaseButton-primary"]:enabled, .stMultiSelect [data-tag] {
  color: oklch(from currentcolor calc((0.6 - l) * 100) 0 0)
}
[data-testid^="stBaseButton-primary"] kbd { opacity: 1 }
[data-testid="stCaptionContainer"] { opacity: 0.8 }
label[data-testid="stWidgetLabel"] { color: inherit } /* of a field that is off too: what it would be */
.st-key-page_menu { position: fixed; top: 0; left: 0; right: 0; width: auto; z-index: 999989 } /* its own: 999990 */
.stAppHeader { background: transparent }
.stAppHeader, .stAppHeader * { pointer-events: none }
.stAppHeader button, .stAppHeader button * { pointer-events: auto }
[data-testid="stStatusWidget"] button { display: none } /* its Stop is no run's */
[data-testid="stLayoutWrapper"]:has(> .st-key-share_button) {
  position: fixed; top: 0.75rem; right: 10.75rem; width: auto; z-index: 999991
}
.st-key-share_button button { min-height: 2.25rem; padding-block: 0 }
@media (max-width: 800px) {
  .stMainBlockContainer { padding-top: 0.25rem; position: relative }
  .st-key-page_menu { position: static }
  [data-testid="stLayoutWrapper"]:has(> .st-key-share_button) { position: absolute; top: 0.5rem; right: 10.5rem }
  /* Streamlit's menu stands beside what scrolls: it goes with the page's head. */
  .stApp { timeline-scope: --page }
  .stMain { scroll-timeline: --page }
  .stAppHeader { animation: gone linear both; animation-timeline: --page; animation-range: 0 3rem }
}
@keyframes gone { to { visibility: hidden; opacity: 0 } }
@media (max-width: 640px) { /* what needs its width scrolls within itself */
  :is(.st-key-parallel, .st-key-weighed) { overflow-x: auto }
  :is(.st-key-parallel, .st-key-weighed) .explorer-chart { min-width: 36rem }
}
/* "Press Enter to apply" stands over the end of what is typed; a field that is left is heard as well. */
[data-testid="InputInstructions"] { display: none }
.st-key-address_bar, .st-key-tab_memory, .st-key-goes_on:not(:has(*)) { display: none }
.stElementContainer { transition: none !important; opacity: 1 !important }
</style>"""
# On a phone, where columns stand under each other, what a link shows comes before the form for the next one.
SHOWN_FIRST = ".stColumn:has(.st-key-setup) { order: 1 }"


def open_page(page: Page, setup: LinkedSetup | None = None) -> None:
    """Open a page: the first call of each page, which so also stands alone when it is entered by a link.

    `setup` is what a link of this page says beside the design and the recipe.
    """
    st.set_page_config(page_title=f"{page.title} · {PROGRAM}", page_icon=ICON, layout="wide")
    st.html(STYLE)
    menu(page)
    if state.enter(page.address, setup):
        show_latest(page)
    _order(shows=any(map(links.read, (links.RUN, links.RACE, links.SWEEP))))
    remember_shown(page)
    with st.container(key="share_button"):
        share(page)
    going_on(page)


def _order(*, shows: bool) -> None:
    """Say in which order a page's columns stand under each other on a phone."""
    st.html(f"<style>@media (max-width: 640px) {{ {SHOWN_FIRST if shows else ''} }}</style>")


def keep_address() -> None:
    """Have the address bar say what the page shows, and the tab keep the steps that led to its design.

    The second call of each page; where a part of it that is drawn by itself changes the design, the first of that part.
    """
    session = state.session()
    address_bar(
        urlencode(state.address_parameters()),
        page=session.address.page,
        pages=[page.address for page in Page],
        visit=session.address.visits,
        steps=msgspec.to_builtins(session.designs.steps),
        most=KEPT,
        on_steps=state.restore_steps,
    )


def close_page() -> None:
    """End a page: the last call of each."""
    _warm_up()


@Once
def _warm_up() -> None:
    """Start a worker, once the server's first page is drawn, which needs all cores.

    And keep what is loaded by then out of the garbage collector's walks.
    """
    with suppress(StoreError):  # the pages that need the runs say it
        runs()
    gc.freeze()


def show_refusal() -> None:
    """Say why the last link, file or edit was refused, if it was."""
    session = state.session()
    session.told_refusal = session.refusal
    if session.refusal:
        st.error(plain(session.refusal))


def tell_refusal() -> None:
    """Draw the whole page once more where something was refused by a click that draws a part of it alone."""
    session = state.session()
    if session.refusal != session.told_refusal:
        st.rerun()
