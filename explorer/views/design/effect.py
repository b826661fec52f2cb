"""What an edit makes of a network's parameters and multiply-adds, in words."""

from explorer.architecture.repair import Repair
from explorer.architecture.trace import Trace, trace
from explorer.views.common import words


def effect(repair: Repair, now: Trace, before: Trace | None) -> str:
    """Say what the network has after an edit, and how much that is beside the last network that fitted.

    `61,706 parameters (−12 %), 416,520 multiply-adds (× 2.1)`.
    """
    mended = trace(repair.architecture)
    if mended.error:
        return f"{mended.error.name} does not fit then"
    sound = next((one for one in (now, before) if one and not one.error), mended)
    totals, earlier = mended.totals, sound.totals
    if sound is not mended and (totals.num_params, totals.mult_adds) == (earlier.num_params, earlier.mult_adds):
        return "changes no parameters and no multiply-adds"
    params = f"{words.number(totals.num_params)} parameters{change(totals.num_params, earlier.num_params)}"
    return f"{params}, {words.short(totals.mult_adds)} multiply-adds{change(totals.mult_adds, earlier.mult_adds)}"


def change(now: int, earlier: int) -> str:
    """Write a change in per cent, or as a factor once it doubles; nothing for none."""
    if now == earlier or not earlier:
        return ""
    ratio = now / earlier
    if ratio >= 1.995:
        return f" (× {ratio:,.0f})" if ratio >= 100 else f" (× {ratio:.2g})"
    share = 100 * (ratio - 1)
    if abs(share) < 0.1:
        return f" ({'+' if share > 0 else '−'} under 0.1 %)"
    return f" ({share:+.1f} %)".replace("-", "−") if abs(share) < 10 else f" ({share:+.0f} %)".replace("-", "−")
