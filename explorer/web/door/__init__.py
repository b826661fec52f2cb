"""The door of a class: its codes, its people, and how they get in."""
