"""Rows and events to DataFrames and Plotly figures: pure functions that know no screen."""
