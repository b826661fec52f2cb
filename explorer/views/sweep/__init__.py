"""A sweep in words, as a table and as figures."""
