"""A lesson taken by the program itself: each step is solved where it can be, so that none asks for what cannot be."""

from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import Literal, NamedTuple

from msgspec.structs import replace

from explorer.architecture import edit
from explorer.architecture.build import layer_names
from explorer.architecture.errors import DesignError
from explorer.architecture.kinds import ACTIVATIONS, POOLINGS
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture, check
from explorer.experiments.race.race import Race
from explorer.experiments.race.setup import make_race
from explorer.lessons.course.answer import Answer
from explorer.lessons.course.curve import Curve, write_curve
from explorer.lessons.course.facts import Facts, Measured, middle
from explorer.lessons.course.lesson import (
    FIRST,
    Lesson,
    LessonStep,
    design_of,
    in_challenge,
    locks_of,
    recipe_of,
    setup_of,
)
from explorer.lessons.course.locks import LockedError, Locks
from explorer.lessons.course.quantities import Value, traced
from explorer.lessons.course.right import judge, right_answer
from explorer.lessons.course.tasks import PREDICTIONS, Challenge, Choice, Compare, Explore, Judge, Run, Sketch
from explorer.training.recipe.recipe import Job, Recipe, RecipeError, with_fields

MOST_TRIES = 600  # networks that are tried for one step
USUAL_SIZES = (1, 12)  # of a setting that may be changed and has no range

Result = Literal["solved", "open", "unsolvable"]
Train = Callable[[Job], Measured]


class Solved(NamedTuple):
    """What came of one step: its name, whether it was solved, and by what, or why not."""

    step: str
    result: Result
    words: str


class Solver:
    """Goes through a lesson as a person would who knows all answers; `train` trains what its steps run, if given."""

    def __init__(self, lesson: Lesson, train: Train | None = None) -> None:
        self._lesson, self._train = lesson, train
        self._facts = Facts(PRESETS[FIRST].architecture, {}, lesson.networks)
        self._recipe = Recipe()
        self._shown: dict[str, Architecture] = {}  # by steps

    def solve(self) -> Iterator[Solved]:
        """Solve step by step: first what is explored and run, then what is predicted of it."""
        done = {step.name: self._walk(step) for step in self._lesson.steps}
        for step in self._lesson.steps:
            yield done[step.name] or self._predict(step)

    def _walk(self, step: LessonStep) -> Solved | None:
        design = design_of(self._lesson, step) or self._facts.design
        self._facts = replace(self._facts, design=design)
        self._recipe = recipe_of(self._lesson, step) or self._recipe
        self._shown[step.name] = design
        if isinstance(step.task, Explore):
            return self._explore(step, step.task)
        if isinstance(step.task, Challenge):
            return self._challenge(step, step.task)
        if isinstance(step.task, Run):
            return self._run(step)
        return None if isinstance(step.task, PREDICTIONS) else Solved(step.name, "solved", "nothing is judged here")

    def _explore(self, step: LessonStep, task: Explore) -> Solved:
        if self._holds(step, self._facts.design):
            return Solved(step.name, "unsolvable", "its conditions hold before anything is changed")
        return self._change(step, task)

    def _change(self, step: LessonStep, task: Explore | Challenge) -> Solved:
        start, locks = self._facts.design, locks_of(self._lesson, step)
        if task.example is not None:
            return self._by_example(step, task.example, locks)
        tried = islice(_two_edits(start, locks), MOST_TRIES)
        found = next((design for design in tried if self._holds(step, design)), None)
        if found is None:
            return Solved(step.name, "open", "no small change was found that meets it: name a network as its example")
        self._facts = replace(self._facts, design=found)
        return Solved(step.name, "solved", f"by {_change_words(start, found)}")

    def _by_example(self, step: LessonStep, name: str, locks: Locks) -> Solved:
        example = self._facts.find_design(name)
        assert example is not None
        try:
            locks.check_design(example)
        except LockedError as error:
            return Solved(step.name, "unsolvable", f"its example {name} is locked out: {error}")
        if not self._holds(step, example):
            return Solved(step.name, "unsolvable", f"its example {name} does not meet it")
        self._facts = replace(self._facts, design=example)
        return Solved(step.name, "solved", f"by its example {name}")

    def _holds(self, step: LessonStep, design: Architecture) -> bool:
        return judge(step, Answer(design), self._facts).outcome == "right"

    def _challenge(self, step: LessonStep, task: Challenge) -> Solved:
        """Find a network that may be entered, and with a trainer say whether its median reaches what is asked."""
        start = self._facts.design
        holds = task.example is None and self._holds(step, start)
        found = Solved(step.name, "solved", f"by {start.name} as it is") if holds else self._change(step, task)
        if found.result != "solved" or self._train is None:
            return found
        recipes = (in_challenge(self._recipe, task, seed=seed) for seed in range(task.seeds))
        runs = [self._train(Job(architecture=self._facts.design, recipe=recipe)) for recipe in recipes]
        came = middle(run.test_accuracy for run in runs) or 0.0
        reached = came >= (task.reach or 0.0)
        return Solved(step.name, "solved" if reached else "unsolvable", f"{found.words}, median {came:.1%}")

    def _run(self, step: LessonStep) -> Solved:
        try:
            jobs = list(self._jobs(step))
        except (LockedError, RecipeError) as error:
            return Solved(step.name, "unsolvable", f"its example is refused: {error}")
        misfit = next((job for _, job in jobs if traced(job.architecture).error), None)
        if misfit:
            return Solved(step.name, "unsolvable", f"{misfit.architecture.name} does not fit and cannot be trained")
        if self._train is None:
            return Solved(
                step.name, "open", f"trains {len(jobs)} run{'s' * (len(jobs) != 1)}: not tried without --train"
            )
        runs = tuple(replace(self._train(job), label=label) for label, job in jobs)
        self._facts = replace(self._facts, runs={**self._facts.runs, step.name: runs})
        judged = judge(step, Answer(self._facts.design), self._facts)
        figures = ", ".join(f"{run.label or 'run'} {run.best_test_accuracy or 0:.1%}" for run in runs)
        return Solved(step.name, "solved" if judged.is_done else "unsolvable", figures)

    def _jobs(self, step: LessonStep) -> Iterator[tuple[str, Job]]:
        if step.shows.page == "race":
            race = self._race(step)
            yield from ((one.label, job) for heat in race.heats for one, job in zip(race.contenders, heat, strict=True))
        else:
            assert isinstance(step.task, Run)
            recipe = with_fields(self._recipe, step.task.example or {})
            locks_of(self._lesson, step).check_recipe(recipe)
            yield "", Job(architecture=self._facts.design, recipe=recipe)

    def _race(self, step: LessonStep) -> Race:
        setup = setup_of(step)
        assert setup is not None, "a race is set up wherever one is run"
        return make_race(setup, self._facts.design, self._recipe)

    def _predict(self, step: LessonStep) -> Solved:
        facts = replace(self._facts, design=self._shown[step.name])
        right = right_answer(step, facts)
        if right is None:
            return Solved(step.name, "open", "what is right is known once its run has trained")
        if right == ():
            return Solved(step.name, "unsolvable", "no option is right")
        outcome = judge(step, Answer(facts.design, typed_as(step, right)), facts).outcome
        return Solved(step.name, "solved" if outcome == "right" else "unsolvable", f"right is {typed_as(step, right)}")


def typed_as(step: LessonStep, right: Value | Curve) -> str:
    """Write what is right as a person would give it: a number, a shape, the place of an option, a curve."""
    if isinstance(step.task, Sketch):
        assert isinstance(right, tuple)
        return write_curve(right)
    if isinstance(step.task, Choice | Compare | Judge):
        assert isinstance(right, tuple)
        return str(right[0])
    return " × ".join(map(str, right)) if isinstance(right, tuple) else str(right)


def _two_edits(design: Architecture, locks: Locks) -> Iterator[Architecture]:
    """Give what one or two changes of what is not fixed make of a network."""
    once = list(_edits(design, locks))
    return chain(once, (twice for edited in once for twice in _edits(edited, locks)))


def _edits(design: Architecture, locks: Locks) -> Iterator[Architecture]:
    lets = locks.lets or frozenset()
    if "activations" in lets:
        yield from (edit.replace_activations(design, kind) for kind in ACTIVATIONS)
    if "poolings" in lets:
        yield from (edit.replace_poolings(design, kind) for kind in POOLINGS)
    for index, name in enumerate(layer_names(design.layers)):
        for field in design.layers[index].__struct_fields__:
            if f"{name}.{field}" in lets and isinstance(getattr(design.layers[index], field), int):
                yield from _sizes(design, index, field, locks.ranges.get(f"{name}.{field}", USUAL_SIZES))


def _sizes(design: Architecture, index: int, field: str, bounds: tuple[float, float]) -> Iterator[Architecture]:
    for size in range(int(bounds[0]), min(int(bounds[1]), int(bounds[0]) + 128) + 1):
        edited = edit.replace_layer(design, index, replace(design.layers[index], **{field: size}))
        try:
            yield check(edited)
        except DesignError:
            continue


def _change_words(start: Architecture, found: Architecture) -> str:
    pairs = zip(layer_names(start.layers), start.layers, found.layers, strict=True)
    changed = (f"{name} as {type(now).__name__} {now.describe()}" for name, was, now in pairs if was != now)
    return "making " + ", ".join(changed)
