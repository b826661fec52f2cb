"""The pages of the app, in the order of the menu: the one table of their files and titles."""

from enum import Enum


class Page(Enum):
    """A page: the name of its file in the folder `pages`, and its title."""

    EXPLORE = "explore", "Explore"
    TRAIN = "train", "Train"
    RACE = "race", "Race"
    SWEEP = "sweep", "Sweep"
    RUNS = "runs", "Runs"
    MISTAKES = "mistakes", "Mistakes"
    CLAIMS = "claims", "Claims"
    PREDICT = "predict", "Predict"

    def __init__(self, file: str, title: str) -> None:
        self.path = f"pages/{file}.py"  # from the folder of app.py
        self.address = file  # below the app's own, which is the first page's
        self.title = title


FIRST = Page.EXPLORE  # which opens without an address of its own
