"""What the session remembers of the lessons: the guesses at claims, and what was predicted."""

from dataclasses import dataclass, field

from explorer.lessons.claim import Verdict
from explorer.lessons.quiz import Quiz
from explorer.ui.base import links, state


@dataclass
class LessonState:
    """What a tab guessed and predicted."""

    guesses: dict[str, Verdict] = field(default_factory=dict)  # by the claim's name
    quiz: Quiz = field(default_factory=lambda: Quiz(state.session().design))


def remembered() -> LessonState:
    """Give what this tab's session remembers of the lessons."""
    return state.session().slice_of(LessonState)


def guess(name: str, verdict: Verdict) -> None:
    """Keep the first guess at a claim, which stays open."""
    remembered().guesses.setdefault(name, verdict)
    links.write(links.CLAIM, name)


def forget_guesses() -> None:
    """Begin the claims anew, for the next class."""
    remembered().guesses.clear()


def quiz() -> Quiz:
    """Give what was predicted of the design so far; another design begins anew."""
    current, design = remembered(), state.session().design
    if current.quiz.design != design:
        current.quiz = Quiz(design)
    return current.quiz


def keep_quiz(quiz: Quiz) -> None:
    """Keep what was predicted."""
    remembered().quiz = quiz
