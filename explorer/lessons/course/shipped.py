"""The lessons that ship, by the names that stand in a link, in the order in which a course takes them."""

from functools import cache
from pathlib import Path

from explorer.lessons.course.lesson import Lesson
from explorer.lessons.course.lesson_file.reader import read_lesson

FOLDER = Path(__file__).with_name("shipped")
SHIPPED = (
    "convolution-cost",
    "lenet-to-alexnet",
    "sigmoid-stalls",
    "max-or-average",
    "what-it-sees",
    "which-claims",
    "overfit-and-mend",
    "your-own",
)


def shipped_file(name: str) -> Path:
    """Give the file of a lesson that ships."""
    return FOLDER / f"{name}.toml"


@cache
def shipped(name: str) -> Lesson:
    """Read a lesson that ships, once for all who take it."""
    return read_lesson(shipped_file(name).read_bytes())
