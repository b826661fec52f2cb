"""How far something that trains is: a bar and a sentence, which go on by themselves while its page stands still."""

from msgspec.structs import asdict

from explorer.ui.components.element import element
from explorer.ui.components.watching import WATCHING, Watch
from explorer.views.runs.run_words import Progress

HTML = """<div class="words" id="words"></div>
<div class="track" role="progressbar" aria-labelledby="words" aria-valuemin="0" aria-valuemax="100">
  <div class="done"></div>
</div>"""
_mount = element(__file__, "run_progress", html=HTML, js=WATCHING)


def run_progress(how_far: Progress, *, key: str, watch: Watch | None) -> None:
    """Show how far it is; call it in a fragment, which is run again once the page stands on other than what holds."""
    told = None if watch is None else asdict(watch)
    _mount(key=key, data={**asdict(how_far), "watch": told}, on_look_change=lambda: None)
