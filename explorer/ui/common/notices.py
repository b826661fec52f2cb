"""What is amiss with the runs, at the top of what needs them: what was mended, and what cannot be written now."""

import streamlit as st

from explorer.ui.base.server import runs
from explorer.views.common.words import plain


def notices() -> None:
    """Say what the server has to say of its runs, if anything."""
    for words in filter(None, (runs().notice, runs().trouble)):
        st.warning(plain(words))
