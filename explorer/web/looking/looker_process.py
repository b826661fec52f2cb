"""The process that looks into large networks: `python -m <this module>` reads orders, a line of JSON each.

It ends with the server, and after ten minutes without an order: torch is 0.7 GB.
"""

import os
import sys
import threading

from explorer.process.lifeline import die_with_server
from explorer.process.limits import let_the_server_go_first, limit_memory

IDLE = 600.0  # seconds


def main(idle: float = IDLE) -> int:
    """Answer orders until there are no more, or none has come for a time in seconds."""
    die_with_server()
    let_the_server_go_first()
    output = os.fdopen(os.dup(1), "wb")  # what libraries print goes elsewhere
    os.dup2(2, 1)
    from explorer.web.looking.looker_answers import answer_line  # noqa: PLC0415  # torch takes seconds

    limit_memory()
    while line := _next_line(idle):
        output.write(answer_line(line) + b"\n")
        output.flush()
    return 0


def _next_line(idle: float) -> bytes:
    """Wait for an order; nothing once the server is gone, and the end of this process after a time without one."""
    end = threading.Timer(idle, os._exit, (0,))
    end.daemon = True
    end.start()
    line = sys.stdin.buffer.readline()
    end.cancel()
    return line


if __name__ == "__main__":
    sys.exit(main(*map(float, sys.argv[1:])))
