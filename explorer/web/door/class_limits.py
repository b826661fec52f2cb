"""The limits of each person of this server's class."""

from functools import cache

from explorer.data.home import explorer_home
from explorer.runs.access.limits import Limits, LimitsFile
from explorer.web.door.classroom import the_classroom


@cache
def limits_file() -> LimitsFile | None:
    """Give where they stand; None where one person is alone with the server."""
    return LimitsFile(explorer_home() / "limits.toml") if the_classroom() else None


def class_limits() -> Limits:
    """Give the limits of one person as they are now."""
    file = limits_file()
    return file.current() if file else Limits()
