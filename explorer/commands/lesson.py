"""`python -m explorer lesson check`: what is wrong with a lesson's file, and whether its steps can be solved."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from explorer.commands.network import RefusedError
from explorer.training.no_compiler import leave_out_the_compiler

if TYPE_CHECKING:
    from explorer.lessons.course.facts import Measured
    from explorer.lessons.course.lesson import Lesson
    from explorer.training.recipe.recipe import Job

UNSOLVABLE = 1
MARKS = {"solved": "ok", "open": "open", "unsolvable": "NOT SOLVABLE"}


@click.group()
def lesson() -> None:
    """Lessons as files: check one before a class takes it."""


@lesson.command()
@click.argument("file")
@click.option("--train", is_flag=True, help="Train what the steps run, and solve what is predicted of it.")
@click.pass_context
def check(ctx: click.Context, /, *, file: str, train: bool) -> None:
    """Check FILE, or a lesson that ships by its name: name what is wrong by its line, and solve each step.

    The exit code is 0 if all that was tried can be solved, 1 if a step cannot, 2 if the file is refused.
    """
    leave_out_the_compiler()
    read = _read(file)
    from explorer.lessons.course.solve import Solver  # noqa: PLC0415  # torch, after what needs none

    click.echo(f"{read.title.en} · {read.minutes} minutes · {len(read.steps)} steps")
    wide, failed = max(map(len, read.names)), False
    for solved in Solver(read, _trained if train else None).solve():
        failed |= solved.result == "unsolvable"
        click.echo(f"{solved.step:{wide}}  {MARKS[solved.result]}: {solved.words}")
    ctx.exit(UNSOLVABLE if failed else 0)


def _read(file: str) -> "Lesson":
    from explorer.lessons.course.lesson_file.reader import MAX_BYTES, LessonError, read_lesson  # noqa: PLC0415
    from explorer.lessons.course.shipped import SHIPPED, shipped_file  # noqa: PLC0415

    path = shipped_file(file) if file in SHIPPED else Path(file)
    try:
        with path.open("rb") as opened:
            return read_lesson(opened.read(MAX_BYTES + 1))
    except LessonError as error:
        raise RefusedError(f"{file}: {error}") from error
    except OSError as error:
        names = ", ".join(SHIPPED)
        raise RefusedError(
            f"{file!r}: found no file ({error.strerror}); allowed: a file, or one of {names}."
        ) from error


def _trained(job: "Job") -> "Measured":
    from explorer.lessons.course.facts import measured  # noqa: PLC0415
    from explorer.training.loop.train import train  # noqa: PLC0415

    return measured(train(job))
