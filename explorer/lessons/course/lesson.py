"""A lesson as records: its steps, each with the state that it shows, what may be changed there, and its task."""

from functools import lru_cache
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from explorer.architecture.presets import PRESETS, origin
from explorer.architecture.spec import Architecture, read_json
from explorer.exchange.link import read_link
from explorer.experiments.race.setup import RaceSetup
from explorer.experiments.text_recipes import default_recipe
from explorer.lessons.course.locks import Locks
from explorer.lessons.course.tasks import AnyTask, Challenge, Fields, Name, Setting, Words
from explorer.lessons.course.text import Text
from explorer.training.recipe.recipe import Recipe, with_fields

MAX_STEPS = 40
FIRST = "lenet-d2l"  # whose recipe a network of nobody's text begins with

ControlName = Literal[
    "networks", "code", "file", "race", "train", "all-layers", "beside", "seeds", "more", "known"
]  # that a step can leave out
PageName = Literal["explore", "predict", "train", "race", "inside", "claims"]
Bounds = tuple[float, float]


class Shows(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The state that a step puts into a page; what it does not name stays as the step before left it."""

    page: PageName
    design: Name | None = None  # a network of the lesson or a preset
    layer: Words | None = None  # that is chosen on Explore
    recipe: Fields | None = None  # over the recipe of the network's text
    race: Annotated[dict[Words, Setting | tuple[Words, ...]], Meta(max_length=8)] | None = None
    claim: Words | None = None
    run_of: Name | None = None  # the earlier step whose run is shown
    picture: Annotated[int, Meta(ge=0, le=9_999)] | None = None  # the test picture that Look inside shows


class LessonStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One step: what stands there, what the page shows, what can be changed, what is asked, and what is said then."""

    name: Name
    title: Text
    text: Text
    shows: Shows
    task: AnyTask
    lets: Annotated[tuple[Words, ...], Meta(max_length=32)] | None = None  # all else is fixed; None: nothing is
    hides: Annotated[tuple[ControlName, ...], Meta(max_length=16)] = ()
    ranges: Annotated[dict[Words, Bounds], Meta(max_length=16)] = {}
    then: Text | None = None  # once it is answered


class Lesson(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A lesson: its title, what it is about in a line, how long it takes, its own networks, and its steps in order."""

    title: Text
    about: Text
    minutes: Annotated[int, Meta(ge=1, le=180)]
    designs: Annotated[dict[Name, Annotated[str, Meta(min_length=1, max_length=8_192)]], Meta(max_length=16)] = {}
    steps: Annotated[tuple[LessonStep, ...], Meta(min_length=1, max_length=MAX_STEPS)]

    @property
    def names(self) -> list[str]:
        """The names of its steps in order."""
        return [step.name for step in self.steps]

    @property
    def networks(self) -> dict[str, Architecture]:
        """Its own networks by their names."""
        return {name: read_design(text) for name, text in self.designs.items()}

    def step(self, name: str) -> LessonStep:
        """Find a step by its name; the first for a name that there is not."""
        return next((step for step in self.steps if step.name == name), self.steps[0])


msgspec.json.Decoder(Lesson)  # knows it before two threads read their first lesson at once


@lru_cache(maxsize=256)
def read_design(text: str) -> Architecture:
    """Read a network of a lesson: its JSON, or the text of a link; raises `DesignError`."""
    return read_json(text) if text.lstrip().startswith("{") else read_link(text.strip())


def design_of(lesson: Lesson, step: LessonStep) -> Architecture | None:
    """Give the network that a step shows; None where it goes on with the one that there is."""
    return None if step.shows.design is None else named_design(lesson, step.shows.design)


def named_design(lesson: Lesson, name: str) -> Architecture:
    """Give a network by its name: the lesson's own, or one of the course; it must be there."""
    return read_design(lesson.designs[name]) if name in lesson.designs else PRESETS[name].architecture


def recipe_of(lesson: Lesson, step: LessonStep) -> Recipe | None:
    """Give the recipe that a step shows; None where it goes on with the one that there is."""
    design, fields = design_of(lesson, step), step.shows.recipe
    if design is None and fields is None:
        return None
    text = default_recipe((design and origin(design)) or FIRST)
    return with_fields(text, fields or {})


def setup_of(step: LessonStep) -> RaceSetup | None:
    """Give the race that a step sets up; raises `RaceError`, `RecipeError` and `msgspec.ValidationError`."""
    return None if step.shows.race is None else msgspec.convert(dict(step.shows.race), RaceSetup)


def locks_of(lesson: Lesson, step: LessonStep) -> Locks:
    """Give what a step fixes and within which ranges."""
    return Locks(
        design=design_of(lesson, step),
        recipe=recipe_of(lesson, step),
        setup=setup_of(step),
        lets=None if step.lets is None else frozenset(step.lets),
        ranges=step.ranges,
    )


def in_challenge(recipe: Recipe, task: Challenge, *, seed: int) -> Recipe:
    """Give a recipe as a challenge trains it: from a seed of its own, within its time."""
    seconds = min((each for each in (recipe.max_seconds, task.seconds) if each is not None), default=None)
    return replace(recipe, seed=seed, max_seconds=seconds)
