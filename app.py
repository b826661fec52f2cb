"""Lists the pages and runs the chosen one."""

import streamlit as st

st.navigation(
    [
        st.Page("pages/explore.py", title="Explore", default=True),
        st.Page("pages/train.py", title="Train"),
    ],
    position="top",
).run()
