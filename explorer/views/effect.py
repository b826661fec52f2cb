"""What an edit makes of a network's parameters and multiply-adds, in words."""

from explorer.architecture.repair import Repair
from explorer.architecture.trace import Trace, trace
from explorer.views import words


def effect(repair: Repair, now: Trace, before: Trace | None) -> str:
    """Say what the network has after an edit, and how much that is beside the last network that fitted.

    `61,706 parameters (−1,200), 416,520 multiply-adds (+12 %)`.
    """
    mended = trace(repair.architecture)
    if mended.error:
        return f"{mended.error.name} does not fit then"
    sound = next((one for one in (now, before) if one and not one.error), mended)
    totals, earlier = mended.totals, sound.totals
    if (totals.num_params, totals.mult_adds) == (now.totals.num_params, now.totals.mult_adds):
        return "changes no parameters and no multiply-adds"
    params = f"{words.number(totals.num_params)} parameters{_change(totals.num_params, earlier.num_params)}"
    return f"{params}, {words.short(totals.mult_adds)} multiply-adds{_change(totals.mult_adds, earlier.mult_adds)}"


def _change(now: int, earlier: int) -> str:
    """Write a change in per cent, or as a factor once it doubles; nothing for none."""
    if now == earlier or not earlier:
        return ""
    ratio = now / earlier
    return f" (× {ratio:,.3g})" if ratio >= 2 else f" ({100 * (ratio - 1):+.2g} %)".replace("-", "−")
