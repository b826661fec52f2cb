"""What all persons of this server's class share: their limits, and what is written down of what they do."""

from functools import cache

from explorer.data.home import explorer_home
from explorer.runs.access.acting import Classwork
from explorer.runs.access.audit import AuditLog, audit_log
from explorer.runs.access.limits import Limits, LimitsFile
from explorer.web.door.classroom import the_classroom


@cache
def class_work() -> Classwork | None:
    """Give it; None where one person is alone with the server."""
    if the_classroom() is None:
        return None
    home = explorer_home()
    return Classwork(LimitsFile(home / "limits.toml"), AuditLog(audit_log(home)))


def class_limits() -> Limits:
    """Give the limits of one person as they are now."""
    work = class_work()
    return work.limits.current() if work else Limits()
