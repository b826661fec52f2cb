"""Where a race or a sweep has its page."""

from explorer.ui import race_state, state, sweep_state

PAGES = {"race": "pages/race.py", "sweep": "pages/sweep.py"}
PARAMETERS = {"race": race_state.RACE_PARAMETER, "sweep": sweep_state.SWEEP_PARAMETER}


def place_of(kind: str, name: str) -> tuple[str, dict[str, str]]:
    """Give the page of a race or a sweep, and the parameters of the link to it."""
    return PAGES[kind], state.design_parameter() | {PARAMETERS[kind]: name}
