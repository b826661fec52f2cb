"""From what was chosen to a sweep that trains, or to the words that say why it can't."""

from explorer.data.datasets import is_available
from explorer.experiments.sweep.axis_text import make_sweep
from explorer.experiments.sweep.fields import SweepError
from explorer.experiments.sweep.sweep import Sweep, lay_out
from explorer.training.recipe.recipe import RecipeError
from explorer.ui.base import links, state
from explorer.ui.base.server import launching, runs
from explorer.ui.sweep import sweep_state


def start_here() -> None:
    """Start the sweep that is set up and open it; where something is in its way, the page says so.

    Raises `ReadOnlyError` and `StoreError`.
    """
    session = state.session()
    sweep, cause = next_sweep()
    if sweep and not cause and is_available(session.recipe.dataset):
        links.write(links.SWEEP, launching().submit_sweep(sweep))


def next_sweep() -> tuple[Sweep | None, str | None]:
    """Give the sweep that is set up, if there can be one, and why it can't be started, if it can't."""
    session = state.session()
    try:
        sweep = make_sweep(sweep_state.remembered().setup, session.design, session.recipe)
        cells = lay_out(sweep)
    except (SweepError, RecipeError) as error:
        return None, str(error)
    if all(cell.cause for cell in cells):
        return sweep, f"None of the cells can be trained. The first: {cells[0].cause}"
    return sweep, runs().read_only
