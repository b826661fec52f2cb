"""Whether what a lesson names is there: networks, layers, settings, quantities, conditions, steps, claims."""

import re
from collections.abc import Iterator

import msgspec

from explorer.architecture.build import layer_names
from explorer.architecture.errors import DesignError
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.experiments.race.race import RaceError
from explorer.lessons.claims import CLAIMS
from explorer.lessons.course.conditions import read_condition
from explorer.lessons.course.lesson import (
    Lesson,
    LessonStep,
    design_of,
    named_design,
    read_design,
    recipe_of,
    setup_of,
)
from explorer.lessons.course.lesson_file.lock_sense import LockSense
from explorer.lessons.course.lesson_file.refusal import Path
from explorer.lessons.course.lesson_file.sense_error import SenseError, choose
from explorer.lessons.course.quantities import Quantity, QuantityError, meant, read_quantity
from explorer.lessons.course.tasks import (
    Challenge,
    Choice,
    Compare,
    Explain,
    Explore,
    Judge,
    Number,
    Reveal,
    Run,
    ShapeOf,
    Sketch,
)
from explorer.lessons.course.text import Text
from explorer.training.recipe.recipe import Recipe, RecipeError

BRACED = re.compile(r"\{([^{}\n]*)\}")


def make_sense(lesson: Lesson) -> None:
    """Raise `SenseError` for the first value that names nothing."""
    for name, text in lesson.designs.items():
        _check_design(("designs", name), text)
        if name in PRESETS:
            found = f"“{name}”, which is a network of the course"
            raise SenseError(("designs", name), found=found, allowed="a name of its own", repair="Name it differently.")
    for field in ("title", "about"):
        _check_words((field,), getattr(lesson, field))
    for place, step in enumerate(lesson.steps):
        if step.name in lesson.names[:place]:
            found = f"“{step.name}” twice"
            raise SenseError(("steps", place, "name"), found=found, allowed="each name once", repair="Change one.")
        _StepSense(lesson, place).check()


def _check_design(path: Path, text: str) -> None:
    try:
        read_design(text)
    except DesignError as error:
        found, allowed = f"at {error.where} {error.found}", error.allowed
        raise SenseError(path, found=found, allowed=allowed, repair="Save a design as JSON on Explore.") from error


def _check_words(path: Path, text: Text) -> None:
    if not text.en.strip() and not text.zh.strip():
        repair = 'Such as: {en = "Count"}.'
        raise SenseError(path, found="no words", allowed="en, zh, or both", repair=repair)


class _StepSense:
    """One step of a lesson, checked part by part."""

    def __init__(self, lesson: Lesson, place: int) -> None:
        self.lesson, self.step = lesson, lesson.steps[place]
        self.path: Path = ("steps", place)
        self.before = lesson.names[:place]

    def check(self) -> None:
        self._shows()
        self._task()
        if self.step.lets is not None or self.step.ranges:
            LockSense(self.lesson, self.step, self.path).check()
        for name, text in self._texts():
            self._text((*self.path, *name), text)

    def _shows(self) -> None:
        shows, path = self.step.shows, (*self.path, "shows")
        if shows.design is not None:
            choose((*path, "design"), shows.design, [*self.lesson.designs, *PRESETS])
        self._recipe()
        self._race()
        if shows.layer is not None:
            choose((*path, "layer"), shows.layer, self._layers(self._design()))
        if shows.claim is not None:
            choose((*path, "claim"), shows.claim, list(CLAIMS))
        if shows.run_of is not None:
            choose((*path, "run_of"), shows.run_of, self.before)

    def _recipe(self) -> None:
        try:
            recipe_of(self.lesson, self.step)
        except RecipeError as error:
            names = list(Recipe.__struct_fields__)
            repair = "" if error.field in names else meant(error.field, names)
            found = f"“{str(error.found)[:60]}”"
            raise SenseError(
                (*self.path, "shows", "recipe", error.field), found=found, allowed=error.allowed, repair=repair
            ) from error

    def _race(self) -> None:
        try:
            setup_of(self.step)
        except (RaceError, RecipeError, msgspec.ValidationError) as error:
            allowed = "question, choices, seeds, epochs, rate and own_rates as the Race page has them"
            raise SenseError(
                (*self.path, "shows", "race"), found=str(error)[:160].rstrip("."), allowed=allowed
            ) from error

    def _design(self) -> Architecture | None:
        return design_of(self.lesson, self.step)

    def _layers(self, design: Architecture | None) -> list[str]:
        return list(layer_names(design.layers)) if design else []

    def _task(self) -> None:
        path = (*self.path, "task")
        match self.step.task:
            case Explore() as task:
                self._is_met(path, task)
            case Challenge() as task:
                self._is_on_pages(path, ("explore", "train"))
                self._is_met(path, task)
            case Run(until=until):
                self._conditions(path, until)
                self._is_on_pages(path, ("train", "race"))
            case Number(what=what) | ShapeOf(what=what):
                self._quantity((*path, "what"), what)
                self._is_shape((*path, "what"), what)
            case Choice() | Compare():
                self._options(path)
            case Judge(claim=claim):
                choose((*path, "claim"), claim, list(CLAIMS))
            case Sketch(run=run, part=part):
                choose((*path, "run"), run, self._running())
                self._contender((*path, "part"), self.lesson.step(run), part)
            case Reveal(of=of):
                for name in of:
                    choose((*path, "of"), name, self.before)

    def _is_met(self, path: Path, task: Explore | Challenge) -> None:
        self._conditions(path, task.until)
        if task.example is not None:
            choose((*path, "example"), task.example, [*self.lesson.designs, *PRESETS])

    def _contender(self, path: Path, held: LessonStep, part: str | None) -> None:
        choices = (held.shows.race or {}).get("choices")
        if isinstance(choices, tuple):
            choose(path, part or "", [str(choice) for choice in choices])
        elif held.shows.page != "race" and part is not None:
            raise SenseError(path, found=f"“{part}”", allowed="no part: one network trains there")

    def _is_on_pages(self, path: Path, pages: tuple[str, ...]) -> None:
        asks, page = type(self.step.task).__struct_config__.tag, self.step.shows.page
        if page not in pages:
            allowed = f"{asks} on the pages {' and '.join(pages)}"
            raise SenseError((*path, "asks"), found=f"{asks} on the page {page}", allowed=allowed)

    def _is_shape(self, path: Path, what: str) -> None:
        wants = isinstance(self.step.task, ShapeOf)
        if wants != (read_quantity(what).what == "output"):
            allowed = "output, for a shape" if wants else "a quantity that is one number"
            raise SenseError(path, found=f"“{what}”", allowed=allowed)

    def _options(self, path: Path) -> None:
        task = self.step.task
        assert isinstance(task, Choice | Compare)
        for place, option in enumerate(task.options):
            if option.what is not None:
                self._quantity((*path, "options", place, "what"), option.what)
                self._is_shape((*path, "options", place, "what"), option.what)
        if isinstance(task, Choice) and task.right > len(task.options):
            found, allowed = str(task.right), f"a whole number from 1 to {len(task.options)}"
            raise SenseError((*path, "right"), found=found, allowed=allowed)
        if isinstance(task, Compare):
            self._compares(path, task)

    def _compares(self, path: Path, task: Compare) -> None:
        if isinstance(task.apart, str):
            self._quantity((*path, "apart"), task.apart)
            self._is_shape((*path, "apart"), task.apart)
        compared = sum(option.what is not None for option in task.options)
        if compared < max(2, len(task.options) - 1):
            found = f"{compared} of {len(task.options)} options with a quantity"
            allowed = "what for each option, or for all but the one that says that they are alike"
            raise SenseError((*path, "options"), found=found, allowed=allowed)

    def _conditions(self, path: Path, until: tuple[str, ...]) -> None:
        for place, text in enumerate(until):
            try:
                condition = read_condition(text)
            except QuantityError as error:
                raise _of((*path, "until", place), error) from error
            for quantity in (condition.quantity, condition.wanted):
                if isinstance(quantity, Quantity):
                    self._names((*path, "until", place), quantity)

    def _quantity(self, path: Path, text: str) -> None:
        try:
            quantity = read_quantity(text)
        except QuantityError as error:
            raise _of(path, error) from error
        self._names(path, quantity)

    def _names(self, path: Path, quantity: Quantity) -> None:
        """Hold the network, the layer and the step that a quantity names against what there is."""
        if quantity.is_of_run and isinstance(self.step.task, Challenge):
            repair = "A test accuracy is asked for by reach."
            raise SenseError(path, found=quantity.what, allowed="a quantity of the network", repair=repair)
        if quantity.is_of_run:
            own = [self.step.name] if isinstance(self.step.task, Run) else []
            if quantity.place or not own:
                choose(path, quantity.place, self._running())
            return
        if quantity.place:
            choose(path, quantity.place, [*self.lesson.designs, *PRESETS])
        design = named_design(self.lesson, quantity.place) if quantity.place else self._design()
        if quantity.part and design:
            choose(path, quantity.part, self._layers(design))

    def _running(self) -> list[str]:
        """Name the steps that train something: a prediction is about a later one."""
        return [step.name for step in self.lesson.steps if isinstance(step.task, Run)]

    def _texts(self) -> Iterator[tuple[Path, Text]]:
        yield ("title",), self.step.title
        yield ("text",), self.step.text
        if self.step.then:
            yield ("then",), self.step.then
        match self.step.task:
            case Choice(options=options) | Compare(options=options):
                yield from ((("task", "options", place, "text"), one.text) for place, one in enumerate(options))
            case Explain(good=good):
                yield ("task", "good"), good

    def _text(self, path: Path, text: Text) -> None:
        """Hold the numbers that a text asks for against what can be looked up."""
        _check_words(path, text)
        for language, words in (("en", text.en), ("zh", text.zh)):
            for braced in BRACED.findall(words):
                self._quantity((*path, language), braced)


def _of(path: Path, error: QuantityError) -> SenseError:
    return SenseError(path, found=error.found, allowed=error.allowed, repair=error.repair)
