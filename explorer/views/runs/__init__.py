"""Runs in words, curves and lists; what they rest on, and in what they differ."""
