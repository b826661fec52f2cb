"""Convolutional networks as data: trace one into rows, train one into events, draw both.

`docs/architecture.md` has the flow in one picture, the folders, and which of them may import which.
"""

__version__ = "0.2.0"

PROGRAM = "CNN explorer"
