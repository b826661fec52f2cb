"""The class as a yardstick, small: a real server, students who edit and watchers who hear."""

import sys

import pytest

from explorer.benchmarks.classroom.classroom import Class, Phase, bench_class, report
from explorer.benchmarks.classroom.lesson import Taken
from explorer.benchmarks.classroom.lesson import report as report_of_lesson

ALONE = Phase("trains alone", pictures=1_000.0, server=0.01, players=0.0, memory=7 * 10**8, descriptors={"socket": 5})
WATCHED = Phase(
    "is watched",
    pictures=950.0,
    server=0.02,
    players=0.1,
    memory=7 * 10**8,
    descriptors={"socket": 6},
    updates=[0.1, 0.2],
)


def test_its_report_holds_what_is_watched_against_what_is_not() -> None:
    alone, _, watched, _, updates = report([ALONE, WATCHED])
    assert "1,000 pictures a second (1.00 ×)" in alone
    assert "950 pictures a second (0.95 ×) · server 2% of a core, 700 MB" in watched
    assert "p50 150 ms, p95 195 ms" in updates


def test_the_report_of_a_lesson_says_how_soon_each_thing_was_there_and_what_was_lost() -> None:
    times = {name: [0.1, 0.3] for name in ("answers", "changes", "last_changes", "follows", "kept", "edits")}
    taken = Taken(students=300, missing=2, server=0.5, players=0.25, memory=9 * 10**8, **times)
    first, on_desk, missing, *_ = report_of_lesson(taken)
    assert first == "300 in a room · server 50% of a core, 900 MB · players 25% of a core"
    assert (on_desk.split(" p50 ")[0].strip(), missing) == (
        "an answer is on the desk",
        "2 answers never came to the desk",
    )
    assert "p50 200 ms, p95 290 ms" in on_desk


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads what a process takes from /proc")
def test_a_small_class_edits_and_watches_at_a_real_server() -> None:
    alone, watched, busy = bench_class(Class(students=2, watchers=3, seconds=2.0, pause=0.3, turns=1, settle=1.0))
    assert alone.pictures > 0
    assert not alone.updates
    assert watched.updates
    assert busy.updates
    assert len(busy.edits) >= 2
    assert busy.descriptors["eventpoll"] == alone.descriptors["eventpoll"] + 2  # one for each student's session
