"""A lesson as a member of a room takes it: the way in, what the page has of the room, and what it hears."""
