"""What all persons of this server's class share: their limits, and what is written down of what they do."""

from functools import cache

from explorer.data.home import explorer_home
from explorer.runs.access.acting import Classwork
from explorer.runs.access.audit import AuditLog, audit_log
from explorer.web.door.class_limits import limits_file


@cache
def class_work() -> Classwork | None:
    """Give it; None where one person is alone with the server."""
    limits = limits_file()
    return Classwork(limits, AuditLog(audit_log(explorer_home()))) if limits else None
