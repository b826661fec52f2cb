"""What watchers are told: encoded once for all that know the same, as increments, whole for who knows nothing."""

import math
from collections.abc import Mapping, Sequence

import msgspec
import pytest

from explorer.views.runs.curves import Series
from explorer.views.runs.watching import Told, message
from explorer.web.watching import watching
from explorer.web.watching.watching import LEAST_PAUSE, NEVER, REMEMBERED, Watched


def told(points: int, *, page: str = "running", ended: bool = False) -> Told:
    y: list[float | None] = [None if i == 3 else 1 / (i + 1) for i in range(points)]
    line = Series("r/train/loss", "train", "loss", "train", "#000", list(map(float, range(points))), y)
    return Told(page=page, figures=0, events=points, ended=ended, share=0.5, words="Half.", alt="", series=[line])


def read(encoded: bytes) -> dict[str, object]:
    found: dict[str, object] = msgspec.json.decode(encoded)
    return found


def line(encoded: bytes) -> tuple[int, int, Sequence[float]]:
    """Give how many points of the one line stand before those told, how many there are, and their x."""
    (found,) = msgspec.json.decode(encoded)["series"]
    return found["from"], found["total"], found["x"]


def test_who_heard_the_last_gets_what_is_new_and_who_heard_none_everything() -> None:
    watched = Watched()
    watched.tell(told(3))
    first = watched.number
    watched.tell(told(5))

    assert line(watched.message(after=first)) == (3, 5, [3, 4])
    assert line(watched.message(after=NEVER)) == (0, 5, [0, 1, 2, 3, 4])
    assert line(watched.message(after=first + 77)) == (0, 5, [0, 1, 2, 3, 4])
    assert read(watched.message(after=first))["number"] == watched.number == first + 1


def test_a_message_is_encoded_once_for_all_that_know_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[Told] = []

    def encode(told: Told, *, have: Mapping[str, int]) -> dict[str, object]:
        encoded.append(told)
        return message(told, have=have)

    monkeypatch.setattr(watching, "message", encode)
    watched = Watched()
    watched.tell(told(3))
    first = watched.number
    watched.tell(told(5))

    messages = [watched.message(after=after) for after in [first, NEVER] * 150]
    assert len(encoded) == 2
    assert len({id(each) for each in messages}) == 2


def test_what_was_told_before_is_no_news() -> None:
    watched = Watched()
    assert watched.tell(told(3))
    assert not watched.tell(told(3))
    assert watched.tell(told(3, page="paused"))
    assert line(watched.message(after=watched.number - 1)) == (3, 3, [])
    assert not watched.ended
    watched.tell(told(3, ended=True))
    assert watched.ended


def test_a_telling_that_is_long_ago_is_forgotten_and_told_whole() -> None:
    watched = Watched()
    watched.tell(told(1))
    first = watched.number
    for points in range(2, REMEMBERED + 2):
        watched.tell(told(points))
    assert line(watched.message(after=first))[0] == 0
    assert line(watched.message(after=first + 1))[0] == 2


def test_a_line_that_is_another_one_is_told_whole() -> None:
    watched = Watched()
    watched.tell(told(5))
    first = watched.number
    watched.tell(told(2))
    assert line(watched.message(after=first)) == (0, 2, [0, 1])


def test_pages_of_many_watchers_are_drawn_anew_over_a_longer_time() -> None:
    alone, many = Watched(), Watched()
    alone.tell(told(1))
    many.tell(told(1), watchers=300)
    assert read(alone.message(after=NEVER))["pause"] == LEAST_PAUSE
    assert read(many.message(after=NEVER))["pause"] == 60_000
    assert read(many.message(after=NEVER))["spread"] == 15_000


def test_a_value_that_is_no_number_is_told_as_a_gap() -> None:
    watched = Watched()
    watched.tell(told(5))
    (found,) = msgspec.json.decode(watched.message(after=NEVER))["series"]
    assert found["y"][3] is None
    assert all(math.isfinite(y) for y in found["y"][:3])


def test_nothing_can_be_told_before_anything_was() -> None:
    with pytest.raises(LookupError, match="`tell` comes first"):
        Watched().message(after=NEVER)
