"""How a lesson is read from its file: closed and bounded, each refusal with its line."""
