"""The entrance: `streamlit run app.py` draws the menu and runs the chosen page."""

from explorer.ui.base.navigation import navigation

navigation().run()
