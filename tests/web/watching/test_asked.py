"""What an address that watches may ask for: anything else is refused in words."""

import pytest

from explorer.web.watching.asked import Asked, Listener, WatchError, read_asked, read_listener


def test_a_run_and_a_race_can_be_watched() -> None:
    assert read_asked({"kind": "run", "id": "35b337dfe9"}, {}) == Asked(kind="run", id="35b337dfe9")
    assert read_asked({"kind": "run", "id": "a"}, {"axis": "x", "singles": "true"}) == Asked(kind="run", id="a")
    race = read_asked({"kind": "race", "id": "a-b_C1"}, {"axis": "By time", "singles": "true"})
    assert race == Asked(kind="race", id="a-b_C1", axis="By time", singles=True)


@pytest.mark.parametrize(
    ("path", "query", "words"),
    [
        ({"kind": "sweep", "id": "a"}, {}, "kind: found 'sweep'"),
        ({"kind": "run", "id": ""}, {}, "id: found ''"),
        ({"kind": "run", "id": "../runs.sqlite"}, {}, "id: found '../runs.sqlite'"),
        ({"kind": "run", "id": "a" * 65}, {}, "at most 64"),
        ({"kind": "race", "id": "a"}, {"axis": "x" * 41}, "axis: found 41 letters; at most 40"),
    ],
)
def test_nothing_else_can_be_watched(path: dict[str, str], query: dict[str, str], words: str) -> None:
    with pytest.raises(WatchError, match=words):
        read_asked(path, query)


def test_a_browser_says_what_it_heard_and_how_often_it_listens() -> None:
    assert read_listener({}) == Listener(after=-1, pause=0)
    assert read_listener({"after": "1764432000000", "pause": "2000"}) == Listener(after=1_764_432_000_000, pause=2_000)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"after": "-2"}, "after: found '-2'; whole numbers from -1"),
        ({"after": "1" * 5_000}, "after: found '11111111111111111111';"),
        ({"pause": "60001"}, "pause: found '60001'; whole numbers from 0 to 60,000"),
        ({"pause": "1.5"}, "pause: found '1.5'"),
        ({"pause": "²"}, "pause: found '²'"),
    ],
)
def test_other_numbers_are_refused(query: dict[str, str], words: str) -> None:
    with pytest.raises(WatchError, match=words):
        read_listener(query)
