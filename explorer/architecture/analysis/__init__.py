"""What can be said of whole networks beyond their rows: which pixels reach an output, and how two networks compare."""
