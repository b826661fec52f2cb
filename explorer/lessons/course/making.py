"""Making a lesson: a page's state becomes a step, steps go in, out and around; pure functions over records."""

import re
from typing import NamedTuple

import msgspec
from msgspec.structs import asdict, replace

from explorer.architecture.presets import PRESETS, origin
from explorer.architecture.spec import Architecture, to_json
from explorer.experiments.race.setup import RaceSetup
from explorer.experiments.text_recipes import default_recipe
from explorer.lessons.course.lesson import FIRST, Lesson, LessonStep, PageName, Shows, read_design
from explorer.lessons.course.tasks import AnyTask, Setting
from explorer.lessons.course.text import Language, Text
from explorer.training.recipe.recipe import Recipe

TRAINS: tuple[PageName, ...] = ("train", "race")
MOST_LETTERS = 40  # of a name


class PageState(NamedTuple):
    """What a page shows, as far as a step can show it again."""

    page: PageName
    design: Architecture
    recipe: Recipe
    setup: RaceSetup
    layer: str = ""  # that is chosen on Explore
    claim: str = ""
    picture: int | None = None  # that Look inside shows


class NewStep(NamedTuple):
    """What a person wrote for a step."""

    title: str
    text: str
    task: AnyTask
    lets: tuple[str, ...] | None  # None: everything may be changed


def in_one(words: str, language: Language) -> Text:
    """Give words in one language as a lesson's text."""
    return Text(en=words) if language == "en" else Text(zh=words)


def with_step(lesson: Lesson | None, new: NewStep, at: PageState, language: Language) -> Lesson:
    """Add a step at the end of a lesson, or begin one with it."""
    designs = dict(lesson.designs) if lesson else {}
    shows = _shows(at, designs)
    taken = lesson.names if lesson else []
    title, text = in_one(new.title, language), in_one(new.text, language)
    name = _free(new.title, taken, otherwise="step")
    step = LessonStep(name=name, title=title, text=text, shows=shows, task=new.task, lets=new.lets)
    if lesson is None:
        return Lesson(title=title, about=text, minutes=10, designs=designs, steps=(step,))
    return replace(lesson, designs=designs, steps=(*lesson.steps, step))


def _shows(at: PageState, designs: dict[str, str]) -> Shows:
    """Say what a page shows; a network that is none of the course joins the lesson's own."""
    return Shows(
        page=at.page,
        design=_named(at.design, designs),
        layer=(at.layer or None) if at.page == "explore" else None,
        recipe=_changed(at) if at.page in TRAINS else None,
        race=_raced(at.setup) if at.page == "race" else None,
        claim=(at.claim or None) if at.page == "claims" else None,
        picture=at.picture if at.page == "inside" else None,
    )


def _named(design: Architecture, designs: dict[str, str]) -> str:
    preset = origin(design)
    if preset and PRESETS[preset].architecture == design:
        return preset
    own = next((name for name, text in designs.items() if read_design(text) == design), None)
    if own is None:
        own = _free(design.name, [*designs, *PRESETS], otherwise="network")
        designs[own] = to_json(design)
    return own


def _free(words: str, taken: list[str], *, otherwise: str) -> str:
    """Make a name of words, which a lesson's names are: small letters and digits, and none that is taken."""
    plain = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")
    name = (plain if plain[:1].isalpha() else f"{otherwise}-{plain}".strip("-"))[: MOST_LETTERS - 3].rstrip("-")
    return next(each for each in (name, *(f"{name}-{i}" for i in range(2, 100))) if each not in taken)


def _changed(at: PageState) -> dict[str, Setting]:
    """Give the fields of the recipe that are not as the network's text has them."""
    usual = asdict(default_recipe(origin(at.design) or FIRST))
    return {name: value for name, value in asdict(at.recipe).items() if value != usual[name] and value is not None}


def _raced(setup: RaceSetup) -> dict[str, Setting | tuple[str, ...]]:
    said: dict[str, Setting | list[str]] = msgspec.to_builtins(setup)
    return {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}


def renamed(lesson: Lesson, title: str, language: Language) -> Lesson:
    """Give a lesson another title."""
    return replace(lesson, title=in_one(title, language))


def without(lesson: Lesson, name: str) -> Lesson | None:
    """Take a step out; nothing is left of a lesson without one."""
    steps = tuple(step for step in lesson.steps if step.name != name)
    return replace(lesson, steps=steps) if steps else None


def earlier(lesson: Lesson, name: str) -> Lesson:
    """Move a step before the one that stands before it."""
    steps, place = list(lesson.steps), lesson.names.index(name)
    if place:
        steps[place - 1], steps[place] = steps[place], steps[place - 1]
    return replace(lesson, steps=tuple(steps))
