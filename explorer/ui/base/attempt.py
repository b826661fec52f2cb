"""What a click asks for, done or refused in words at the top of the page."""

from collections.abc import Callable
from typing import TypeVar

from explorer.lessons.course.lesson_file.reader import LessonError
from explorer.lessons.course.locks import LockedError
from explorer.lessons.rooms.room import RoomError
from explorer.runs.access.allowance import LimitError
from explorer.runs.access.person import NotAllowedError
from explorer.runs.scheduler.server import ReadOnlyError
from explorer.runs.store.database import StoreError
from explorer.runs.store.rows import RemarkError
from explorer.training.errors import TrainingError
from explorer.training.loop.checkpoint import CheckpointError
from explorer.training.recipe.recipe import RecipeError
from explorer.ui.base import state

Result = TypeVar("Result")
REFUSALS = (
    *(ReadOnlyError, NotAllowedError, LimitError, LockedError),
    *(StoreError, CheckpointError, RecipeError, RemarkError, TrainingError, RoomError, LessonError),
)


def attempt(action: Callable[[], Result]) -> Result | None:
    """Do what was asked and give what comes of it.

    What stands in its way is shown at the top of the page, until something succeeds; nothing comes of it then.
    """
    try:
        result = action()
    except REFUSALS as error:
        state.session().refusal = str(error)
        return None
    state.session().refusal = ""
    return result
