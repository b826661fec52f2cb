"""What ties a process to the server that started it: the pipe to its standard input, which closes with the server.

A process that is stopped (SIGSTOP, a debugger) reads nothing, so Linux is asked besides to send a signal when the
server dies. macOS and Windows have nothing of the kind: there such a process ends as soon as it is let go on.
"""

import ctypes
import os
import signal
import stat
import sys
import threading
from collections.abc import Callable

PR_SET_PDEATHSIG = 1  # of prctl(2)


def end_with_input(end: Callable[[], object] = lambda: os._exit(0)) -> None:
    """Call `end`, in a thread of its own, when the pipe to standard input is closed at its other end.

    Of no effect where standard input is no pipe, as in a shell.
    """
    if has_lifeline():
        threading.Thread(target=_wait, args=(end,), name="end of input", daemon=True).start()


def wake_with_server(number: int) -> None:
    """Have Linux send this process a signal when the thread that started it ends, such as SIGCONT to let it go on.

    Of no effect on other systems, and where standard input is no pipe.
    """
    if sys.platform == "linux" and has_lifeline():
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def die_with_server() -> None:
    """Have Linux kill this process, also one that is stopped, when the thread that started it ends."""
    if hasattr(signal, "SIGKILL"):
        wake_with_server(signal.SIGKILL)


def has_lifeline() -> bool:
    """Tell whether standard input is a pipe, which whoever started this process may hold."""
    try:
        return stat.S_ISFIFO(os.fstat(0).st_mode)
    except OSError:  # a shell can close it
        return False


def _wait(end: Callable[[], object]) -> None:
    while os.read(0, 4_096):
        pass
    end()
