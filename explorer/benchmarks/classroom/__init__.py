"""A class at one server: students who edit and students who watch, each with a real connection of their own."""
