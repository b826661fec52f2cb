"""Races: contenders that differ in one thing, over several seeds."""
