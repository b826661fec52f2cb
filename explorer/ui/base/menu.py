"""The pages of the app, in the order of the menu: the one table of their files, titles and groups."""

from enum import Enum


class Page(Enum):
    """A page: the name of its file in the folder `pages`, its title, and what a person wants who goes there."""

    EXPLORE = "explore", "Explore", "Build"
    PREDICT = "predict", "Predict", "Build"
    TRAIN = "train", "Train", "Train"
    RACE = "race", "Race", "Train"
    SWEEP = "sweep", "Sweep", "Train"
    LESSONS = "lessons", "Lessons", "Understand"
    INSIDE = "inside", "Look inside", "Understand"
    CLAIMS = "claims", "Claims", "Understand"
    MISTAKES = "mistakes", "Mistakes", "Understand"
    RUNS = "runs", "Runs", "Look back"

    def __init__(self, file: str, title: str, group: str) -> None:
        self.path = f"pages/{file}.py"  # from the folder of app.py
        self.address = file  # below the app's own, which is the first page's
        self.title = title
        self.group = group


FIRST = Page.EXPLORE  # which opens without an address of its own
