"""A race in words, as curves, and its verdict."""
