"""A process ends with its server, also one that is stopped and so hears nothing."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO, cast

import pytest

from explorer.runs.child_process import ROOT, ChildProcess
from tests.runs.scene import is_alive, wait_until

PATIENCE = 60.0  # seconds; only a failing test waits so long
# What a server starts, in a thread that ends at once, as a page's does.
SERVER = """
import sys, threading
from explorer.runs.child_process import ChildProcess
from tests.runs.test_lifeline import tied

def start():
    ChildProcess(tied(sys.argv[1]), hear=lambda pid: print(int(pid), flush=True))

thread = threading.Thread(target=start)
thread.start()
thread.join()
threading.Event().wait()
"""

linux = pytest.mark.skipif(sys.platform != "linux", reason="no other system ends a process that is stopped")


def tied(how: str) -> tuple[str, ...]:
    """Give the command of a process that waits for ever, tied to its server in some ways."""
    imports = "from explorer.process.lifeline import *; import os, signal, threading"
    return (sys.executable, "-c", f"{imports}; {how}; print(os.getpid(), flush=True); threading.Event().wait()")


def test_the_end_of_its_input_ends_a_process() -> None:
    process = ChildProcess(tied("end_with_input()"))
    process.send(b"a line\n")
    assert not process.wait(0.1)
    process.close_input()
    assert process.wait(PATIENCE)
    assert process.end is not None
    assert process.end.status == 0


def test_without_a_pipe_nothing_is_tied() -> None:
    code = "from explorer.process.lifeline import *; end_with_input(); die_with_server(); print(has_lifeline())"
    command = [sys.executable, "-c", code]
    said = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, check=True)
    assert said.stdout.split() == [b"False"]


@pytest.mark.slow
@linux
@pytest.mark.parametrize("how", ["die_with_server()", "end_with_input(); wake_with_server(signal.SIGCONT)"])
def test_a_stopped_process_ends_with_a_server_that_is_killed_and_not_before(how: str) -> None:
    with subprocess.Popen([sys.executable, "-c", SERVER, how], cwd=ROOT, stdout=subprocess.PIPE) as server:
        pid = int(cast(IO[bytes], server.stdout).readline())
        os.kill(pid, signal.SIGSTOP)
        wait_until(lambda: is_stopped(pid))
        server.kill()
    wait_until(lambda: not is_alive(pid))


def is_stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
