"""The script that runs for each visitor: it draws the menu and runs the chosen page."""

from explorer.ui.base.navigation import navigation

navigation().run()
