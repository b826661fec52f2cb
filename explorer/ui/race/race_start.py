"""From what was chosen to a race that trains, or to the words that say why it can't."""

from functools import partial

from explorer.architecture.trace import trace
from explorer.data.datasets import is_available
from explorer.experiments.race.questions import CHANCE
from explorer.experiments.race.race import Race, RaceError
from explorer.experiments.race.setup import RaceSetup, make_race
from explorer.training.cost.gate import refusal
from explorer.training.recipe.recipe import RecipeError
from explorer.ui.base import links, state
from explorer.ui.base.attempt import attempt
from explorer.ui.base.server import launching, runs
from explorer.ui.race import race_state


def start_here() -> None:
    """Start the race that is set up and open it; as `start`."""
    if held := start():
        links.write(links.RACE, held)


def start() -> str | None:
    """Start the race that is set up and give its id; None where something is in its way, which the page then says.

    Raises `ReadOnlyError` and `StoreError`.
    """
    session = state.session()
    race, cause = next_race()
    if race is None or cause or not is_available(session.recipe.dataset):
        return None
    return launching().submit_race(race)


def start_sigmoid_or_relu() -> str | None:
    """Set up and start the race between sigmoid and ReLU in the session's network."""
    setup = RaceSetup(seeds=race_state.remembered().setup.seeds)
    return attempt(partial(_start_as, setup))


def start_over_seeds() -> str | None:
    """Set up and start the session's run over three seeds, as a race against chance."""
    setup = RaceSetup(question=CHANCE, epochs=state.session().recipe.epochs, seeds=3)
    return attempt(partial(_start_as, setup))


def _start_as(setup: RaceSetup) -> str | None:
    race_state.set_up(setup)
    return start()


def next_race() -> tuple[Race | None, str | None]:
    """Make the race that is set up, or None, and say what is in its way, or None."""
    session, served = state.session(), runs()
    try:
        race = make_race(race_state.remembered().setup, session.design, session.recipe)
    except (RaceError, RecipeError) as error:
        return None, str(error)
    causes = ((each.label, refusal(trace(each.architecture), each.recipe)) for each in race.contenders)
    cause = next((f"{label}: {words}" for label, words in causes if words), None)
    return race, served.read_only or cause
