"""After which steps of a run the network is looked into: the same whenever a job is run."""

import math

PICTURES = 32  # of a probe; all probes of a default run together take less than 3 % of its time
MOST_PROBES = 60  # evenly over a run; those at its start come on top
STEPS_PER_PROBE = 120  # of as many pictures, at least: a probe takes about as long as one and a half of them
SMALLEST_SHARE = 0.5  # of a step's pictures that a probe counts as, since it does not get cheaper with fewer


def spacing(num_steps: int, *, pictures: int, batch_size: int) -> int:
    """Give the steps between two probes of a run: many enough that probing costs little and tells little twice."""
    steps = math.ceil(STEPS_PER_PROBE * max(SMALLEST_SHARE, pictures / batch_size))
    return max(steps, math.ceil(num_steps / MOST_PROBES))


def is_probed(step: int, *, num_steps: int, spacing: int) -> bool:
    """Say whether a step is probed: 0, 1, 2, 4, 8, … below the spacing, its multiples, and the last one."""
    is_power_of_two = step & (step - 1) == 0
    return step % spacing == 0 or step == num_steps or (step < spacing and is_power_of_two)


def count_probes(num_steps: int, *, spacing: int) -> int:
    """Count the steps of a run that are probed."""
    doubled = spacing.bit_length() - (spacing & (spacing - 1) == 0)  # 1, 2, 4, … below the spacing
    return 1 + min(doubled, num_steps.bit_length()) + math.ceil(num_steps / spacing)
