"""Whether what a step lets be changed, and within which ranges, is there in the state that it shows."""

from collections.abc import Iterator

from explorer.architecture.build import layer_names
from explorer.architecture.spec import Architecture
from explorer.lessons.course import locks
from explorer.lessons.course.lesson import Lesson, LessonStep, design_of, locks_of
from explorer.lessons.course.lesson_file.refusal import Path
from explorer.lessons.course.lesson_file.sense_error import SenseError
from explorer.lessons.course.quantities import meant
from explorer.training.recipe.recipe import Recipe


class LockSense:
    """The locks of one step."""

    def __init__(self, lesson: Lesson, step: LessonStep, path: Path) -> None:
        self.lesson, self.step, self.path = lesson, step, path

    def check(self) -> None:
        """Raise `SenseError` for the first that is wrong."""
        path, known = self.path, set(settings(design_of(self.lesson, self.step)))
        for place, name in enumerate(self.step.lets or ()):
            if name not in known:
                self._refuse_setting((*path, "lets", place), name)
        for name, (low, high) in self.step.ranges.items():
            if "." not in name or name not in known:
                self._refuse_setting((*path, "ranges", name), name)
            if low > high:
                raise SenseError((*path, "ranges", name), found=f"{low:g} to {high:g}", allowed="the lower one first")
        self._begins_within()

    def _begins_within(self) -> None:
        """Hold the state that the step shows against its own ranges, and have it show what they are about."""
        own = locks_of(self.lesson, self.step)
        starts = {locks.RECIPE: own.recipe, locks.RACE: own.setup}
        for name in self.step.ranges:
            if starts.get(name.partition(".")[0], own.design) is None:
                found, allowed = f"“{name}”", "ranges of what the step shows: its design, recipe or race"
                raise SenseError(
                    (*self.path, "ranges", name), found=found, allowed=allowed, repair="Add that to shows."
                )
        try:
            if own.design:
                own.check_design(own.design)
            if own.recipe:
                own.check_recipe(own.recipe)
            if own.setup:
                own.check_setup(own.setup)
        except locks.LockedError as error:
            allowed = "ranges in which what the step shows lies"
            raise SenseError((*self.path, "ranges"), found=str(error).rstrip("."), allowed=allowed) from error

    def _refuse_setting(self, path: Path, name: str) -> None:
        known = sorted(settings(design_of(self.lesson, self.step)))
        short = [one for one in known if "." not in one]
        allowed = f"{', '.join(short)}, or one of their settings, such as conv1.kernel_size or recipe.epochs"
        raise SenseError(path, found=f"“{name[:60]}”", allowed=allowed, repair=meant(name, known))


def settings(design: Architecture | None) -> Iterator[str]:
    """Name all that a step which shows a network can let be changed, or none of one."""
    yield from (locks.ALL_LAYERS, locks.INPUT, locks.RECIPE, locks.RACE, *locks.GROUPS)
    yield from (f"{locks.RECIPE}.{field}" for field in Recipe.__struct_fields__)
    yield from (f"{locks.RACE}.{field}" for field in ("question", "choices", "seeds", "epochs", "rate", "own_rates"))
    layers = design.layers if design else ()
    for name, layer in zip(layer_names(layers), layers, strict=True):
        yield name
        yield from (f"{name}.{field}" for field in layer.__struct_fields__)
