"""What the session remembers of the lessons: the guesses at claims, and what was predicted; the claim in the link."""

from explorer.lessons.claim import Verdict
from explorer.lessons.quiz import Quiz
from explorer.ui.base import links, state


def guess(name: str, verdict: Verdict) -> None:
    """Keep the first guess at a claim, which stays open."""
    state.session().guesses.setdefault(name, verdict)
    links.write(links.CLAIM, name)


def forget_guesses() -> None:
    """Begin the claims anew, for the next class."""
    state.session().guesses.clear()


def quiz() -> Quiz:
    """Give what was predicted of the design so far; another design begins anew."""
    current = state.session()
    if current.quiz.design != current.design:
        current.quiz = Quiz(current.design)
    return current.quiz


def keep_quiz(quiz: Quiz) -> None:
    """Keep what was predicted."""
    state.session().quiz = quiz
