"""The live part of a desk: who wants help and who is stuck, what was answered and its slips, and members × steps."""

from collections.abc import Callable

from explorer.lessons.course.lesson import LessonStep
from explorer.lessons.course.tasks import Reveal, Sketch
from explorer.lessons.course.text import Language, Text
from explorer.lessons.rooms.room import Room
from explorer.ui.components.element import element, told
from explorer.ui.components.watching import WATCHING, room_address
from explorer.ui.course.room.room_bar import FOLLOWING
from explorer.ui.rooms.tally import TALLY_CSS, TALLY_JS, TALLY_WORDS, said
from explorer.views.lessons.course import options_of
from explorer.views.rooms.desk_words import MARKS, OUTCOMES
from explorer.views.rooms.told import member_page

KEY = "desk_table"
CURVE = Text("a curve", "一条曲线")
HTML = """<div class="aside">
  <section class="now" aria-label="This step"></section><section class="calls" aria-label="Who needs you"></section>
</div>
<div class="frame" tabindex="0" role="region" aria-label="The class">
  <table><thead></thead><tbody></tbody></table><p class="empty"></p>
</div>"""
_mount = element(__file__, "desk_table", html=HTML, css=TALLY_CSS, js=WATCHING + FOLLOWING + TALLY_JS)


def desk_table(room: Room, step: LessonStep, *, language: Language, on_choose: Callable[[str], None]) -> None:
    """Show how a class stands, and what becomes of it; `on_choose` hears of the member whose name is pressed."""
    data = {
        "address": room_address("desk", room.code),
        "page": member_page(room),
        "language": language,
        "words": said(TALLY_WORDS, language),
        "step": step.name,
        "steps": [_head(each, language) for each in room.lesson.steps],
        "marks": MARKS,
        "outcomes": OUTCOMES,
    }
    _mount(key=KEY, data=data, on_choose_change=lambda: _call(told(KEY, "choose"), on_choose), on_follow_change=_drawn)


def _head(step: LessonStep, language: Language) -> dict[str, object]:
    sketch = CURVE.said(language) if isinstance(step.task, Sketch) else ""  # in place of its many numbers
    options = options_of(step, language)
    title, asks = step.title.said(language), not isinstance(step.task, Reveal)
    return {"name": step.name, "title": title, "options": options, "sketch": sketch, "asks": asks}


def _call(member: str | None, on_choose: Callable[[str], None]) -> None:
    if member is not None:
        on_choose(str(member))


def _drawn() -> None:
    """Have the page drawn anew, which is all that a change of the room asks of a desk."""
