"""Sweeps: one job with many values of some of its fields."""
