"""The live part of a projector: how many are there and have answered, and the bars of the rounds that are shown."""

from explorer.lessons.course.tasks import Reveal
from explorer.lessons.course.text import Language, Text
from explorer.lessons.rooms.room import Room
from explorer.ui.components.element import element
from explorer.ui.components.watching import WATCHING, room_address
from explorer.ui.course.room.room_bar import FOLLOWING
from explorer.ui.rooms.tally import TALLY_CSS, TALLY_JS, TALLY_WORDS, said
from explorer.views.lessons.course import options_of
from explorer.views.rooms.told import member_page

KEY = "projector_counts"
HTML = """<p class="state" role="status"></p>
<div class="share" aria-hidden="true"><span></span></div>
<div class="steps"></div>"""
WORDS = {
    "of_all": Text("{} of {} answered", "{} / {} 人已作答"),
    "here": Text("{} here", "{} 人在场"),
    "over": Text("The lesson is over.", "课上完了。"),
    "paused": Text("A pause: look up.", "暂停：请抬头。"),
    "closed": Text("answers are closed", "作答已结束"),
    "again": Text("round {}: talk, then answer again", "第 {} 轮：讨论之后再答一次"),
}
_mount = element(__file__, "projector_counts", html=HTML, css=TALLY_CSS, js=WATCHING + FOLLOWING + TALLY_JS)


def projector_counts(room: Room, *, language: Language) -> None:
    """Show the counts of a room, and what becomes of them, without the page being drawn anew."""
    data = {
        "address": room_address("projector", room.code),
        "page": member_page(room),
        "language": language,
        "words": said(TALLY_WORDS | WORDS, language),
        "asked": {step.name: not isinstance(step.task, Reveal) for step in room.lesson.steps},
        "options": {step.name: options_of(step, language) for step in room.lesson.steps},
    }
    _mount(key=KEY, data=data, on_follow_change=_drawn)


def _drawn() -> None:
    """Have the page drawn anew, which is all that a change of the room asks of a projector."""
