"""Layers of few channels, computed as a processor's vectors want them: the same results in less time."""
