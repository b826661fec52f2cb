"""What a step can ask for: one record a kind of task, told apart by `asks`."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from explorer.lessons.course.text import Text

Words = Annotated[str, Meta(min_length=1, max_length=160)]  # of a quantity or a condition
Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Setting = bool | int | float | str
Fields = Annotated[dict[Words, Setting], Meta(max_length=16)]  # of a recipe
Conditions = Annotated[tuple[Words, ...], Meta(min_length=1, max_length=8)]


class Task(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="asks"):
    """What a step asks for."""


class Explore(Task, frozen=True, tag="explore"):
    """Change the network until conditions hold."""

    until: Conditions
    example: Name | None = None  # a network of the lesson that meets them, for the checker


class Number(Task, frozen=True, tag="number"):
    """Predict a number; `within` is how far from it counts as right, `factor` by how many times."""

    what: Words
    within: Annotated[float, Meta(ge=0, le=1e12)] = 0.0
    factor: Annotated[float, Meta(ge=1, le=1_000)] = 1.0


class ShapeOf(Task, frozen=True, tag="shape"):
    """Predict the shape that comes out of a layer."""

    what: Words


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of several: its words, and the quantity by which the program compares it."""

    text: Text
    what: Words | None = None


class Choice(Task, frozen=True, tag="choice"):
    """Predict which of several is right, where only a person can say it."""

    options: Annotated[tuple[Option, ...], Meta(min_length=2, max_length=6)]
    right: Annotated[int, Meta(ge=1, le=6)]  # its place in the list, from 1


class Compare(Task, frozen=True, tag="compare"):
    """Predict which of several has most; quantities that differ by no more than `apart` count as one."""

    options: Annotated[tuple[Option, ...], Meta(min_length=2, max_length=6)]
    apart: Annotated[float, Meta(ge=0, le=1e12)] | Words = 0.0  # a number, or a quantity such as the spread of a race


class Sketch(Task, frozen=True, tag="sketch"):
    """Predict a curve: draw where the training loss of a step's run will go.

    `part` is the contender, where the step holds a race; on average `within` nats from it counts as right.
    """

    run: Name
    part: Words | None = None
    within: Annotated[float, Meta(gt=0, le=10)] = 0.3


class Judge(Task, frozen=True, tag="claim"):
    """Say whether a claim of the texts is true: the program's own trace decides it."""

    claim: Words


class Run(Task, frozen=True, tag="run"):
    """Train what the step shows, until conditions hold, if it names any."""

    until: Annotated[tuple[Words, ...], Meta(max_length=8)] = ()
    example: Fields | None = None  # of the recipe, with which they are met, for the checker


class Reveal(Task, frozen=True, tag="reveal"):
    """Show what was predicted at earlier steps beside what came."""

    of: Annotated[tuple[Name, ...], Meta(max_length=8)] = ()


class Explain(Task, frozen=True, tag="explain"):
    """Write a sentence or two; nothing is judged, an example of a good answer follows."""

    good: Text


class Challenge(Task, frozen=True, tag="challenge"):
    """Enter a network that meets conditions: a room trains each entry over seeds that it tells nobody, and ranks it.

    First is who has fewest parameters, or who is right most often on the test pictures, the median over the seeds.
    """

    until: Conditions  # on the network alone
    rank: Literal["params", "test_accuracy"]
    reach: Annotated[float, Meta(gt=0, le=1)] | None = None  # the test accuracy from which an entry has a place
    seconds: Annotated[float, Meta(ge=1, le=600)] | None = None  # of training that a run has
    seeds: Literal[1, 3, 5] = 3
    example: Name | None = None  # a network of the lesson that meets the conditions, for the checker


AnyTask = Explore | Number | ShapeOf | Choice | Compare | Sketch | Judge | Run | Reveal | Explain | Challenge
PREDICTIONS = (Number, ShapeOf, Choice, Compare, Sketch, Judge)
