"""A lesson given to a class: what happened in each room, and what follows from that."""
