"""Where a page says how far something is, and how it ended: one place of one height, so that neither moves the page."""

from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

STYLE = f"<style>{Path(__file__).with_name('status.css').read_text('utf-8')}</style>"


def status_place() -> DeltaGenerator:
    """Give the place for the bar and its button, and later for the words on the end."""
    st.html(STYLE)
    return st.container(key="status")


def verdict_place() -> DeltaGenerator:
    """Give the place for what is ahead, which has its room from the start."""
    return st.container(border=True, key="verdict")
