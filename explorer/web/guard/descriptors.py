"""How many files and sockets this process may have open: each open tab takes four, one that watches a run five."""

import logging
import math

try:
    import resource
except ImportError:  # Windows, which has no such limit
    resource = None  # type: ignore[assignment]

FEW = 4_096  # for a thousand tabs
A_TAB = 5
ITS_OWN = 64  # what a server needs whoever is there: its files, workers, and requests that come and go

logger = logging.getLogger(__name__)


def allow_many_files() -> None:
    """Let this process have as many as the system grants, and say so where these are few."""
    if resource is None:
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    except (ValueError, OSError):
        most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= most < FEW:
        logger.warning(
            "This system lets the server have %d open files, which about %d open tabs take. "
            "Raise the hard limit (`ulimit -Hn`, or LimitNOFILE of its service) for more.",
            most,
            most_tabs(),
        )


def most_tabs() -> float:
    """Give how many open tabs this process has files for: one more would keep everybody from being answered."""
    if resource is None:
        return math.inf
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return math.inf if most < 0 else max(1, (most - ITS_OWN) // A_TAB)
