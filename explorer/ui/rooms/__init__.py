"""The screens of who gives a lesson to a class: the desk, and the projector."""
