"""Rows and events to words, tables and Plotly figures: pure functions that know no screen."""
