"""What the session remembers of the Train page: what is looked at inside a run, and when; which group to open next."""

from dataclasses import dataclass, field

from explorer.ui.base import state

FIRST_PROBE = "gradients"


@dataclass
class TrainState:
    """How a tab looks at runs."""

    opened_probe: str = FIRST_PROBE  # of the views of what happens inside a run
    probed_layer: int = 0  # whose histograms are shown there
    moments: dict[str, int] = field(default_factory=dict)  # the step that each run is shown at, unless it is the newest
    rates: dict[str, float] = field(default_factory=dict)  # typed for a run's learning rate, and not sent yet
    more_epochs: dict[str, int] = field(default_factory=dict)  # typed for a run that has ended
    wanted_group: tuple[str, str] | None = None  # a race or sweep, by kind and id, whose page opens with the next run


def remembered() -> TrainState:
    """Give what this tab's session remembers of the page."""
    return state.session().slice_of(TrainState)


def type_rate(run_id: str, rate: float | None) -> None:
    """Keep a learning rate that was typed for a run, to be sent by its button."""
    if rate is not None:
        remembered().rates[run_id] = rate


def type_more_epochs(run_id: str, epochs: float | None) -> None:
    """Keep by how many epochs a run is to go on."""
    if epochs is not None:
        remembered().more_epochs[run_id] = int(epochs)


def open_probe(name: str) -> None:
    """Choose what is shown of the inside of a run."""
    remembered().opened_probe = name


def look_into(index: int) -> None:
    """Show one layer of a run."""
    remembered().probed_layer = index
    remembered().opened_probe = "layer"


def look_at(run_id: str, step: int | None) -> None:
    """Show the inside of a run as it was after a step; for None as it is, however far the run goes on."""
    if step is None:
        remembered().moments.pop(run_id, None)
    else:
        remembered().moments[run_id] = step
