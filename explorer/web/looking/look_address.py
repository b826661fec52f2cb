"""Where a look into a run's network stands, relative to the app's pages."""

LOOK_ADDRESS = "look"


def look_address(run_id: str) -> str:
    """Give the address below which the steps of a run stand."""
    return f"{LOOK_ADDRESS}/{run_id}"
