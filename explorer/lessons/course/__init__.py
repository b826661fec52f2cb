"""Lessons as files: steps that show a page in a state and ask for one thing; the program knows what is right."""
