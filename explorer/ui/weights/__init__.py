"""Trained weights that a person opens: the file, how far its reading is, and where it leads."""
