"""A network in words, tables and formulas."""
