"""The program's folders: where it keeps runs and data sets, and where the app's own files lie."""

import os
from pathlib import Path

import platformdirs


def explorer_home() -> Path:
    """Give the folder named by `EXPLORER_HOME`, by default the platform's user data directory."""
    named = os.environ.get("EXPLORER_HOME")
    return Path(named).expanduser() if named else platformdirs.user_data_path("cnn-explorer")


def app_folder() -> Path:
    """Give the folder of app.py and pages/: beside the package in a checkout, within it where it was installed."""
    package = Path(__file__).parents[1]
    return next(folder for folder in (package / "served", package.parent) if (folder / "app.py").is_file())
