"""The entrance: `streamlit run app.py` serves the pages, and what needs none."""

import streamlit as st

from explorer.web.served import PAGES, lifespan, middleware, routes

app = st.App(PAGES, routes=routes(), middleware=middleware(), lifespan=lifespan)
