"""A network drawn to scale, as its papers draw it."""
