"""How a run is refused or given up."""


class TrainingError(ValueError):
    """A run that cannot start or go on; its words are for the person who started it: what, the numbers, the repair."""


class DivergedError(Exception):
    """A run whose loss is no longer a finite number, found at `step`."""

    def __init__(self, step: int) -> None:
        super().__init__(f"the loss is not a finite number at step {step:,}")
        self.step = step
