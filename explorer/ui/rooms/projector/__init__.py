"""The projector of a room: what a class sees on the wall."""
