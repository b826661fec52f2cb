"""Buttons that do what Streamlit's own do not: one saves a file from the disk, one copies a link."""
