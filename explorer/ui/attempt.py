"""What a click asks for, done or refused in words at the top of the page."""

from collections.abc import Callable

from explorer.runs.database import StoreError
from explorer.runs.rows import RemarkError
from explorer.runs.server import ReadOnlyError
from explorer.training.checkpoint import CheckpointError
from explorer.training.recipe import RecipeError
from explorer.ui import state


def attempt(action: Callable[[], None]) -> None:
    """Do what was asked; what stands in its way is shown at the top of the page, until something succeeds."""
    try:
        action()
        state.session().refusal = ""
    except (ReadOnlyError, StoreError, CheckpointError, RecipeError, RemarkError) as error:
        state.session().refusal = str(error)
