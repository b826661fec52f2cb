"""The desk of a room: where its teacher leads the class, and sees how each of it stands."""
