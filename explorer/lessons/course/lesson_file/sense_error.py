"""A value of a lesson that names nothing, said with its place."""

from explorer.lessons.course.lesson_file.refusal import Path
from explorer.lessons.course.quantities import meant


class SenseError(ValueError):
    """A value of a lesson that names nothing: where, what was found, what is allowed, and the repair."""

    def __init__(self, path: Path, *, found: str, allowed: str, repair: str = "") -> None:
        super().__init__(f"{path}: found {found}; allowed: {allowed}")
        self.path, self.found, self.allowed, self.repair = path, found, allowed, repair


def choose(path: Path, found: str, names: list[str]) -> None:
    """Raise `SenseError` for a name that is none of some."""
    if found not in names:
        allowed = f"one of {', '.join(names)}" if names else "nothing: there is none"
        raise SenseError(path, found=f"“{found[:60]}”", allowed=allowed, repair=meant(found, names))
