"""Where the program keeps what it keeps: one folder for runs and data sets."""

import os
from pathlib import Path

import platformdirs


def explorer_home() -> Path:
    """Give the folder named by `EXPLORER_HOME`, by default the platform's user data directory."""
    named = os.environ.get("EXPLORER_HOME")
    return Path(named).expanduser() if named else platformdirs.user_data_path("cnn-explorer")
