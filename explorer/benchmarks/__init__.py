"""Yardsticks as commands: `python -m explorer bench trace` and `bench train`."""
