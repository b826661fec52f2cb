"""A lesson as one person takes it: the list, the bar above the pages that it leads to, and its place in the session."""
