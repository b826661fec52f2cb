"""A room in words, for the screens that hear of it."""
