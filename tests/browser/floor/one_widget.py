"""The smallest page that can be edited: one number, and one text that says it."""

import streamlit as st

channels = st.number_input("out_channels", min_value=1, value=96)
st.text(f"now {channels}")
