"""How a training step is computed on a CPU: its batch whole, or in parts that are computed beside each other."""

from torch.nn.modules.batchnorm import _BatchNorm

from explorer.architecture.kinds import KINDS
from explorer.architecture.trace import Trace, trace
from explorer.data.home import explorer_home
from explorer.training.cost.measurement import Measurement, read_measurement
from explorer.training.cost.speed import step_seconds
from explorer.training.events import Way
from explorer.training.recipe.devices import find_device
from explorer.training.recipe.recipe import Job, Recipe
from explorer.training.threads import count_cores

MOST_PARTS = 8  # each keeps gradients of its own, which are added
FEWEST_PICTURES = 16  # of a part, which takes half a millisecond beside them
CLEARLY = 0.75  # of the time: rates tell to about a quarter, and parts lose least where other programs compute


def choose_way(rows: Trace, recipe: Recipe, *, cores: int, found: Measurement | None) -> Way:
    """Choose the way that is fastest by a computer's rates; parts, where they are possible and nothing is known."""
    parts = count_parts(rows, recipe, cores=cores)
    usual = Way(parts=parts) if parts > 1 else Way(threads=cores)
    if found is None or found.beside is None or found.whole is None:
        return usual
    alone, whole, single = (
        step_seconds(speed, rows, batch_size=recipe.batch_size) for speed in (found.speed, found.whole, found.beside)
    )
    if parts > 1:
        return Way(threads=cores) if whole < CLEARLY * alone else usual
    return Way(threads=cores if whole < single else 1)


def way_here(job: Job) -> Way:
    """Choose the way for a job on this computer, by what was measured of it, if it was."""
    found = read_measurement(explorer_home(), "cpu")
    return choose_way(trace(job.architecture), job.recipe, cores=count_cores(), found=found)


def parts_here(rows: Trace, recipe: Recipe) -> int:
    """Count the parts in which this computer may compute a batch: 1 where a GPU does."""
    on_cpu = recipe.device == "cpu" or (recipe.device == "auto" and find_device("auto").type == "cpu")
    return count_parts(rows, recipe, cores=count_cores()) if on_cpu else 1


def count_parts(rows: Trace, recipe: Recipe, *, cores: int) -> int:
    """Count the parts in which a batch can be computed on so many cores; 1 where its pictures need each other."""
    if any(issubclass(KINDS[row.kind].module(), _BatchNorm) for row in rows.rows):
        return 1
    return max(1, min(cores, MOST_PARTS, recipe.batch_size // FEWEST_PICTURES))
