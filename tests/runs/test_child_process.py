"""A child process is heard to its end, however quickly that comes, and nothing of it stays."""

import sys
import threading

import pytest

from explorer.runs.child_process import ChildProcess, End

PATIENCE = 60.0  # seconds


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-S", "-c", code)


def test_a_process_is_written_to_and_heard_to_its_end() -> None:
    heard: list[bytes] = []
    ends: list[End] = []
    code = "import sys; [print(line.strip()[::-1], flush=True) for line in sys.stdin]; sys.exit('the last words')"
    process = ChildProcess(python(code), hear=heard.append, hear_error=lambda words: None, ended=ends.append)
    process.send(b"abc\n")
    process.send(b"def\n")
    process.close_input()
    assert process.wait(PATIENCE)
    assert heard == [b"cba\n", b"fed\n"]
    assert ends == [process.end] == [End(1, "the last words")]


def test_a_process_that_dies_at_once_is_told_every_time() -> None:
    """Its end may come while it is still being started: none is lost, also where the process writes to nobody."""
    dead = threading.Semaphore(0)
    for _ in range(50):
        ChildProcess(("/bin/false",), hear_error=lambda words: None, ended=lambda end: dead.release())
    for _ in range(50):
        assert dead.acquire(timeout=PATIENCE)


def test_a_killed_process_is_reaped() -> None:
    process = ChildProcess(python("import sys; sys.stdin.read()"))
    assert not process.wait(0.0)
    assert process.end is None
    process.kill()
    assert process.wait(PATIENCE)
    assert process.end == End(-9)


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (End(-9), "was killed (signal 9): most often the system ran out of memory, or somebody ended it"),
        (End(-11), "crashed (signal 11, SIGSEGV)"),
        (End(-99), "crashed (signal 99, unknown)"),
        (End(0), "ended with exit code 0"),
        (End(3, "no torch"), "ended with exit code 3: no torch"),
    ],
)
def test_an_end_is_told_in_words(end: End, words: str) -> None:
    assert end.describe() == words
