"""What every page begins and ends with: its settings, the session in step with the link; a warm worker."""

import gc
from contextlib import suppress
from pathlib import Path

import streamlit as st

from explorer.runs.store.database import StoreError
from explorer.ui.base import state
from explorer.ui.base.menu import Page
from explorer.ui.base.server import runs
from explorer.views.common.words import plain
from explorer.web.base.once import Once

ICON = Path(__file__).with_name("icon.svg")
# Streamlit keeps 128 px free above a page and 80 px beside it: a quarter of what a projector shows. And it fades what
# a click may change: each fade is a layer of its own to the browser, which took a third of a click's time.
STYLE = """<style>
.stMainBlockContainer { padding: 4rem 1.5rem 1rem }
@media (min-width: 641px) { /* below, Streamlit puts columns under each other */
  .stColumn:has(.st-key-stack) { position: sticky; top: 4rem; align-self: flex-start }
}
[class*="st-key-number_"] .stHorizontalBlock { flex-wrap: nowrap }
[class*="st-key-number_"] button { min-width: 1.7rem; padding: 0 }
[class*="st-key-number_"] [data-testid="stWidgetLabel"] { width: calc(100% + 3.9rem); white-space: nowrap }
[class*="st-key-number_"] input { padding-left: 0.5rem; padding-right: 0.25rem }
[class*="st-key-number_"] [data-testid="InputInstructions"] { display: none } /* it would print over the number */
.stElementContainer { transition: none !important; opacity: 1 !important }
</style>"""


def open_page(page: Page) -> None:
    """Open a page: the first call of each page, which so also stands alone when it is entered by a link."""
    st.set_page_config(page_title=f"{page.title} · CNN explorer", page_icon=ICON, layout="wide")
    st.html(STYLE)
    state.enter(page.title)


@Once
def close_page() -> None:
    """Start a worker, once the server's first page is drawn, which needs all cores: the last call of each page.

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
