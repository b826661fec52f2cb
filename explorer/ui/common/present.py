"""Presenting on a projector: larger type, no forms, what is looked at first; one key and one button on every page."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.ui.base import state

KEY = "Alt+P"  # a letter alone would go to the field where somebody was last
ABOUT = "Convolutional networks to take apart, change, train and compare."
STYLE = f"<style>{Path(__file__).with_name('present.css').read_text('utf-8')}</style>"
LARGER = f"<style>{Path(__file__).with_name('presenting.css').read_text('utf-8')}</style>"


@dataclass
class Presenting:
    """Whether this tab presents, on whatever page."""

    is_on: bool = False


def present() -> bool:
    """Show the switch at the top of the page, and tell whether the page is presented: then it leaves its forms out.

    Light, dark and the system's choice stand in Streamlit's own menu beside it, which shows them to an app that has
    something to say of itself.
    """
    st.set_page_config(menu_items={"About": ABOUT})
    presenting = state.session().slice_of(Presenting)
    st.html(STYLE)
    with st.container(key="present"):
        label, icon = ("Forms", ":material/edit:") if presenting.is_on else ("Present", ":material/present_to_all:")
        st.button(label, key="present_switch", icon=icon, shortcut=KEY, help=KEY, on_click=_switch)
    if presenting.is_on:
        st.html(LARGER)
    return presenting.is_on


def stage() -> DeltaGenerator:
    """Give the place for what is presented: it fills the screen, and what is looked at takes what the rest leaves."""
    return st.container(key="presented")


def _switch() -> None:
    presenting = state.session().slice_of(Presenting)
    presenting.is_on = not presenting.is_on
