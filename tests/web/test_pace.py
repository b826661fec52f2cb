"""The pace of one person's messages: the first are heard at once, more come later, and far too many end the socket."""

import asyncio
from collections.abc import Iterable

import pytest
from starlette.types import Message

from explorer.web.guard import pace
from explorer.web.guard.pace import A_SECOND, AT_ONCE, CUT_OFF, MOST_BYTES, MOST_WAITING, OPENING, Pace, Paced, Paces

GONE: Message = {"type": "websocket.disconnect", "code": 1001}


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def messages(count: int, *, size: int = 1) -> list[Message]:
    return [{"type": "websocket.receive", "bytes": bytes(size)} for _ in range(count)]


def heard(sent: Iterable[Message], *, ends: bool = True) -> list[Message]:
    """Give what the app hears up to the end of a socket on which all was sent before it listened."""

    async def listen() -> list[Message]:
        waiting: asyncio.Queue[Message] = asyncio.Queue()
        for message in (*sent, *([GONE] if ends else [])):
            waiting.put_nowait(message)
        paced, found = Paced(waiting.get, Pace()), list[Message]()
        while not found or found[-1]["type"] != "websocket.disconnect":
            found.append(await asyncio.wait_for(paced(), 60))
        paced.close()
        return found

    return asyncio.run(listen())


def test_a_person_is_heard_at_once_and_then_at_a_pace() -> None:
    clock = Clock()
    mine = Pace(clock)
    assert [mine.take() for _ in range(int(AT_ONCE))] == [0.0] * int(AT_ONCE)
    assert [mine.take() for _ in range(3)] == pytest.approx([1 / A_SECOND, 2 / A_SECOND, 3 / A_SECOND])
    clock.now += 5 / A_SECOND
    assert [mine.take() for _ in range(3)] == pytest.approx([0.0, 0.0, 1 / A_SECOND])
    clock.now += 1e6
    assert mine.take(AT_ONCE) == 0.0
    assert mine.take() == pytest.approx(1 / A_SECOND)


def test_all_tabs_of_a_person_have_one_pace_and_another_person_has_another(monkeypatch: pytest.MonkeyPatch) -> None:
    paces = Paces()
    assert paces.of("me") is paces.of("me")
    assert paces.of("me") is not paces.of("you")
    monkeypatch.setattr(pace, "REMEMBERED", 2)
    mine = paces.of("me")
    paces.of("third")
    assert paces.of("me") is mine, "the one who was heard last was forgotten"


def test_what_is_sent_slowly_comes_whole_and_in_order() -> None:
    sent = [{"type": "websocket.receive", "bytes": bytes([number])} for number in range(50)]
    assert heard(sent) == [*sent, GONE]


def test_the_end_is_heard_whatever_waits_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "A_SECOND", 1e-6)
    found = heard(messages(400))
    assert found[-1] == GONE
    assert len(found) <= AT_ONCE - OPENING + 1


@pytest.mark.parametrize(
    "sent",
    [messages(MOST_WAITING + 1), messages(5, size=MOST_BYTES // 4), [{"type": "websocket.receive", "text": "a"}]],
)
def test_who_sends_far_too_much_or_what_is_no_page_s_is_cut_off(sent: list[Message]) -> None:
    found = heard(sent, ends=False)
    assert found[-1] == CUT_OFF
    assert len(found) <= len(sent)
