"""How a training step is computed: its batch whole, or in parts that are computed beside each other."""

from torch.nn.modules.batchnorm import _BatchNorm

from explorer.architecture.kinds import KINDS
from explorer.architecture.trace import Trace
from explorer.training.events import Way
from explorer.training.recipe.recipe import Recipe

MOST_PARTS = 8  # each keeps gradients of its own, which are added
FEWEST_PICTURES = 32  # of a part, which takes half a millisecond beside them


def parts_of(trace: Trace, recipe: Recipe, *, cores: int) -> int:
    """Count the parts in which a batch can be computed on so many cores; 1 where its pictures need each other."""
    if any(issubclass(KINDS[row.kind].module(), _BatchNorm) for row in trace.rows):
        return 1
    return max(1, min(cores, MOST_PARTS, recipe.batch_size // FEWEST_PICTURES))


def usual_way(trace: Trace, recipe: Recipe, *, cores: int) -> Way:
    """Choose a way for a computer whose speed is not known."""
    parts = parts_of(trace, recipe, cores=cores)
    return Way(parts=parts) if parts > 1 else Way(threads=cores)
