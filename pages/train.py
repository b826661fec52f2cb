import streamlit as st

from explorer.ui.frame import open_page

open_page("Train")
st.write("soon")
